"""The loss that a vintage is expected to bring."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.decision.simulation.vintages import level_error, vintage_table, vintages_above

LOANS = pd.DataFrame({"pd": [0.1, 0.2, 0.5], "lent": [100.0, 50.0, 10.0], "y": [1.0, 0.0, np.nan], "weight": 1.0})
MONTHS = pd.Series(["2024-01", "2024-03", "2024-04"])


def test_the_expected_loss_is_pd_times_lgd_times_exposure():
    # first quarter: .5 · (.1 · 100 + .2 · 50) = 10; second: .5 · .5 · 10 = 2.5
    table = vintage_table(LOANS, MONTHS, 0.5, 0.0, "quarter").set_index("vintage")
    assert table["expected_loss"].to_dict() == pytest.approx({"2024 Q1": 10.0, "2024 Q2": 2.5})
    assert table.loc["2024 Q1", ["observed_loss", "expected_matured"]].tolist() == pytest.approx([50.0, 10.0])
    assert np.isnan(table.loc["2024 Q2", "observed_loss"])


def test_vintages_sum_to_the_whole():
    parts, whole = (vintage_table(LOANS, MONTHS, 0.5, 0.1, length) for length in ("month", "year"))
    for name in ("n", "amount", "expected_loss"):
        assert parts[name].sum() == pytest.approx(whole[name].sum())


def test_the_interval_joins_chance_and_the_level_of_the_pds():
    # chance: 50²·.09 + 25²·.16 = 325; level: (50·.09 + 25·.16)·.2 = 1.7; 1.96 · √(325 + 2.89) = 35.49
    row = vintage_table(LOANS[:2], MONTHS[:2], 0.5, 0.2, "quarter").iloc[0]
    assert row["expected_loss_upper"] == pytest.approx(10 + 1.959964 * np.sqrt(325 + 1.7**2))


def test_chance_alone_covers_the_losses_that_outcomes_drawn_from_the_pds_give():
    rng = np.random.default_rng(0)
    risk = rng.beta(1, 6, 500)
    loans = pd.DataFrame({"pd": risk, "lent": rng.uniform(1, 3, 500), "weight": 1.0})
    drawn = [vintage_table(loans.assign(y=(rng.random(500) < risk) * 1.0), pd.Series(["2024-01"] * 500), 0.5, 0.0, "year")
             for _ in range(200)]  # fmt: skip
    inside = [(t["observed_loss"] <= t["expected_matured_upper"]).item() for t in drawn]
    assert 0.94 <= np.mean(inside) <= 1.0  # one side of 95 %: 97.5 %


def test_vintages_that_lost_more_than_expected_are_counted():
    table = vintage_table(LOANS, MONTHS, 0.5, 0.0, "month")
    assert vintages_above(table) == (1, 2)  # 50 of the first, where .5 · .1 · 100 = 5 ± 29 are expected


def test_without_dates_there_are_no_vintages():
    with pytest.raises(NotEvaluated, match="no decision dates"):
        vintage_table(LOANS, pd.Series([""] * 3), 0.5, 0.0, "month")


def test_more_loans_tell_the_level_better():
    assert level_error(pd.Series([0.5] * 400)) == pytest.approx(0.1)
