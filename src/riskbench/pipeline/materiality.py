"""How much a difference between two runs matters: one class each, by the first rule of a table that fits.

Whether two runs differ at all is decided by `compare`, within the tolerance of each figure. Here what differs is
weighed, so that a validator with another seed or another split sees first what changes a judgement. A figure of a model
that draws at random is weighed like any other, against its own interval: what another seed changes must stay inside
what other customers would have changed. Two samples of other customers both vary: the difference of two estimates of
equal error then exceeds one half-width with probability 2(1 − Φ(1.96/√2)) = .17, which the page says.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from riskbench.core.thresholds import Threshold, Thresholds
from riskbench.pipeline.compare import ONLY_FIRST, ONLY_SECOND, Difference

MEASURE = ("kind", "unit", "level", "dims", "threshold", "critical", "tolerance", "cell", "inputs")
JUDGED_BY_STATUS = ("p_value", "statistic")


@dataclass(frozen=True)
class Limits:
    """From where on a difference is material: in half-widths of an interval, and relative where there is none."""

    half_widths: Threshold
    relative: Threshold


@dataclass(frozen=True)
class Weight:
    """A class of differences: its name, whether it is material, and why."""

    name: str
    material: bool
    because: str
    fits: Callable[[Difference, Limits], bool]


@dataclass(frozen=True)
class Weighed:
    """A difference and its class."""

    difference: Difference
    weight: Weight


def weigh(differences: Iterable[Difference], thresholds: Thresholds | None = None) -> list[Weighed]:
    """Every difference with its class: the material first, in the order of the table, within a class the largest."""
    known = thresholds or Thresholds({})
    limits = Limits(known["compare.half_widths"], known["compare.without_interval"])
    weighed = [Weighed(d, next(weight for weight in WEIGHTS if weight.fits(d, limits))) for d in differences]
    return sorted(weighed, key=lambda w: (WEIGHTS.index(w.weight), -_size(w.difference), w.difference.id))


def material(weighed: Iterable[Weighed]) -> int:
    """How many figures differ materially; a table is one figure, however many of its cells differ."""
    return len({w.difference.id for w in weighed if w.weight.material})


def differing(weighed: Iterable[Weighed]) -> int:
    """How many figures differ."""
    return len({w.difference.id for w in weighed})


def tally(weighed: Sequence[Weighed]) -> list[tuple[Weight, int]]:
    """How many differences each class has, in the order of the table; classes without any are left out."""
    count = Counter(w.weight.name for w in weighed)
    return [(weight, count[weight.name]) for weight in WEIGHTS if count[weight.name]]


def _size(d: Difference) -> float:
    return d.half_widths if d.half_widths is not None else d.relative or 0.0


def _in_one_run_alone(d: Difference, _: Limits) -> bool:
    row = d.what.endswith(": row") and not d.unnamed
    return d.what in (ONLY_FIRST, ONLY_SECOND) or d.what.startswith("column ") or row


def _measured_otherwise(d: Difference, _: Limits) -> bool:
    return d.what in MEASURE


def _status_changes(d: Difference, limits: Limits) -> bool:
    if _in_one_run_alone(d, limits) or _measured_otherwise(d, limits) or (d.unnamed and d.column != "status"):
        return False
    yes_or_no = isinstance(d.ours, bool) or isinstance(d.theirs, bool)
    evaluated_once = (d.ours is None) != (d.theirs is None)
    return "status" in (d.what, d.column) or yes_or_no or evaluated_once


def _beyond_its_interval(d: Difference, limits: Limits) -> bool:
    return not d.unnamed and d.half_widths is not None and limits.half_widths.judge(d.half_widths) == "red"


def _large_without_an_interval(d: Difference, limits: Limits) -> bool:
    judged = d.what in JUDGED_BY_STATUS or d.column.endswith(JUDGED_BY_STATUS)
    return d.half_width is None and not (judged or d.unnamed) and limits.relative.judge(d.relative or 0.0) == "red"


def _redrawn(d: Difference, _: Limits) -> bool:
    return d.unnamed


def _beyond_tolerance(d: Difference, _: Limits) -> bool:
    return d.absolute is not None


def _words(_: Difference, __: Limits) -> bool:
    return True


WEIGHTS = (  # the first that fits counts; the last fits everything
    Weight(
        "status changes",
        True,
        "A check is judged otherwise, a yes has become a no, or only one run could evaluate the figure.",
        _status_changes,
    ),
    Weight("in one run alone", True, "A figure, row or column that the other run does not show.", _in_one_run_alone),
    Weight(
        "measured otherwise",
        True,
        "Another unit, level, limit or origin: the two values are not of one measure.",
        _measured_otherwise,
    ),
    Weight(
        "beyond its interval",
        True,
        "Further apart than half the wider of the two intervals: on the same applications, more than chance explains. "
        "Between two samples of other applications, chance alone goes as far up to one time in six.",
        _beyond_its_interval,
    ),
    Weight(
        "large without an interval",
        True,
        "No interval says what chance explains, and the figure moved by more than one part in twenty.",
        _large_without_an_interval,
    ),
    Weight(
        "points drawn otherwise",
        False,
        "Points of a curve have no names and are not matched; what a curve says is told by figures of its own.",
        _redrawn,
    ),
    Weight(
        "beyond tolerance",
        False,
        "Not the same figure, but inside what chance explains, or small, or judged through its status.",
        _beyond_tolerance,
    ),
    Weight("words alone", False, "Titles, sentences, names and order; their numbers are figures of their own.", _words),
)
