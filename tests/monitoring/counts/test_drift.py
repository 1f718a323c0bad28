"""PSI from counts is the PSI of the rows that were counted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.thresholds import Thresholds
from riskbench.metrics.divergence import psi
from riskbench.monitoring.counts.drift import drift_of, psi_of_counts
from riskbench.monitoring.counts.from_run import baseline_of
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.drift import drift_by_month
from riskbench.monitoring.population.window import Window

from .conftest import Lender, raw

# statistics.md: PSI .067693, critical .025183, p 7.2e-6
BEFORE, NOW = [253, 302, 204, 134, 72, 26, 8], [177, 262, 285, 158, 88, 25, 6]


def table(counts: list[int], day: str = "2026-03-01", subject: str = "score", **fields: str) -> CountTable:
    keys = {"day": pd.Timestamp(day), "model": "m", "segment": "", "subject": subject} | fields
    cells = pd.DataFrame({"cell": [f"cell {i}" for i in range(len(counts))], "n": counts, "total": 0.0, "squares": 0.0})
    return CountTable.of(cells.assign(**keys).query("n > 0"))


def test_the_published_psi_comes_out_with_its_critical_value_and_p():
    (row,) = drift_of(table(NOW), table(BEFORE)).to_dict("records")
    assert (row["n"], row["reference_n"], row["reason"]) == (sum(NOW), sum(BEFORE), "")
    assert (row["psi"], row["critical"]) == pytest.approx((0.067693, 0.025183), abs=5e-7)
    assert row["p_value"] == pytest.approx(7.2e-6, rel=0.01)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=9))
def test_many_at_once_are_each_what_one_alone_is(cells: list[tuple[int, int]]):
    expected, actual = (np.array(side, float) for side in zip(*cells, strict=True))
    (row,) = psi_of_counts(expected[None], actual[None]).to_dict("records")
    alone = psi(expected, actual)
    for name, value in {"psi": alone.value, "critical": alone.critical, "p_value": alone.p_value}.items():
        assert row[name] == pytest.approx(np.nan if value is None else value, rel=1e-9, abs=1e-12, nan_ok=True)
    assert row["reason"] == (alone.reason or "")


def test_months_and_features_are_those_that_rows_give(lender: Lender):
    tables = lender.tables(raw(1_200), 400)
    baseline = baseline_of(tables, lender.model)
    bins = lender.card.binning_.bins(tables.features)
    developing, months = (tables.applications["sample"] == "development").to_numpy(), tables.applications["month"]
    window = Window(developing, ~developing, months, tuple(sorted(set(months[~developing]))), "the rest", "development")
    by_rows = drift_by_month(bins, window, Thresholds())
    found = drift_of(baseline.rest, baseline.development, subjects=("feature:",)).query("segment == ''")
    found = found.assign(
        month=found["first"].dt.strftime("%Y-%m"), feature=found["subject"].str.removeprefix("feature:")
    )
    beside = by_rows.merge(found, on=["month", "feature"], suffixes=("", "_counts"), validate="1:1")
    assert len(beside) == len(by_rows) == len(found)
    for name in ("n", "psi", "critical", "p_value"):
        np.testing.assert_allclose(beside[name], beside[f"{name}_counts"], rtol=1e-9)


def test_periods_add_days_and_tell_which_they_hold():
    # 28 February 2026 is a Saturday: of its week, and of its month, it is the last but one day
    counts = CountTable.merged([table(NOW, day) for day in ("2026-02-28", "2026-03-01", "2026-03-02")])
    held = {
        period: [(str(row.first.date()), str(row.last.date()), row.n) for row in drift_of(counts, table(BEFORE), period).itertuples()]
        for period in ("day", "week", "month", "all")
    }  # fmt: skip
    n = sum(NOW)
    assert held["week"] == [("2026-02-28", "2026-03-01", 2 * n), ("2026-03-02", "2026-03-02", n)]
    assert held["month"] == [("2026-02-28", "2026-02-28", n), ("2026-03-01", "2026-03-02", 2 * n)]
    assert held["all"] == [("2026-02-28", "2026-03-02", 3 * n)]
    assert [of for _, _, of in held["day"]] == [n] * 3


def test_a_segment_is_held_against_itself():
    now = CountTable.merged([table([80, 20], segment="channel=app"), table([80, 20])])
    before = CountTable.merged([table([160, 40], segment="channel=app"), table([50, 50])])
    found = drift_of(now, before).set_index("segment")["psi"]
    assert found["channel=app"] == 0
    # .3 ln 1.6 + .3 ln 2.5
    assert found[""] == pytest.approx(0.3 * np.log(1.6) + 0.3 * np.log(2.5))


def test_a_segment_that_the_reference_does_not_have_is_not_evaluated():
    found = drift_of(table([5, 5], segment="product=new"), table(BEFORE)).iloc[0]
    assert np.isnan(found["psi"])
    assert found["reason"] == "one of the two samples is empty"


def test_another_model_is_held_against_the_reference_of_the_first():
    found = drift_of(table(NOW, model="challenger"), table(BEFORE)).iloc[0]
    assert (found["model"], round(found["psi"], 6)) == ("challenger", 0.067693)


def test_nothing_has_no_rows_and_a_reference_is_of_one_model():
    assert drift_of(CountTable.empty(), table(BEFORE)).empty
    with pytest.raises(ValueError, match="must be of one model, got 2"):
        drift_of(table(NOW), CountTable.merged([table(BEFORE), table(BEFORE, model="other")]))
