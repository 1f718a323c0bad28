"""What calibration changed: the calibration tests of the bare logit and of the PDs that are applied, side by side.

Both are at the bad rate of the data. On a sample that lent labels to the coefficients or to the level, a test is not
independent, and the table says so.
"""

from collections.abc import Collection

from numpy.typing import ArrayLike
from pandas import DataFrame

from riskbench.core.results import CheckResult
from riskbench.core.thresholds import Thresholds
from riskbench.data.levels import MasterScale
from riskbench.data.prior import moved
from riskbench.scorecard.master_scale import grades
from riskbench.validation.battery import Samples, calibration
from riskbench.validation.grades import grade_checks

FITTED = ("development",)
LABELS_ALONE = "portfolio.default_rate."  # says nothing of PDs, so calibration cannot change it


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

    The values are p-values but for `brier`, `calibration_intercept`, `calibration_slope`, `inversions` and
    `grades_too_low`, the number of grades whose Jeffreys test is red. `before` and `after` hold the same samples;
    "before" was fitted on development alone. A test that a sample does not have is missing there.
    """
    columns = {}
    for sample in after:
        for when, samples, on in (("before", before, FITTED), ("after", after, fitted)):
            tests = calibration_tests(*samples[sample], scale, thresholds, sample, shift=shift, fitted=on)
            columns[f"{sample}_{when}{'_in_sample' if sample in on else ''}"] = _summed_up(tests)
    return DataFrame(columns, dtype=float).rename_axis("test").reset_index()


def _summed_up(tests: list[CheckResult]) -> dict[str, float | None]:
    whole = (t for t in tests if "grade" not in t.dims and not t.name.startswith(LABELS_ALONE))
    too_low = sum(t.status == "red" for t in tests if "grade" in t.dims)
    return {t.name.split(".")[1]: t.estimate.value for t in whole} | {"grades_too_low": float(too_low)}
