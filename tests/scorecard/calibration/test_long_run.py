"""Default rates by period, and their simple average."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Thresholds
from riskbench.data.study import Study, load_study
from riskbench.scorecard.calibration.long_run import long_run_average, long_run_checks, period_rates

LONG_RUN = {"kind": "long_run", "because": "the whole history", "period": "month"}
THRESHOLDS = Thresholds()
STUDIES = Path(__file__).parents[3] / "data"
MICROLOAN = load_study(STUDIES / "microloan" / "study.toml").model_dump()


def study(**parts):
    return Study.model_validate(MICROLOAN | parts)


def applications(*cells):
    """Labelled development applications of (month, cases, bads)."""
    months = np.repeat([month for month, _, _ in cells], [n for _, n, _ in cells])
    y = np.concatenate([np.arange(n) < bads for _, n, bads in cells]).astype(float)
    return pd.DataFrame({"month": months, "sample": "development", "y": y})


def rates(frame, **asked):
    return period_rates(study(calibration=LONG_RUN | asked), frame, THRESHOLDS)


def test_the_average_is_of_rates_and_not_of_loans():
    # 10 % of 900 loans and 30 % of 100: the rates average to 20 %, the loans to 12 %
    found = long_run_average(rates(applications(("2024-01", 900, 90), ("2024-02", 100, 30))))
    assert found.value == pytest.approx(0.2)
    assert found.n == 2


def test_the_interval_is_that_of_a_mean_over_periods():
    # rates .10 .12 .14: s = .02, s/√3 = .011547, t(2; 97.5 %) = 4.302653, so .12 ± .049683
    found = long_run_average(rates(applications(("2024-01", 100, 10), ("2024-02", 100, 12), ("2024-03", 100, 14))))
    assert (found.lower, found.upper) == pytest.approx((0.070317, 0.169683), abs=1e-6)


def test_a_period_with_too_few_labels_is_shown_and_does_not_count():
    table = rates(applications(("2024-01", 100, 10), ("2024-02", 29, 29)))
    assert table["counted"].tolist() == [True, False]
    assert long_run_average(table).value == pytest.approx(0.1)


def test_one_period_has_no_interval_and_none_has_no_average():
    one = long_run_average(rates(applications(("2024-01", 100, 10))))
    assert (one.value, one.lower) == (0.1, None)
    none = long_run_average(rates(applications(("2024-01", 5, 1))))
    assert (none.value, none.reason) == (None, "no period has labels enough")


def test_open_windows_and_other_samples_do_not_count():
    frame = applications(("2024-01", 100, 10), ("2024-02", 100, 50), ("2024-03", 100, 50))
    frame.loc[frame["month"] == "2024-02", "y"] = np.nan
    frame.loc[frame["month"] == "2024-03", "sample"] = "out_of_time"
    assert rates(frame)["period"].tolist() == ["2024-01"]


@pytest.mark.parametrize(("months", "status"), [(60, "green"), (24, "amber"), (23, "red")])
def test_a_history_of_less_than_five_years_is_no_long_run(months, status):
    names = pd.date_range("2015-01-01", periods=months, freq="MS").strftime("%Y-%m")
    table = rates(applications(*((name, 30, 3) for name in names)), period="year")
    years = long_run_checks(study(calibration=LONG_RUN), table, THRESHOLDS)[1]
    assert (years.estimate.value, years.status) == (months / 12, status)
    assert "Art. 180" in years.threshold.source


def test_the_years_are_judged_only_where_a_study_calibrates_to_them():
    table = period_rates(study(), applications(("2024-01", 100, 10)), THRESHOLDS)
    assert table["period"].tolist() == ["2024 Q1"]
    results = long_run_checks(study(), table, THRESHOLDS)
    assert [r.status for r in results] == ["information"] * 3
    assert results[-1].estimate.value == 1  # a whole number of months, however few


def test_without_dates_or_with_oversampling_there_are_no_rates_by_period():
    frame = applications(("2024-01", 100, 10))
    with pytest.raises(NotEvaluated, match="no decision dates"):
        period_rates(load_study(STUDIES / "taiwan" / "study.toml"), frame, THRESHOLDS)
    with pytest.raises(NotEvaluated, match="bads are oversampled"):
        period_rates(study(oversampling={"bad_rate": 0.05, "because": "x"}), frame, THRESHOLDS)
