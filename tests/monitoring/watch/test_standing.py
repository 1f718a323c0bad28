"""Which version is in use, and whether it decides: by the ledger, and by what services wrote into the log."""

import datetime as dt
import shutil

import pytest

from riskbench.core.errors import CannotRun
from riskbench.decision.log.errors import LogError
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.record import StopRecord
from riskbench.governance.live import live_version, standing_of
from riskbench.governance.registry.states import Refused
from riskbench.monitoring.counts.baseline import DOCUMENT, FOLDER
from riskbench.monitoring.watch.looked import Looked, UpTo
from riskbench.monitoring.watch.standing import promoted_run, stands
from tests.service.lender import NOW as BEFORE
from tests.service.lender import founded

MODEL = "small_loans"
HOUR = dt.timedelta(hours=1)
NOW = BEFORE.replace(microsecond=0) + HOUR


@pytest.fixture
def lender(tmp_path):
    """Two versions were promoted, the second an hour after the first; what their bundles hold is nobody's concern."""
    lender = founded(tmp_path, MODEL)
    for number in (1, 2):
        bundle = tmp_path / f"{number}.json"
        bundle.write_text(str(number))
        lender.at = NOW + (number - 2) * HOUR
        lender.promoted(f"run-{number}", number, bundle, also=_with_baseline)
    return lender


def _with_baseline(run):
    (run / FOLDER).mkdir(parents=True)
    (run / FOLDER / DOCUMENT).write_text("{}")


def standing(lender):
    return standing_of(lender.office.registry.folder, MODEL, lender.at, lender.office.trust)


def test_a_stop_halts_the_version_in_use_and_a_start_does_not_make_it_newer(lender):
    assert (standing(lender).live.version, standing(lender).took_over) == (2, NOW)
    lender.at = NOW + HOUR
    lender.stop("it drifts")
    halted = standing(lender)
    assert (halted.live.version, halted.took_over) == (2, NOW)
    assert "was stopped by ada" in halted.halted
    look = stands(halted, None, None).halted  # for a page that names nobody
    assert look == f"small_loans was stopped on {NOW + HOUR:%Y-%m-%d %H:%M} UTC: it drifts"
    with pytest.raises(Refused, match="was stopped by ada"):
        live_version(lender.office.registry.folder, MODEL, lender.at, lender.office.trust)
    lender.promote("run-2")
    again = standing(lender)
    assert (again.halted, again.live.since, again.took_over) == ("", NOW + HOUR, NOW)
    assert [one.version for one in again.before] == [2, 2, 1]


def test_an_approval_that_has_expired_halts(lender):
    lender.at = NOW + dt.timedelta(days=91)
    assert "the approval of version 2 of small_loans expired on" in standing(lender).halted


def test_the_run_of_a_version_is_named_where_it_is_gone_or_was_changed(lender):
    live, reports = standing(lender).live, lender.office.reports
    assert promoted_run(reports, live) == reports / "run-2"
    document = reports / "run-2" / FOLDER / DOCUMENT
    document.write_text("{} ")
    with pytest.raises(CannotRun, match=r"run run-2 was changed: its baseline.json is not what was signed"):
        promoted_run(reports, live)
    shutil.copytree(reports / "run-1", reports / "run-2", dirs_exist_ok=True)
    with pytest.raises(CannotRun, match=r"run-2 is not the one that was promoted: its manifest.json differs"):
        promoted_run(reports, live)
    shutil.rmtree(reports / "run-2")
    with pytest.raises(CannotRun, match=r"version 2 .* is in use, and its run run-2 is not in .*: put it back there"):
        promoted_run(reports, live)


def _away():
    raise LogError("the log is away")


def test_a_stop_of_the_services_is_read_once_and_holds_until_it_is_ended(tmp_path):
    def stop(resumed):
        log.append([StopRecord(caller="ops", who="ops", reason="a fault", resumed=resumed, at=NOW)])

    def look(before):
        found = stands(None, lambda: log, before)
        read = UpTo(entries=log.head().entries, at=NOW)
        return Looked(study="s", at=NOW, source="log", read=read, halted=found.halted, stopped=found.stopped)

    with open_log(f"sqlite:///{tmp_path}/log.sqlite", create=True) as log:
        before = look(None)
        assert (before.halted, before.stopped) == ("", "")
        stop(resumed=False)
        stopped = look(before)
        assert stopped.halted == f"the services were stopped on {NOW:%Y-%m-%d %H:%M} UTC: a fault"
        assert look(stopped).halted == look(None).halted == stopped.halted
        assert stands(None, _away, stopped).halted == stopped.halted
        stop(resumed=True)
        assert look(stopped).halted == ""


class Meanwhile:
    """A log into which somebody writes while a look reads it, once."""

    def __init__(self, log, write):
        self._log, self._write = log, write

    def head(self):
        return self._log.head()

    def read(self, selection):
        found = list(self._log.read(selection))
        self._write()
        return found


def test_a_stop_that_is_written_while_a_look_reads_is_known_to_the_next(tmp_path):
    with open_log(f"sqlite:///{tmp_path}/log.sqlite", create=True) as log:
        stop = StopRecord(caller="o", who="o", reason="a fault", at=NOW)
        first = stands(None, lambda: Meanwhile(log, lambda: log.append([stop])), None)
        before = Looked(study="s", at=NOW, source="log", stopped=first.stopped, stops_upto=first.upto)
        assert (first.halted, first.upto) == ("", 0)
        assert stands(None, lambda: log, before).halted.endswith("UTC: a fault")


def test_a_reason_that_names_somebody_is_not_told_on_a_page(tmp_path):
    with open_log(f"sqlite:///{tmp_path}/log.sqlite", create=True) as log:
        log.append([StopRecord(caller="o", who="o", reason="complaint of ann.lee@mail.example", at=NOW)])
        told = stands(None, lambda: log, None).halted
        assert "ann" not in told
        assert told.endswith("the reason is withheld, because it seems to name a person")
