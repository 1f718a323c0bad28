"""Champion against challengers by quarter."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.discrimination import delong
from riskbench.monitoring.outcomes.against_challengers import by_quarter, gain_checks

LIMITS = Thresholds()


@pytest.fixture(scope="module")
def tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Two quarters of 400 loans and one of immature ones; the challenger sees a trait that the champion does not."""
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 1000))
    y = (rng.random(1000) < 1 / (1 + np.exp(1.5 - a - b))).astype(float)
    month = np.repeat(["2026-01", "2026-04", "2026-07"], [400, 400, 200])
    y[800:] = np.nan
    application = [f"l{i}" for i in range(1000)]
    sample = np.where(np.arange(1000) < 100, "development", "monitoring")
    applications = pd.DataFrame({"application": application, "month": month, "y": y, "sample": sample})
    seen = pd.DataFrame({"forest": 1 / (1 + np.exp(1.5 - a - b)), "application": application, "sample": sample})
    return applications, pd.DataFrame({"pd": 1 / (1 + np.exp(1.5 - a))}), seen


def test_each_quarter_compares_matured_loans_outside_of_development(tables):
    found = by_quarter(*tables, least=10)
    assert found["quarter"].tolist() == ["2026 Q1", "2026 Q2"]
    assert found["n"].tolist() == [300, 400]


def test_the_gain_is_that_of_delong_on_the_same_loans(tables):
    applications, scores, seen = tables
    second, at = by_quarter(*tables, least=10).iloc[1], slice(400, 800)
    gain = delong(applications["y"][at], seen["forest"][at], scores["pd"][at])
    assert second[["auc_gain", "gain_lower", "gain_upper", "p_value"]].tolist() == [*gain.bounded, gain.p_value]
    assert second["auc_gain"] > 0.05
    assert second["brier_gain"] > 0


def test_a_quarter_with_few_loans_of_a_class_says_so(tables):
    found = by_quarter(*tables, least=1000)
    assert found["auc_gain"].isna().all()
    assert set(found["reason"]) == {"fewer than 1000 loans of a class"}


def test_the_check_is_the_largest_gain_on_all_quarters_together(tables):
    (check,) = gain_checks(*tables, LIMITS)
    assert (check.name, check.status, check.estimate.n) == ("challengers.auc_gain.matured_months", "red", 700)
    assert "forest" in check.title


def test_a_study_without_labels_outside_of_development_is_not_evaluated(tables):
    applications, scores, seen = tables
    (check,) = gain_checks(applications.assign(sample="development"), scores, seen, LIMITS)
    assert (check.status, check.reason) == ("not_evaluated", "no loan outside of development has a label")


def test_without_dates_there_are_no_quarters(tables):
    applications, scores, seen = tables
    with pytest.raises(NotEvaluated, match="no decision dates"):
        by_quarter(applications.assign(month=""), scores, seen, least=10)
