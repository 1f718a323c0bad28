"""How the loans of logged decisions have turned out, at a cost that is that of the loans that are still open.

Days whose loans have reached every age are counted once and kept (`feedback/closed.py`). A look reads those that are
open, and whatever makes a closed day another one: an application decided again, or tables that tell otherwise.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from riskbench.core.files import digest
from riskbench.core.project import Project
from riskbench.data.decided import SUMS, Days, controls
from riskbench.data.engine import Engine
from riskbench.data.study import STUDY_FILE, Study, load_study
from riskbench.decision.log.errors import LogBusy
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.places import token_key
from riskbench.decision.log.selection import Selection
from riskbench.decision.log.tokens import Tokens, load_tokens
from riskbench.monitoring.counts.baseline import Baseline
from riskbench.monitoring.counts.store import hash_at
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import Segment
from riskbench.monitoring.feedback.closed import ClosedLoans, Closing, Upto
from riskbench.monitoring.feedback.of_days import DELAY, Loans, last_decisions, loans_of_days
from riskbench.monitoring.outcomes.counts import outcome_counts, settled
from riskbench.monitoring.watch.loans import segments_of

DAY = dt.timedelta(days=1)
TRIES = 5  # where other jobs close days meanwhile
CHANGED = {  # what loans are counted by, and what is said where it is another
    "outcome": "the study defines outcomes otherwise",
    "segments": "other segments are asked for",
    "baseline": "another baseline holds",
    "log": "the decision log is another one",
    "key": "the key of tokens is another one",
    "sums": "sums of control are made by another DuckDB",
}


@dataclass(frozen=True, eq=False)
class Turned:
    """The counts of loans, and what is to be said of them in sentences."""

    table: CountTable
    notes: tuple[str, ...] = ()


class LoggedLoans:
    """The loans of logged decisions, led back to them by the tokens of the project's key, and counted once a day.

    What was known when yesterday ended is counted. `database` is the URL of the monitoring database, `asked` are
    columns whose segments are counted as well.
    """

    def __init__(self, project: Project, study: str, database: str, asked: Collection[str] = ()):
        self._project, self._folder, self._database, self._asked = project, project.data / study, database, asked
        self._known: tuple[tuple[dt.date, str], Turned] | None = None

    def known(self, log: DecisionLog, baseline: Baseline, now: dt.datetime) -> Turned:
        """Counts by the model that decided, an application being that of its last decision.

        Raises `RiskbenchError` where the study's tables, the log or the monitoring database cannot be read.
        """
        when = now.date(), baseline.address
        if self._known is None or self._known[0] != when:
            self._known = when, self._counted(log, baseline, now.date() - DAY)
        return self._known[1]

    def _counted(self, log: DecisionLog, baseline: Baseline, yesterday: dt.date) -> Turned:
        key, study = token_key(self._project), load_study(self._folder / STUDY_FILE)
        if study.base.as_of is None or not key.is_file():
            return Turned(CountTable.empty())
        tokens = load_tokens(key)
        segments = segments_of(baseline, self._asked)
        basis = {
            "outcome": digest(_definition(study)),
            "segments": digest([one.model_dump(mode="json") for one in segments]),
            "baseline": baseline.address,
            "log": log.log_id,
            "key": tokens.application(""),
            "sums": SUMS,
        }
        with ClosedLoans(self._database, study.name) as closed:
            for _ in range(TRIES):
                look = _Look(Engine(study, self._folder), log, tokens, segments, closed)
                if (found := look.taken(basis, yesterday)) is not None:
                    return found
        raise LogBusy("other jobs closed days of loans all the while. What to do: let one job look at a study")


@dataclass(frozen=True, eq=False)
class _Look:
    """One attempt: what is read of study and log, and what of it is kept."""

    engine: Engine
    log: DecisionLog
    tokens: Tokens
    segments: Sequence[Segment]
    closed: ClosedLoans

    def taken(self, basis: dict[str, str], yesterday: dt.date) -> Turned | None:
        """The counts as of the end of `yesterday`; None where another job has moved what is kept meanwhile."""
        before, head = self.closed.upto(), self.log.head()
        if before.at == yesterday and before.basis == basis:  # a look before has done the day's work
            return Turned(_told_of(CountTable.merged([self.closed.counts(), self.closed.still()])), before.notes)
        why = self._why_anew(before, basis, yesterday)
        upto = Upto() if why else before
        again = self._decided_again(upto)
        check = upto.first is not None and upto.checked.isocalendar()[:2] != yesterday.isocalendar()[:2]
        changed = self._changed(upto) if check else set()
        anew = sorted({*again.values()} | changed)
        kept = CountTable.empty() if why else _without(self.closed.counts(), anew)
        days = Days(upto.first, {*upto.opened, *anew})
        sums = controls(self.engine, days)  # before the loans: what arrives meanwhile differs at the next check
        loans = loans_of_days(self.engine, self.tokens.application, days, _delays(kept))
        table = CountTable.merged([self._outcomes(loans, yesterday), loans.delays])
        first, opened = _still_open(loans.performance, yesterday, upto.first)
        checked = upto.checked if before.turn and not (check or why) else yesterday
        notes = (f"how loans have turned out was counted anew: {why}",) if why else tuple(_told(again, changed))
        now = Upto(basis, first, opened, yesterday, head, checked, before.turn + 1, notes)
        still = now.days.hold(table.frame["day"])
        closing = Closing(
            now,
            CountTable(table.frame[~still].reset_index(drop=True)),
            _closed_loans(loans.performance, now.days),
            {day: told for day, told in sums.items() if day not in now.days},
            None if why else anew,
            _told_of(CountTable(table.frame[still])),
        )
        if not self.closed.keep(before, closing):
            return None
        return Turned(_told_of(CountTable.merged([kept, table])), notes)

    def _why_anew(self, before: Upto, basis: dict[str, str], yesterday: dt.date) -> str:
        """Why nothing that was kept holds any longer; "" where it does."""
        if not before.turn:
            return ""
        why = [told for name, told in CHANGED.items() if before.basis.get(name) != basis[name]]
        if not why and hash_at(self.log, before.log.entries) != before.log.head:
            why.append(f"the decision log was replaced: its entry {before.log.entries} is not the one read before")
        if before.at > yesterday:
            why.append(f"the clock was set back, from after {before.at}")
        return "; ".join(why)

    def _decided_again(self, upto: Upto) -> dict[str, dt.date]:
        """Loans of closed days that were decided since the look before, by the tokens of their applications."""
        if upto.first is None:
            return {}
        new = self.log.contents(Selection(kinds=("decision",), after_seq=upto.log.entries))
        return self.closed.days_of(sorted({content["application"] for content in new}))

    def _changed(self, upto: Upto) -> set[dt.date]:
        """Closed days of which the tables tell otherwise than when they were closed."""
        now, then = controls(self.engine, Days()), self.closed.controls()
        return {day for day in {*now, *then} if day not in upto.days and now.get(day) != then.get(day)}

    def _outcomes(self, loans: Loans, yesterday: dt.date) -> CountTable:
        found = last_decisions(self.log, loans.performance["application"].tolist(), self.segments)
        tables = []
        for model, of in found.groupby("model"):
            held = [one.column for one in self.segments if one.column in of and of[one.column].notna().any()]
            parts = of[["application", *held]]
            tables.append(outcome_counts(loans.performance, of, yesterday, model=str(model), segments=parts))
        return CountTable.merged(tables)


def _definition(study: Study) -> dict[str, object]:
    """What makes a loan good or bad; how far it was observed moves with every delivery, and changes no closed day."""
    outcome = study.outcome.model_dump(mode="json", exclude={"observed_until", "definition"})
    until = study.samples.until.isoformat() if study.samples.until else None
    return {"outcome": outcome, "key": study.base.key, "as_of": study.base.as_of, "until": until}


def _still_open(
    performance: pd.DataFrame, yesterday: dt.date, first: dt.date | None
) -> tuple[dt.date | None, tuple[dt.date, ...]]:
    """The day after the last one whose loans are all settled, and the days before it with a loan that is not."""
    done = settled(performance, yesterday).groupby(performance["decided_on"].dt.date).all()
    newest = max((day + DAY for day in done.index[done]), default=first)
    if newest is None:
        return None, ()
    border = max(newest, first or newest)
    return border, tuple(sorted(day for day in done.index[~done] if day < border))


def _closed_loans(performance: pd.DataFrame, still: Days) -> pd.DataFrame:
    closed = performance[~still.hold(performance["decided_on"])]
    return pd.DataFrame({"application": closed["application"], "day": closed["decided_on"]})


def _without(counts: CountTable, days: Collection[dt.date]) -> CountTable:
    left = ~counts.frame["day"].isin([pd.Timestamp(day) for day in days])
    return CountTable(counts.frame[left].reset_index(drop=True))


def _is_delay(frame: pd.DataFrame) -> pd.Series:
    return frame["subject"].str.startswith(DELAY)


def _told_of(counts: CountTable) -> CountTable:
    """The counts of outcomes alone."""
    return CountTable(counts.frame[~_is_delay(counts.frame)].reset_index(drop=True))


def _delays(counts: CountTable) -> CountTable:
    return CountTable(counts.frame[_is_delay(counts.frame)])


def _told(again: Collection[str], changed: Collection[dt.date]) -> Iterator[str]:
    if again:
        yield f"loans of closed days of which a decision has come since: {len(again):,}; their days were counted anew"
    if changed:
        yield f"closed days of which the study's tables tell otherwise now: {len(changed):,}; they were counted anew"
