"""Level and ranking of the PDs by month."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.metrics.discrimination import auc
from riskbench.monitoring.outcomes import calibration
from riskbench.monitoring.outcomes.vintages import vintages


def loans(month: str, bad: int, good: int, matured: bool = True) -> pd.DataFrame:
    y = np.repeat([1.0, 0.0], [bad, good])
    told = {"month": month, "matured": matured, "developed": False}
    return pd.DataFrame({"y": y, "pd": np.tile([0.2, 0.4], (bad + good) // 2), **told})


def test_each_matured_month_has_its_intercept_and_its_auc_with_intervals():
    both = pd.concat([loans("2026-01", 30, 70), loans("2026-02", 50, 50), loans("2026-03", 9, 9, matured=False)])
    table = calibration.by_month(both, vintages(both)).set_index("month")
    assert table.index.tolist() == ["2026-01", "2026-02"]
    # PDs are .3 on average: 30 of 100 need no shift to speak of, 50 of 100 a shift up
    assert table.loc["2026-01", "intercept_lower"] < 0 < table.loc["2026-01", "intercept_upper"]
    assert table.loc["2026-02", "intercept_lower"] > 0
    first = both.iloc[:100]
    assert table.loc["2026-01", "auc"] == auc(first["y"], first["pd"]).value


def test_a_month_of_one_class_has_neither():
    only = loans("2026-01", 0, 10)
    assert calibration.by_month(only, vintages(only))[["intercept", "auc"]].isna().all(axis=None)


def test_without_a_matured_month_nothing_is_evaluated():
    young = loans("2026-01", 5, 5, matured=False)
    with pytest.raises(NotEvaluated, match="no month has matured"):
        calibration.by_month(young, vintages(young))


def test_the_line_to_compare_with_is_of_the_test_sample_alone():
    both = pd.concat([loans("2026-01", 30, 70), loans("2026-02", 50, 50)], ignore_index=True)
    applications = pd.DataFrame({"sample": ["test"] * 100 + ["development"] * 100})
    assert calibration.developed(both, applications) == {"test sample": auc(both["y"][:100], both["pd"][:100]).value}
    assert calibration.developed(both, applications.assign(sample="development")) == {}
