"""What calibration changed: the calibration tests of the bare logit and of the PDs that are applied, side by side.

Both are at the bad rate of the data. On a sample whose labels set the coefficients or the level, "after" is no
independent test, and the table says so.
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

LABELS_ALONE = "portfolio.default_rate."  # says nothing of PDs, so calibration cannot change it


def calibration_tests(
    y: ArrayLike,
    pd: ArrayLike,
    scale: MasterScale,
    thresholds: Thresholds,
    sample: str,
    *,
    shift: float = 0.0,
    fitted: Collection[str] = ("development",),
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
    fitted: Collection[str] = ("development",),
) -> DataFrame:
    """One row a test and sample: test, sample, independent ("no" on `fitted`), before, after and their statuses.

    The tests of single grades are summed up as the number of grades whose PD is too low (Jeffreys' test red). `before`
    and `after` hold the same samples; "before" was fitted on development alone.
    """
    rows = []
    for sample in after:
        independent = "no" if sample in fitted else "yes"
        both = (
            _summed_up(calibration_tests(*pair[sample], scale, thresholds, sample, shift=shift, fitted=on))
            for pair, on in ((before, ("development",)), (after, fitted))
        )
        for (title, old, old_status), (_, new, new_status) in zip(*both, strict=True):
            rows.append((title, sample, independent, old, new, old_status, new_status))
    columns = ["test", "sample", "independent", "before", "after", "status_before", "status"]
    return DataFrame(rows, columns=columns).astype({"before": float, "after": float})


def _summed_up(tests: list[CheckResult]) -> list[tuple[str, float | None, str]]:
    red = sum(test.status == "red" for test in tests if "grade" in test.dims)
    whole = [test for test in tests if "grade" not in test.dims and not test.name.startswith(LABELS_ALONE)]
    rows = [(test.title, test.estimate.value, str(test.status)) for test in whole]
    return [*rows, ("Grades whose PD is too low (Jeffreys' test red)", float(red), "information")]
