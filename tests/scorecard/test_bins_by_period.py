"""Bad rate and share of bins by period."""

import numpy as np
import pandas as pd
import pytest

from riskbench import metrics
from riskbench.data.coding import Coding
from riskbench.data.counts import Counts
from riskbench.scorecard import WoeBinning
from riskbench.scorecard.bins_by_period import against_the_others, bins_by_period, stability_table, trend_counts


def rows_of(*cells):
    """A frame, target and periods from (period, value, goods, bads)."""
    rows = [(p, value, label) for p, value, goods, bads in cells for label in [0] * goods + [1] * bads]
    periods, x, y = zip(*rows, strict=True)
    return pd.DataFrame({"x": pd.Series(x, dtype=float)}), np.array(y), list(periods)


# ascending over all cases (60 of 240, 120 of 260); in the second half-year .5 and then .4
CELLS = [("2023H1", 1, 160, 40), ("2023H1", 2, 80, 80), ("2023H2", 1, 20, 20), ("2023H2", 2, 60, 40)]
SAMPLE = rows_of(*CELLS)


def fitted():
    X, y, periods = SAMPLE
    return bins_by_period(WoeBinning().fit(X, y), X, y, periods)


def test_every_bin_has_its_rate_and_share_in_every_period():
    table = fitted()["x"].table()
    assert table[["period", "bin", "bad_rate"]].values.tolist() == [
        ["2023H1", "< 2", 0.2],
        ["2023H1", ">= 2", 0.5],
        ["2023H2", "< 2", 0.5],
        ["2023H2", ">= 2", 0.4],
    ]
    assert table["share"].tolist() == [200 / 360, 160 / 360, 40 / 140, 100 / 140]


def test_the_table_has_wilsons_interval_in_each_cell():
    table, expected = fitted()["x"].table(), metrics.wilson(20, 40)
    cell = table[(table["period"] == "2023H2") & (table["bin"] == "< 2")].iloc[0]
    assert (cell["count"], cell["bad_rate"]) == (40, 0.5)
    assert cell["bad_rate_lower"] == pytest.approx(expected.lower, rel=1e-12)
    assert cell["bad_rate_upper"] == pytest.approx(expected.upper, rel=1e-12)


@pytest.mark.parametrize(("scale", "beyond"), [(1, False), (20, True)])
def test_a_reversal_is_beyond_chance_where_newcombes_interval_excludes_0(scale, beyond):
    X, y, periods = rows_of(*((p, value, goods * scale, bads * scale) for p, value, goods, bads in CELLS))
    against = bins_by_period(WoeBinning().fit(X, y), X, y, periods)["x"].reversals()
    assert against.drop(columns="beyond_chance").values.tolist() == [["2023H2", "< 2", ">= 2", 0.5, 0.4]]
    newcombe = metrics.difference(20 * scale, 40 * scale, 40 * scale, 100 * scale)
    assert (newcombe.lower > 0) == beyond
    assert against["beyond_chance"].tolist() == [beyond]


def test_a_descending_trend_is_judged_the_other_way_round():
    X, y, periods = SAMPLE
    of = bins_by_period(WoeBinning().fit(-X, y), -X, y, periods)["x"]
    assert of.bins.trend == "descending"
    assert of.reversals()[["period", "bad_rate", "next_bad_rate"]].values.tolist() == [["2023H2", 0.4, 0.5]]
    enough = bins_by_period(WoeBinning().fit(-X, y), -X.loc[X.index.repeat(20)], y.repeat(20), np.repeat(periods, 20))
    assert enough["x"].reversals()["beyond_chance"].tolist() == [True]


def test_a_period_is_compared_with_all_others_and_not_with_the_whole_that_holds_it():
    found, expected = fitted()["x"].csi(), metrics.csi([200, 160, 0], [40, 100, 0])
    assert found["2023H2"].value == pytest.approx(expected.value)
    assert found["2023H2"].critical == pytest.approx(expected.critical)


def test_one_stable_period_in_twenty_exceeds_the_critical_value():
    draw = np.random.default_rng(0)
    periods = draw.multinomial(200, [0.2, 0.3, 0.5], size=(2000, 3))
    beyond = [e.value > e.critical for trial in periods for e in against_the_others(trial)[:1]]
    assert np.mean(beyond) == pytest.approx(0.05, abs=0.015)  # three standard errors at 2,000 trials


@pytest.mark.parametrize(("cases", "judged"), [(29, False), (30, True)])
def test_a_period_of_few_cases_is_not_judged(cases, judged):
    X, y, periods = rows_of(("a", 1, 80, 20), ("a", 2, 50, 60), ("b", 1, 70, 30), ("b", 2, 40, 50), ("c", 1, 0, cases))
    row = stability_table(bins_by_period(WoeBinning().fit(X, y), X, y, periods)).iloc[0]
    assert (row["csi_period"] == "c") == judged


def test_the_summary_says_whether_the_trend_holds_and_where_shares_moved_most():
    row = stability_table(fitted()).iloc[0]
    of = fitted()["x"].csi()
    assert row[["feature", "trend", "holds", "reversals", "beyond_chance"]].tolist() == ["x", "ascending", False, 1, 0]
    assert (row["csi_period"], row["csi"]) == ("2023H1", of["2023H1"].value)  # of two periods both differ alike
    assert row["csi_beyond_chance"] == (of["2023H1"].value > of["2023H1"].critical)


def test_trends_that_hold_and_reversals_are_counted():
    counts = trend_counts(stability_table(fitted()), "half-year")
    assert {check.name: check.estimate.value for check in counts} == {
        "trends.count": 1,
        "trends.hold": 0,
        "trends.reversals": 1,
        "trends.reversals_beyond_chance": 0,
    }
    assert counts[1].title == "Candidates whose trend holds in every half-year"


def test_bins_made_to_hold_the_trend_in_every_period_hold_it():
    X, y, periods = SAMPLE
    b = WoeBinning(trend_in_every_period=True).fit(X, y, periods=periods)
    row = stability_table(bins_by_period(b, X, y, periods)).iloc[0]
    assert (row["holds"], row["reversals"]) == (True, 0)


def test_without_a_trend_nothing_is_said_to_hold():
    X, y, periods = SAMPLE
    row = stability_table(bins_by_period(WoeBinning(trend="none").fit(X, y), X, y, periods)).iloc[0]
    assert (row["holds"], row["reversals"]) == (None, 0)


@pytest.mark.parametrize(("trend", "bads"), [("peak", [10, 40, 20]), ("valley", [40, 10, 30])])
def test_a_turn_is_expected_where_it_was_when_fitted(trend, bads):
    X, y, periods = rows_of(
        *(("a", value, 100 - bad, bad) for value, bad in enumerate(bads)),
        ("b", 0, 60, 40),
        ("b", 1, 75, 25),
        ("b", 2, 70, 30),
    )
    b = WoeBinning(trend=trend).fit_counts(
        {"x": Counts(Coding.numeric([1.0, 2.0]), 100 - np.array([*bads, 100]), np.array([*bads, 0]))}
    )
    against = bins_by_period(b, X, y, periods)["x"].reversals()
    # in b: .40, .25, .30 is a valley, so that a peak is contradicted twice
    assert against["period"].tolist() == (["b", "b"] if trend == "peak" else [])


def test_weights_are_frequencies_here_too():
    X, y, periods = SAMPLE
    k = np.arange(len(y)) % 3 + 1
    b = WoeBinning().fit(X, y)
    weighted = bins_by_period(b, X, y, periods, sample_weight=k)["x"]
    repeated = bins_by_period(b, X.loc[X.index.repeat(k)], y.repeat(k), np.repeat(periods, k))["x"]
    assert weighted.cases.tolist() == repeated.cases.tolist()
    assert weighted.table()["bad_rate"].equals(repeated.table()["bad_rate"])
    # k of weight 1, 2, 3: Kish's effect is 14/6, so intervals are wider than those of repeated rows
    assert (weighted.table()["bad_rate_upper"] > repeated.table()["bad_rate_upper"]).all()
