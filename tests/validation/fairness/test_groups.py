"""Which groups may be shown."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from riskbench.validation.fairness.groups import intersections, outcome_groups, outcome_intersections, shown_groups

LEVELS = {"sex": "mf", "age": "xyz", "speech": "pqr"}


def test_small_groups_are_pooled():
    group = ["a"] * 20 + ["b"] * 6 + ["c"] * 5
    assert shown_groups(group, 10).value_counts().to_dict() == {"a": 20, "(small groups)": 11}


def test_a_pool_that_is_still_small_joins_the_next_smallest_group():
    group = ["men"] * 50 + ["women"] * 40 + ["other"] * 3  # left out, 93 − 50 − 40 would tell of 3
    assert shown_groups(group, 10).value_counts().to_dict() == {"men": 50, "women + (small groups)": 43}


def test_a_missing_group_is_a_group():
    assert shown_groups(pd.Series(["a", None, "a", None]), 2).tolist() == ["a", "(missing)", "a", "(missing)"]


@given(st.lists(st.sampled_from("abcde"), max_size=60), st.integers(1, 12))
def test_nobody_is_left_out_and_no_group_is_smaller_than_the_smallest_cell(group, min_cell):
    shown = shown_groups(group, min_cell)
    if len(group) < min_cell:
        assert set(shown) <= {""}
    else:
        assert all(n >= min_cell and name for name, n in shown.value_counts().items())


def test_a_cell_of_nobody_is_refused():
    with pytest.raises(ValueError, match="min_cell must be 1 or more, got 0"):
        shown_groups(["a"], 0)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([0, 1, None])), min_size=12, max_size=80))
def test_no_group_has_a_few_goods_or_bads_where_outcomes_are_shown(people):
    group, y = pd.Series([g for g, _ in people]), pd.Series([y for _, y in people], dtype=float)
    told = outcome_groups(group, y, 4)
    for kind in (0, 1):
        found = told[(told != "") & (y == kind)].value_counts()
        assert (found >= 4).all()


def test_groups_with_enough_outcomes_stay_as_they_are():
    group, y = pd.Series(["a"] * 20 + ["b"] * 20), [0, 1] * 20
    assert outcome_groups(group, y, 10).equals(group)


def test_intersections_are_named_by_both_groups():
    groups = pd.DataFrame({"sex": ["m", "f"] * 20, "age": ["old"] * 20 + ["young"] * 20})
    pairs = intersections(groups, 10)
    assert pairs["sex × age"].value_counts().to_dict() == dict.fromkeys(
        ["m, old", "f, old", "m, young", "f, young"], 10
    )


def test_an_attribute_of_one_group_is_not_crossed():
    groups = pd.DataFrame({"sex": ["m", "f"] * 20, "land": "x"})
    assert intersections(groups, 10).columns.empty
    assert intersections(pd.DataFrame({"sex": [""] * 5, "land": [""] * 5}), 10).columns.empty


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(*(st.sampled_from(v) for v in LEVELS.values())), min_size=30, max_size=150), st.integers(2, 8)
)
def test_no_small_intersection_follows_from_all_that_a_page_shows(people, min_cell):
    raw = pd.DataFrame(people, columns=list(LEVELS))
    groups = pd.DataFrame({name: shown_groups(raw[name], min_cell) for name in raw})
    assume((groups.nunique() > 1).all())
    pairs = intersections(groups, min_cell)
    # over every combination of groups, whether anybody is in it or not: a reader does not know which are empty
    grid = pd.MultiIndex.from_product([sorted(set(groups[c])) for c in groups], names=list(groups)).to_frame(
        index=False
    )
    shown = [np.ones(len(grid)), *((grid[c] == v).to_numpy(float) for c in groups for v in sorted(set(groups[c])))]
    small = []
    for pair in pairs:
        a, b = pair.split(" × ")
        for x in sorted(set(groups[a])):
            for y in sorted(set(groups[b])):
                n, cell = (
                    int(((groups[a] == x) & (groups[b] == y)).sum()),
                    ((grid[a] == x) & (grid[b] == y)).to_numpy(float),
                )
                if (pairs[pair] == f"{x}, {y}").any():
                    assert n >= min_cell
                    shown.append(cell)
                elif 0 < n < min_cell:
                    small.append(cell)
    known = np.linalg.matrix_rank(np.array(shown))
    assert all(np.linalg.matrix_rank(np.vstack([shown, cell])) > known for cell in small)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(*(st.sampled_from(v) for v in LEVELS.values()), st.sampled_from([0, 1])), min_size=60, max_size=200
    )
)
def test_no_few_goods_or_bads_of_an_intersection_follow_from_those_shown(people):
    table = pd.DataFrame(people, columns=[*LEVELS, "y"])
    told = pd.DataFrame({c: outcome_groups(shown_groups(table[c], 4), table["y"], 4) for c in ("sex", "age")})
    assume((told.nunique() > 1).all() and (told != "").all(axis=None))
    pairs = outcome_intersections(told, table["y"], 4)["sex × age"]
    names = told["sex"].str.cat(told["age"], sep=", ")
    for kind in (0, 1):
        found = pairs[(pairs != "") & (table["y"] == kind)].value_counts()
        assert (found >= 4).all()
        for c in told:  # what is left of a row or a column is nobody, or as many as may be shown
            left = told.loc[(pairs == "") & (table["y"] == kind), c].value_counts()
            assert (left >= 4).all()
    assert set(pairs) - {""} <= set(names)
