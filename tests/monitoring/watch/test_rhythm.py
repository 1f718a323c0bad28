"""When looks happen: one at a time, none made up for, and an end that is taken at once."""

import os
import signal
import threading

import pytest

from riskbench.monitoring.watch.rhythm import rhythm, until_told


class Clock:
    """A clock that a look moves on."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Ended(threading.Event):
    """An event whose waiting moves the clock, and that ends after so many looks."""

    def __init__(self, clock, looks):
        super().__init__()
        self.clock, self.left, self.waited = clock, looks, []

    def wait(self, timeout=None):
        if not self.left:
            return True
        self.left -= 1
        self.waited.append(timeout)
        self.clock.now += timeout
        return False


def test_looks_keep_their_distance_from_beginning_to_beginning():
    clock, begun = Clock(), []

    def look(missed):
        begun.append(clock.now)
        clock.now += 4.0

    rhythm(10, Ended(clock, 3), look, clock)
    assert begun == [0.0, 10.0, 20.0]


def test_a_look_that_takes_too_long_has_those_that_it_covers_left_out_and_counted():
    clock, told, begun = Clock(), [], []

    def look(missed):
        told.append(missed)
        begun.append(clock.now)
        clock.now += 25.0 if len(told) == 1 else 1.0

    rhythm(10, Ended(clock, 3), look, clock)
    # the first ends at 25: those of 10 and 20 are missed, the next is at 30
    assert (begun, told) == ([0.0, 30.0, 40.0], [0, 2, 0])


def test_an_end_that_comes_while_waiting_is_taken_at_once():
    ended = threading.Event()
    threading.Timer(0.05, ended.set).start()
    assert rhythm(3600, ended, lambda _: None) == 1


def test_a_signal_sets_the_event_and_afterwards_signals_act_as_before():
    before = signal.getsignal(signal.SIGTERM)
    with until_told() as ended:
        os.kill(os.getpid(), signal.SIGTERM)
        assert ended.wait(5)
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize("every", [0, -1.0])
def test_a_rhythm_without_distance_is_refused(every):
    with pytest.raises(ValueError, match="above 0"):
        rhythm(every, threading.Event(), lambda _: None)
