import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.data.periods import periods

MONTHS = pd.Series(["2023-12", "2024-01", "2024-06", "2024-07"])


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("month", MONTHS.tolist()),
        ("quarter", ["2023 Q4", "2024 Q1", "2024 Q2", "2024 Q3"]),
        ("half_year", ["2023 H2", "2024 H1", "2024 H1", "2024 H2"]),
        ("year", ["2023", "2024", "2024", "2024"]),
    ],
)
def test_a_month_falls_into_its_period(period, expected):
    assert periods(MONTHS, period).tolist() == expected


def test_without_decision_dates_there_are_no_periods():
    with pytest.raises(NotEvaluated, match="no decision dates"):
        periods(pd.Series(["", ""]), "quarter")
