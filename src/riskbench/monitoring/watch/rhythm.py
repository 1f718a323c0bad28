"""When the next look is: never two at once, those that were missed are left out, and an end is taken at once.

Waiting goes by a clock that nobody sets, so that a clock which is put back or forward neither stops the looks nor has
them run one after the other.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ENDING = (signal.SIGTERM, signal.SIGINT)


def rhythm(
    every: float, ended: threading.Event, look: Callable[[int], None], clock: Callable[[], float] = time.monotonic
) -> int:
    """Look every so many seconds, at once for the first time, until `ended` is set; returns how many looks there were.

    `look` is told how many looks were missed because the one before it took longer, and are left out. Whatever it
    raises ends the rhythm. Raises ValueError where `every` is not above 0.

    >>> ended, times = threading.Event(), []
    >>> rhythm(0.01, ended, lambda missed: (times.append(missed), ended.set()))
    1
    """
    if not every > 0:
        raise ValueError(f"every must be above 0 seconds, got {every:g}")
    looks, missed, due = 0, 0, clock()
    while not ended.wait(max(0.0, due - clock())):
        look(missed)
        looks += 1
        missed = max(0, int((clock() - due) // every))
        due += (missed + 1) * every
    return looks


@contextmanager
def until_told() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set, for as long as the block lasts; a second one acts as it did before."""
    ended = threading.Event()
    before = {int(number): signal.getsignal(number) or signal.SIG_DFL for number in ENDING}

    def end(number: int, _: object) -> None:
        ended.set()
        signal.signal(number, before[number])

    for number in before:
        signal.signal(number, end)
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
