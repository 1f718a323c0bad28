"""All cut-offs from one count table: each is what the policy with that cut-off gives when it is replayed."""

import math

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.decision.simulation.cut_off_policy import at_cut_off
from riskbench.decision.simulation.cut_offs import TERMS, CutOffs, count_frame, count_table, passing


def counted(policy, frame, shift=0.0) -> CutOffs:
    return CutOffs(count_frame(passing(policy, frame, shift)), policy.economics, shift)


@pytest.mark.parametrize("cut_off", [470, 520, 541, 580])
@pytest.mark.parametrize("shift", [0.0, -1.2])
def test_a_cut_off_is_what_replaying_the_policy_with_it_gives(policy, portfolio, simulated, cut_off, shift):
    frame = portfolio(600).assign(y=lambda rows: rows["y"].astype(float))
    table = counted(policy, frame, shift).table
    row = table[table["cut_off"] >= cut_off].iloc[0]
    replayed = simulated(frame, at_cut_off(policy, cut_off), shift)
    for name, found in (
        ("approval_share", replayed.approval_rate),
        ("bad_rate", replayed.expected_bad_rate),
        ("profit_lent", replayed.profit_per_unit_lent),
    ):
        assert row[[name, f"{name}_lower", f"{name}_upper"]].tolist() == pytest.approx(found.bounded)
    parts = replayed.by_action
    assert row["expected_profit"] == pytest.approx(parts["expected_profit"].sum())
    assert row["amount"] == pytest.approx(parts["amount"].sum())


def test_the_observed_bad_rate_is_that_of_the_labelled_who_pass(policy, frame):
    # from 530 on: 600, 560 and 530 with outcomes 0, 1, 0; from 560 on: 0 and 1
    table = counted(policy, frame).table.set_index("cut_off")
    assert table.loc[[530, 560], "observed_bad_rate"].tolist() == pytest.approx([1 / 3, 1 / 2])
    assert table.loc[480, "n_labelled"] == 3


def test_the_profit_per_unit_asked_for_counts_everybody_who_asked(policy, frame):
    # from 560 on, by hand as in test_simulation: 15.6 + 25.8 of the two, less 1 for each of the three others
    row = counted(policy, frame).table.set_index("cut_off").loc[560]
    assert row["expected_profit"] == pytest.approx(15.6 + 25.8 - 3)
    assert row["profit"] == pytest.approx((15.6 + 25.8 - 3) / 600)


def test_each_score_is_a_cut_off_and_a_higher_one_approves_fewer(policy, portfolio):
    frame = portfolio(300)
    table = counted(policy, frame).table
    assert table["cut_off"].tolist() == sorted(set(np.floor(frame["score"]).astype(int)))
    assert (table["n"].diff().dropna() < 0).all()


@given(st.lists(st.tuples(st.integers(480, 600), st.integers(1, 60), st.integers(1, 9), st.sampled_from([0, 1, None]))))
def test_a_database_and_numpy_count_the_same(rows):
    # risks in 64ths and whole amounts: sums are exact in any order
    rows = [*rows, (500, 1, 1, None)]
    table = pd.DataFrame(rows, columns=["score", "pd", "asked", "y"]).astype({"asked": float, "y": float})
    table = table.assign(pd=table["pd"] / 64, lends=table["score"] > 490, lent=table["asked"] * (table["score"] > 490))
    ours = count_frame(table)
    theirs = count_table(ibis.memtable(pa.Table.from_pandas(table, preserve_index=False)))
    assert ours.keys.to_numpy().tolist() == theirs.keys.to_numpy().tolist()
    for term in TERMS:
        np.testing.assert_array_equal(ours.of(*term), theirs.of(*term))


def test_a_weighted_count_gives_the_figures_of_the_population(policy, oversampled):
    population, sample = oversampled(7)
    whole, drawn = counted(policy, population).table, counted(policy, sample, -math.log(7)).table
    for name in ("approval_share", "bad_rate", "observed_bad_rate", "profit", "profit_lent"):
        np.testing.assert_allclose(drawn[name], whole[name])
