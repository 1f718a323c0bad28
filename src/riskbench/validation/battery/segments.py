"""Segments: whether the card ranks as well, and its PDs hold, in every part of the portfolio that the study names.

The AUC of a segment alone is for information, with its interval. Judged is what is beyond chance: whether the segments
of one column differ, and whether any of them lies below the limit with its whole interval. A segment in which all have
nearly one PD has a low AUC however good the card: a difference is to be looked into, and not by itself a fault.
"""

from dataclasses import replace

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.metrics.multiple_tests import holm
from riskbench.metrics.several_aucs import Area, auc_heterogeneity
from riskbench.validation.battery.case import Case
from riskbench.validation.battery.check import Check
from riskbench.validation.battery.discrimination import ENOUGH, auc
from riskbench.validation.battery.parts import by_segment, segments_of, too_many

CASES = "validation.grade_cases"
NONE_NAMED = "the study names no segments"
TOO_FEW = "no segment has bad and good cases enough"


def heterogeneity(case: Case) -> Estimate:
    """The test that the AUCs of the segments of a column are equal: of several columns, the one that speaks loudest.

    Its p-value is Holm's over the columns; the method names the column.
    """
    if not case.segments:
        return Estimate.missing(NONE_NAMED, len(case.y))
    tests = {column: _of_column(case, column) for column in case.segments}
    p_values = {column: test.p_value for column, test in tests.items() if test.p_value is not None}
    if not p_values:
        return Estimate.missing(next(iter(tests.values())).reason, len(case.y))
    adjusted = dict(zip(p_values, holm(list(p_values.values())).tolist(), strict=True))
    column = min(adjusted, key=lambda name: adjusted[name])
    told = f"{column}: {tests[column].method}" + f"; least of {len(p_values)} by Holm's method" * (len(p_values) > 1)
    return replace(tests[column], p_value=adjusted[column], method=told)


def below_limit(case: Case) -> Estimate:
    """Number of segments whose AUC has its whole interval below the limit at which an AUC fails."""
    if not case.segments:
        return Estimate.missing(NONE_NAMED, len(case.y))
    areas = [auc(segment) for segment in _judged(case.divided(by_segment))]
    if not areas:
        return Estimate.missing(TOO_FEW, len(case.y))
    limit = case.thresholds["validation.auc"]
    weak = sum(area.upper is not None and limit.judge(area.upper) == "red" for area in areas)
    return Estimate(weak, n=len(areas), method=f"of {len(areas)} segments with cases enough; DeLong's 95 % interval")


def too_low(case: Case) -> Estimate:
    """Number of segments whose mean PD fails Jeffreys' test, by Holm's method over all; the method names them."""
    if not case.segments:
        return Estimate.missing(NONE_NAMED, len(case.y))
    tested = [part for part in case.divided(by_segment) if not part.lacks_cases(CASES)]
    if not tested:
        return Estimate.missing("no segment has labelled cases enough", len(case.y))
    p_values = [metrics.jeffreys(len(part.y), part.y.sum(), part.expected).p_value or 0.0 for part in tested]
    limit = case.thresholds["validation.jeffreys"]
    low = [str(part.part) for part, p in zip(tested, holm(p_values), strict=True) if limit.judge(float(p)) == "red"]
    method = f"of {len(tested)} segments, by Jeffreys' test and Holm's method"
    return Estimate(len(low), n=len(tested), method=": ".join([method, *([", ".join(low)] if low else [])]))


def _of_column(case: Case, column: str) -> Estimate:
    if reason := too_many(case, column):
        return Estimate.missing(reason, len(case.y))
    return auc_heterogeneity([part.once(Area.of) for part in _judged(segments_of(case, column))])


def _judged(segments: list[Case]) -> list[Case]:
    return [segment for segment in segments if not segment.lacks_classes(ENOUGH)]


CHECKS = (
    Check("{part}.auc", "Area under the ROC curve, {part.name}", auc, parts=by_segment, classes=ENOUGH),
    Check(
        "segments.auc_heterogeneity",
        "Test that the AUC is the same in all segments",
        heterogeneity,
        "validation.auc_heterogeneity",
        kind="p-value",
    ),
    Check(
        "segments.auc_below_limit",
        "Segments whose AUC fails beyond chance",
        below_limit,
        "validation.weak_segments",
        kind="count",
    ),
    Check(
        "segments.too_low",
        "Segments whose mean PD is too low beyond chance",
        too_low,
        "validation.segments_too_low",
        kind="count",
    ),
)
