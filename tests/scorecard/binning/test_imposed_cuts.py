"""Forced and forbidden cuts, alone and through `WoeBinning`."""

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.data.coding import Coding
from riskbench.data.counts import Counts
from riskbench.scorecard import WoeBinning
from riskbench.scorecard.binning.imposed_cuts import Imposed


def ages(n=4000, seed=0):
    draw = np.random.default_rng(seed)
    age = np.floor(draw.uniform(18, 75, n))
    return pd.DataFrame({"age": age}), (draw.random(n) < 1 / (1 + np.exp(0.05 * (age - 20)))).astype(int)


def cuts_of(binning):
    return binning.features_["age"].coding.edges.tolist()


def test_forced_cuts_are_in_the_partition_as_they_were_given():
    X, y = ages()
    b = WoeBinning(forced_cuts={"age": [60, 24.5]}).fit(X, y)
    assert {24.5, 60.0} <= set(cuts_of(b))
    assert b.table("age")["bad_rate"].iloc[:-1].is_monotonic_decreasing


def test_forced_cuts_hold_where_values_are_coded_at_quantiles():
    draw = np.random.default_rng(0)
    X = pd.DataFrame({"age": draw.normal(40, 10, 30_000)})
    y = (draw.random(30_000) < 0.3 - 0.004 * (X["age"] - 40).clip(-30, 30)).astype(int)
    b = WoeBinning(forced_cuts={"age": [33.3333]}, min_bin_share=0.02).fit(X, y)
    assert 33.3333 in cuts_of(b)
    table = b.table("age")
    below = table["bin"].str.startswith("<") | table["bin"].str.contains(r"to < (?:1|2|3[0-2]|33\.3333)")
    assert table.loc[below & (table["bin"] != "missing"), "count"].sum() == (X["age"] < 33.3333).sum()


def test_no_cut_lies_strictly_inside_a_forbidden_span_and_its_ends_are_allowed():
    X, y = ages()
    free = cuts_of(WoeBinning().fit(X, y))
    spans = [(cut - 1, cut + 1) for cut in free]
    found = cuts_of(WoeBinning(forbidden_cuts={"age": spans}).fit(X, y))
    assert len(found) > 1
    assert not [cut for cut in found for low, high in spans if low < cut < high]
    forced = WoeBinning(forbidden_cuts={"age": [(25, 35)]}, forced_cuts={"age": [25, 35]}).fit(X, y)
    assert {25.0, 35.0} <= set(cuts_of(forced))


def test_a_forbidden_number_forbids_the_cut_that_parts_the_data_as_it_would():
    X, y = ages()
    first = cuts_of(WoeBinning().fit(X, y))[0]  # between two whole years
    again = cuts_of(WoeBinning(forbidden_cuts={"age": [first - 0.5]}).fit(X, y))
    assert np.ceil(first) not in np.ceil(again)


@settings(max_examples=60, deadline=None)
@given(
    below=st.lists(st.integers(-20, 20), min_size=1, max_size=6, unique=True).map(sorted),
    gap=st.sampled_from([0.25, 1.0]),
    spans=st.lists(st.tuples(st.integers(-22, 20), st.integers(1, 6)), max_size=3),
    singles=st.lists(st.integers(-21, 21), max_size=2),
)
def test_an_edge_is_permitted_where_some_allowed_number_parts_the_data_there(below, gap, spans, singles):
    forbidden = [*((low, low + width) for low, width in spans), *singles]
    imposed = Imposed.of("age", [], forbidden)
    coding = Coding.numeric(np.array(below) + gap, np.array(below, float))
    allowed = set(imposed.permitted(coding).tolist())
    for place, (low, edge) in enumerate(zip(coding.below, coding.edges, strict=True)):
        tried = np.append(np.arange(low, edge, 1 / 64)[1:], edge)  # the numbers in (below, edge], finely
        free = [cut for cut in tried if not any(a < cut < a + w for a, w in spans)]
        forbids = [single for single in singles if low < single <= edge]
        assert (place in allowed) == (bool(free) and not forbids)
        if place in allowed:
            cut = imposed.named(low, edge)
            assert low < cut <= edge
            assert not any(a < cut < a + w for a, w in spans)


def test_imposed_cuts_survive_json():
    X, y = ages()
    b = WoeBinning(forced_cuts={"age": [30]}, forbidden_cuts={"age": [(40, 50), 60]}).fit(X, y)
    again = WoeBinning.from_dict(json.loads(json.dumps(b.to_dict())))
    assert again.fit(X, y).to_dict() == b.to_dict()
    assert b.unfitted_for(["other"]).forced_cuts == {}


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (
            {"forced_cuts": {"age": [30, 31]}},
            "the forced bin '30 to < 31' of 'age' has 58 cases, .* at least 200 cases",
        ),
        (
            {"forced_cuts": {"age": [25, 35, 45]}, "max_bins": 3},
            "forced_cuts of 'age', 25, 35, 45, make 4 bins, and max_",
        ),
        ({"forced_cuts": {"age": [10]}}, "forced cut 10 of 'age' has no cases on one side"),
        ({"forced_cuts": {"age": [80]}}, "forced cut 80 of 'age' has no cases on one side"),
        ({"forced_cuts": {"age": [30, 30.5, 30.7]}}, "forced_cuts of 'age' must have cases between them"),
        ({"forced_cuts": {"age": [30, 30]}}, "forced_cuts of 'age' must be distinct finite numbers, got"),
        ({"forced_cuts": {"age": [np.nan]}}, "forced_cuts of 'age' must be distinct finite numbers, got"),
        (
            {"forced_cuts": {"age": [40]}, "trend": "ascending"},
            "no bins of 'age' keep its forced cuts, 40, with trend 'asc",
        ),
        ({"forced_cuts": {"age": [40]}, "min_class_count": 4000}, "at least 4000 goods and bads"),
        (
            {"forced_cuts": {"age": [20]}, "forbidden_cuts": {"age": [(18, 21)]}},
            "cut 20 of 'age' is both forced and forb",
        ),
        (
            {"forced_cuts": {"age": [20]}, "forbidden_cuts": {"age": [19.5]}},
            "20 of 'age' parts the data where a forbidden",
        ),
        ({"forbidden_cuts": {"age": [(21, 18)]}}, "forbidden_cuts of 'age' must be numbers or pairs that rise, got"),
        ({"forced_cuts": {"incme": [1]}}, "forced_cuts names 'incme', which X does not have"),
    ],
)
def test_cuts_that_cannot_be_kept_are_refused_with_the_reason(wrong, text):
    with pytest.raises(ValueError, match=text):
        WoeBinning(**wrong).fit(*ages())


def test_cuts_are_for_numbers():
    X, y = pd.DataFrame({"age": ["young", "old"] * 50}), [0, 1, 1, 1] * 25
    with pytest.raises(ValueError, match="forced_cuts are for numbers; 'age' is a category"):
        WoeBinning(forced_cuts={"age": [30]}).fit(X, y)


def test_a_forced_cut_inside_an_interval_that_was_counted_as_one_is_refused():
    counts = Counts(Coding.numeric([30.0, 40.0]), np.array([90, 80, 70, 0]), np.array([30, 20, 10, 0]))
    assert cuts_of(WoeBinning(forced_cuts={"age": [30]}).fit_counts({"age": counts}))[0] == 30
    with pytest.raises(ValueError, match=r"forced cut 35 of 'age' .* lies inside an interval that was counted as one"):
        WoeBinning(forced_cuts={"age": [35]}).fit_counts({"age": counts})


def test_forced_bins_meet_the_limits_and_the_rest_is_the_best_there_is():
    X, y = ages()
    free, bound = WoeBinning().fit(X, y), WoeBinning(forced_cuts={"age": [33]}).fit(X, y)
    assert bound.iv_["age"] <= free.iv_["age"] + 1e-12
    same = WoeBinning(forced_cuts={"age": cuts_of(free)}).fit(X, y)
    assert (cuts_of(same), same.iv_["age"]) == (cuts_of(free), free.iv_["age"])
    assert all(a < b for a, b in pairwise(cuts_of(bound)))
