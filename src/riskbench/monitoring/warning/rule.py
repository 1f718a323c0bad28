"""What all rules have in common: a name, a weight, what to do, and how often they ring by themselves."""

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from riskbench.core.errors import NotEvaluated
from riskbench.core.written.faults import Fault
from riskbench.core.written.section import Section
from riskbench.core.written.wording import meant
from riskbench.data.study import Study
from riskbench.monitoring.counts.table import ACTION, EVERYONE, SCORE
from riskbench.monitoring.reading import Reading, Severity
from riskbench.monitoring.warning.look import ARRIVED, Look, Spans
from riskbench.monitoring.warning.periods import DAYS, MONTH_DAYS, Period, Span

_OFTEN = re.compile(r"once in ([1-9]\d{0,5}) looks")
FEWEST = "warnings.cases"  # a threshold: cases below which a period is not judged


@dataclass(frozen=True)
class Portfolio:
    """What the rules of a study may name: the study itself, its feeds, and the rules of its policy."""

    study: Study
    feeds: Sequence[str] = ()
    rules: Sequence[str] = ()


@dataclass(frozen=True)
class Chance:
    """How often a rule rings when nothing has happened: once in so many looks, each after so many days.

    `at_most` says that it is a bound: the rule also asks for a difference that matters, and chance rarely makes one.
    What its limits let expect then, each reading tells.
    """

    looks: float
    days: float
    at_most: bool = False

    @property
    def a_month(self) -> float:
        """False alarms expected a month."""
        return MONTH_DAYS / self.days / self.looks


class Rule(Section):
    """A rule of early warning. A kind adds its keys, and says how it reads what was observed."""

    kind: str
    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")
    severity: Severity
    advice: str = Field(min_length=1, max_length=500)

    SEES: ClassVar[str] = ""  # what the rule can see, as a page tells it
    FACT: ClassVar[str] = ""  # what a rule that leaves nothing to chance states

    @property
    def chance(self) -> Chance | None:
        """How often it rings by itself, as stated; None where it states a fact."""
        return None

    def at_a_look(self, chances: Iterable[float]) -> float:
        """The chance that any of its subjects rings at a look, of those of each.

        It is their sum, which holds whatever subjects share: exact for one, else at most that.
        """
        return min(1.0, sum(chances))

    def against(self, portfolio: Portfolio) -> Iterator[Fault]:
        """What it names in vain, each at its key."""
        yield from ()

    @abstractmethod
    def read(self, look: Look) -> list[Reading]:
        """What it says at a look, a reading for each of its subjects."""

    def reading(self, look: Look, **told: Any) -> Reading:
        """A reading of this rule."""
        common = {"rule": self.name, "kind": self.kind, "at": look.observed.at, "severity": self.severity}
        return Reading(**{**common, "advice": self.advice if told.get("state") == "signal" else "", **told})

    def lacking(self, look: Look, reason: str, subject: Mapping[str, str] | None = None, **told: Any) -> Reading:
        """A reading that says why nothing was evaluated."""
        return self.reading(look, state="not_evaluated", subject=subject or {}, reason=reason, **told)


def _often(written: str) -> str:
    if not (found := _OFTEN.fullmatch(written)) or int(found[1]) < 2:
        raise ValueError(f"it is written once in N looks, N a whole number from 2 up, got {written}")
    return written


FalseAlarm = Annotated[str, AfterValidator(_often)]


def once_in(false_alarm: str) -> int:
    """The N of "once in N looks".

    >>> once_in("once in 200 looks")
    200
    """
    return int(false_alarm.split()[2])


@dataclass(frozen=True)
class Subject:
    """One of the things that a rule watches: a segment of applications, and a column or feature where it has them."""

    segment: str = EVERYONE
    item: str = ""
    named: str = ""  # what the item is: "feature", "column"
    known: bool = True  # to the reference

    @property
    def about(self) -> dict[str, str]:
        """The subject of a reading."""
        segment = dict([self.segment.split("=", 1)]) if self.segment else {}
        return segment | ({self.named: self.item} if self.item else {})

    @property
    def told(self) -> str:
        """Words that follow the name of what is measured: " of channel (product app)"."""
        segment = f" where {self.segment.replace('=', ' is ')}" if self.segment else ""
        return (f" of {self.item}" if self.item else "") + segment


class Charted(Rule):
    """A rule that holds the newest whole period against the reference, by charts of a stated run length.

    The run length is of the rule as a whole: where it watches several subjects, each chart rings so much more rarely.
    """

    period: Period
    segments: list[str] = Field(default_factory=list)

    COUNTED: ClassVar[str] = ""  # the subject of counts that says which segments there are

    @property
    @abstractmethod
    def looks(self) -> float:
        """The N of once in N looks."""

    @property
    def chance(self) -> Chance | None:
        """As stated; a look is a period."""
        return Chance(self.looks, DAYS[self.period], getattr(self, "tolerance", 0) > 0)

    def against(self, portfolio: Portfolio) -> Iterator[Fault]:
        """Segments are those that the study counts applications by."""
        yield from unknown_names("segments", self.segments, portfolio.study.base.segments, "segment")

    def read(self, look: Look) -> list[Reading]:
        """A reading for everyone, and one for each segment."""
        try:
            spans = look.spans(self.period)
            if not spans.reference:
                raise NotEvaluated(f"the reference holds no whole {self.period}")
            subjects = list(self.subjects(look))
        except NotEvaluated as lack:
            return [self.lacking(look, str(lack))]
        return self.readings(look, spans, subjects)

    def readings(self, look: Look, spans: Spans, subjects: Sequence["Subject"]) -> list[Reading]:
        """A reading for each subject; one that the reference does not know takes no share of the false alarms."""
        known = [subject for subject in subjects if subject.known]
        return [self._one(look, spans, subject, self.looks * max(len(known), 1)) for subject in subjects]

    def subjects(self, look: Look) -> Iterator["Subject"]:
        """Everyone, then the segments."""
        yield Subject()
        for column in self.segments:
            before = look.reference.segments(column, self.COUNTED)
            names = sorted({*before, *look.known.segments(column, self.COUNTED)})
            yield from (Subject(name, known=name in before) for name in names)

    @abstractmethod
    def judged(self, look: Look, spans: Spans, subject: "Subject", once_in: float) -> "Judged":
        """The newest period of one subject. Raises NotEvaluated with a reason."""

    def _one(self, look: Look, spans: Spans, subject: "Subject", once_in: float) -> Reading:
        span = spans.newest
        try:
            if not subject.known:
                raise NotEvaluated(f"the reference has no applications{subject.told}")
            judged = self.judged(look, spans, subject, once_in)
        except NotEvaluated as lack:
            return self.lacking(look, str(lack), subject.about, first=span.first, last=span.last)
        return self.told(look, subject, judged)

    def told(self, look: Look, subject: "Subject", judged: "Judged") -> Reading:
        """What was judged, as a reading."""
        return self.reading(
            look,
            state="signal" if judged.signal else "quiet",
            subject=subject.about,
            first=judged.span.first,
            last=judged.span.last,
            value=judged.value,
            limit=judged.limit,
            n=judged.n,
            text=judged.text,
            chance=judged.chance,
        )


class Stated(Charted):
    """A charted rule whose file says how often it rings: `false_alarm`, once in N looks."""

    false_alarm: FalseAlarm

    @property
    def looks(self) -> float:
        """As the file states it."""
        return once_in(self.false_alarm)


@dataclass(frozen=True)
class Judged:
    """What a chart said of one subject: the value, the limit that it passed or is nearest to, and a sentence.

    `chance` is that of a signal when nothing has happened.
    """

    signal: bool
    value: float
    limit: float | None
    n: int
    span: Span
    text: str
    chance: float | None


def enough(look: Look, n: float, span: Span, what: str = "applications") -> None:
    """Raise NotEvaluated where a period is empty, or has too few cases to be judged."""
    fewest = look.thresholds[FEWEST].bound
    if n == 0:
        undecided = _undecided(look, span) if what == "applications" else ""
        raise NotEvaluated(undecided or f"there were no {what} {span.when()}")
    if n < fewest:
        raise NotEvaluated(f"there were {n:.0f} {what} {span.when()}, and {fewest:.0f} are needed")


def _undecided(look: Look, span: Span) -> str:
    """That the model in use decided none of the applications of a period; empty where that is not so."""
    came = look.arrived.all(ARRIVED, [span])[0, 0]
    if not came or any(look.known.all(subject, [span])[0, 0] for subject in (ACTION, SCORE)):
        return ""
    return f"none of the {came:,.0f} applications {span.when()} was decided by the model in use"


def unknown_names(key: str, names: Sequence[str], known: Iterable[str], what: str) -> Iterator[Fault]:
    """A fault for each of the names that is not known, with what was probably meant."""
    among = list(known)
    for i, name in enumerate(names):
        if name not in among:
            yield Fault((key, i), f"there is no {what} {name}{meant(name, among) or told_of(among)}")


def told_of(known: Sequence[str]) -> str:
    """What there is instead, to be put behind "there is no …"."""
    return f"; known are {', '.join(known)}" if known else "; the study has none"
