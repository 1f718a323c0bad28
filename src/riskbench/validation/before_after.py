"""What calibration changed: the calibration tests of the bare logit and of the PDs that are applied, side by side.

Both are at the bad rate of the data. On a sample that lent labels to the coefficients or to the level, a test is not
independent, and the table says so.
"""

from collections.abc import Collection, Hashable, Mapping
from typing import Any

from numpy.typing import ArrayLike
from pandas import DataFrame, isna

from riskbench.core.evidence import SAMPLES
from riskbench.core.results import CheckResult
from riskbench.core.thresholds import Thresholds
from riskbench.data.oversampling import moved
from riskbench.data.study.calibration import MasterScale
from riskbench.scorecard.calibration.master_scale import grades
from riskbench.validation.battery import SLOPE, Samples, calibration
from riskbench.validation.grades import INVERSIONS, grade_checks

FITTED = ("development",)
P_VALUE = " (p-value)"
KINDS = ("p-value", "measure", "count")
SMALL_PRINT = "These are point values at the three decimals shown; whether a difference is beyond chance is not tested."
TOO_LOW = "Grades whose PD is too low"
DECIMALS = 3  # as the table is shown: what does not differ there has not changed
LABELS_ALONE = "portfolio.bad_rate."  # says nothing of PDs, so calibration cannot change it


def calibration_tests(
    y: ArrayLike,
    pd: ArrayLike,
    scale: MasterScale,
    thresholds: Thresholds,
    sample: str,
    *,
    shift: float = 0.0,
    fitted: Collection[str] = FITTED,
) -> list[CheckResult]:
    """Every test of whether PDs are as large as they say: the battery's, then those by grade.

    `y` is 1 = bad and may lack labels (NaN), `pd` is at the bad rate of the data; `shift` is what the applied PD lies
    above it, in log odds, by which grades go. `fitted` names the samples that the PDs were fitted on.
    """
    tests = calibration({sample: (y, pd)}, thresholds, fitted)
    return tests + grade_checks(y, pd, grades(moved(pd, shift), scale), scale, thresholds, sample)


def before_and_after(
    before: Samples,
    after: Samples,
    scale: MasterScale,
    thresholds: Thresholds,
    *,
    shift: float = 0.0,
    fitted: Collection[str] = FITTED,
) -> DataFrame:
    """One row a test; for each sample one column before and one after, marked in_sample where it was fitted there.

    `test` is its title, `kind` says what its values are: p-value, measure or count. A grade's PD is too low where its
    Jeffreys test is red. `before` and `after` hold the same samples; "before" was fitted on development alone. A test
    that a sample does not have is missing there.
    """
    columns: dict[str, dict[str, float | None]] = {}
    for sample in after:
        for when, samples, on in (("before", before, FITTED), ("after", after, fitted)):
            tests = calibration_tests(*samples[sample], scale, thresholds, sample, shift=shift, fitted=on)
            columns[f"{sample}_{when}{'_in_sample' if sample in on else ''}"] = _summed_up(tests)
    table = DataFrame(columns, dtype=float).rename_axis("test").reset_index()
    kinds = [_kind(title) for title in table["test"]]
    table.insert(1, "kind", kinds)
    return table.assign(test=table["test"].str.removesuffix(P_VALUE)).sort_values(
        "kind", key=lambda kind: kind.map(KINDS.index), kind="stable", ignore_index=True
    )


def told(changed: DataFrame) -> str:
    """Which tests of `before_and_after` improved and which worsened on samples that lent no labels, as sentences.

    Better is a larger p-value, a smaller count, a slope nearer to 1, and any other measure nearer to 0.
    """
    sentences = []
    samples = [str(name).removesuffix("_after") for name in changed if str(name).endswith("_after")]
    for sample in samples:
        better: list[str] = []
        worse: list[str] = []
        for row in changed.to_dict("records"):
            before, after = (_badness(row, f"{sample}_{when}") for when in ("before", "after"))
            if isna(before) or isna(after):
                continue
            if after != before:
                (better if after < before else worse).append(str(row["test"]))
        where = SAMPLES[sample]
        sentences.append(f"On {where}, by calibration improved: {_listed(better)}; worsened: {_listed(worse)}.")
    return " ".join([*sentences, SMALL_PRINT]) if sentences else "Every sample lent labels: no test is independent."


def _summed_up(tests: list[CheckResult]) -> dict[str, float | None]:
    whole = (t for t in tests if "grade" not in t.dims and not t.name.startswith(LABELS_ALONE))
    too_low = sum(t.status == "red" for t in tests if "grade" in t.dims)
    return {t.title: t.estimate.value for t in whole} | {TOO_LOW: float(too_low)}


def _kind(title: str) -> str:
    if title.endswith(P_VALUE):
        return "p-value"
    return "count" if title in (TOO_LOW, INVERSIONS) else "measure"


def _badness(row: Mapping[Hashable, Any], column: str) -> float:
    value = round(float(row[column]), DECIMALS)
    if row["kind"] == "p-value":
        return -value
    return abs(value - 1) if row["test"] == SLOPE else abs(value)


def _listed(tests: list[str]) -> str:
    return "; ".join(tests) or "none"
