"""A check: one entry of the table of its family, and how it is asked of a sample and of the parts of a sample."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from riskbench.core.results import CheckResult, Estimate
from riskbench.validation.battery.case import Case


@dataclass(frozen=True)
class Check:
    """What is asked, of whom, and by which limit the answer is judged.

    name       `subject.statistic` of the evidence id; where there are parts, `{part}` is the key of the part
    title      what a page calls it, without " (p-value)"; where there are parts, `{part}` is the part in words
    formula    the question itself: a case in, an estimate out
    threshold  the line of thresholds.toml that judges it; none: the figure is for information
    kind       what its value is: of a p-value the estimate is a test, and its p-value becomes the value
    best       the value of a measure or a count that would be best: nearer is better; none where there is none
    not_on     samples on which the question makes no sense
    parts      divides a sample: the question is asked of every part
    enough     the line of thresholds.toml that says how many labelled cases it takes
    classes    the line that says how many bad and how many good cases it takes
    """

    name: str
    title: str
    formula: Callable[[Case], Estimate]
    threshold: str | None = None
    kind: Literal["p-value", "measure", "count"] = "measure"
    best: float | None = None
    unit: str = ""
    not_on: tuple[str, ...] = ()
    parts: Callable[[Case], Iterable[Case]] | None = None
    enough: str | None = None
    classes: str | None = None


def ask(check: Check, case: Case) -> Iterator[CheckResult]:
    """The check's result for the sample, or one for each of its parts; none on a sample where it makes no sense.

    Ids read `<name>.<sample>`. On development, where coefficients and level were fitted, a figure is for information
    and has no limit: much of it is right by construction.
    """
    if case.sample in check.not_on:
        return
    fitted_here = case.fitted and case.sample == "development"
    for asked in case.divided(check.parts) if check.parts else (case,):
        part = asked.part
        yield CheckResult(
            f"{check.name.format(part=part.key if part else '')}.{case.sample}",
            check.title.format(part=part) + " (p-value)" * (check.kind == "p-value"),
            _answer(check, asked),
            case.thresholds[check.threshold] if check.threshold and not fitted_here else None,
            check.unit,
            dims=part.dims if part else {},
            found_by=check.formula if check.formula.__doc__ else None,
        )


def _answer(check: Check, case: Case) -> Estimate:
    if check.enough and (reason := case.lacks_cases(check.enough)):
        return Estimate.missing(reason, len(case.y))
    if check.classes and (reason := case.lacks_classes(check.classes)):
        return Estimate.missing(reason, len(case.y))
    estimate = check.formula(case)
    if check.kind != "p-value" or not estimate.evaluated:
        return estimate
    return replace(
        estimate, value=estimate.p_value, lower=None, upper=None, level=None
    )  # the interval was the statistic's
