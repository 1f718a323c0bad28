"""As many approved by one model as by another."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.validation.model_comparison.equal_approval import Resampling, approval_gains, equal_approval
from riskbench.validation.model_comparison.judged import Judged

FEW = Resampling(replicates=40)
RIGHT, WRONG, SAME = [0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1], [0.5] * 4


def judged(y=(0, 0, 1, 1), earned=(1, 1, -2, -2), weight=(1, 1, 1, 1), lack="", **pds):
    columns = {"champion": RIGHT} | pds
    values = (np.asarray(of, dtype=float) for of in (y, weight))
    bad, w = values
    return Judged(bad, pd.DataFrame(columns), w, None if earned is None else np.asarray(earned, float), lack)


def at(rate, table):
    return table[table["approval_rate"] == rate].set_index("model")


def test_half_approved_by_the_right_and_by_the_wrong_ranking():
    table = at(0.5, equal_approval(judged(wrong=WRONG), [0.5], FEW))
    assert table["bad_rate"].to_dict() == {"champion": 0, "wrong": 1}
    # the champion's two goods earn 1 each, the other's two bads −2: per application 2/4 and −4/4
    assert table.loc["wrong", ["bad_rate_gain", "profit_gain", "moved"]].tolist() == [-1, -1.5, 1]


def test_of_cases_with_one_pd_an_equal_part_is_approved():
    table = at(0.5, equal_approval(judged(same=SAME), [0.5], FEW))
    assert table.loc["same", ["bad_rate", "profit_gain", "moved"]].tolist() == [0.5, -0.75, 0.5]


def test_weights_count_in_the_share_approved_and_in_the_bad_rate():
    # bads count a third of goods: of 4 · ⅔ the half is one good and a third, all of them good
    table = at(0.75, equal_approval(judged(weight=(1.5, 1.5, 0.5, 0.5)), [0.75], FEW))
    assert table.loc["champion", "bad_rate"] == 0  # .75 · 4 = 3, which the two goods fill
    assert equal_approval(judged(weight=(1.5, 1.5, 0.5, 0.5)), [1.0], FEW)["bad_rate"].tolist() == [0.25]


def test_a_copy_of_the_champion_gains_exactly_nothing():
    row = at(0.6, equal_approval(judged(copy=RIGHT), [0.6], FEW)).loc["copy"]
    assert (row[["bad_rate_gain", "bad_rate_gain_lower", "bad_rate_gain_upper", "profit_gain_upper"]] == 0).all()


@given(seed=st.integers(0, 10_000))
def test_where_everybody_is_approved_no_model_gains(seed):
    draw = np.random.default_rng(seed)
    y, earned, pds = draw.integers(0, 2, 30), draw.normal(size=30), draw.integers(1, 9, (30, 2)) / 10
    cases = judged(y, earned, draw.uniform(0.5, 2, 30), champion=pds[:, 0], other=pds[:, 1])
    row = at(1.0, equal_approval(cases, [1.0], FEW)).loc["other"]
    assert row[["bad_rate_gain", "profit_gain", "moved"]].abs().max() < 1e-12


def test_a_better_ranking_gains_beyond_chance_and_the_interval_holds_the_gain():
    draw = np.random.default_rng(0)
    risk = draw.uniform(0.02, 0.6, 4000)
    y = (draw.random(4000) < risk).astype(float)
    cases = judged(y, np.where(y == 1, -5.0, 1.0), np.ones(4000), champion=draw.permutation(risk), good=risk)
    row = at(0.7, equal_approval(cases, [0.7], Resampling(200))).loc["good"]
    for gain in ("bad_rate_gain", "profit_gain"):
        assert 0 < row[f"{gain}_lower"] < row[gain] < row[f"{gain}_upper"]


def test_without_amounts_profit_is_not_evaluated_and_bads_avoided_are():
    cases = judged(earned=None, lack="the study records no amounts", wrong=WRONG)
    table = equal_approval(cases, [0.5], FEW)
    profit, bads = approval_gains(cases, table, 0.5, "test", "EUR")
    assert (profit.name, profit.status, profit.reason) == (
        "wrong.profit_gain.test",
        "not_evaluated",
        "the study records no amounts",
    )
    assert (bads.name, bads.status, bads.estimate.value, bads.unit) == (
        "wrong.bad_rate_gain.test",
        "information",
        -1,
        "%",
    )


def test_one_class_is_not_evaluated():
    cases = judged(y=(0, 0, 0, 0), wrong=WRONG)
    results = approval_gains(cases, equal_approval(cases, [0.5], FEW), 0.5, "test", "EUR")
    assert {result.reason for result in results} == {"it needs bad and good cases, and all 4 are good"}


def test_rates_and_samples_outside_their_range_are_refused():
    with pytest.raises(ValueError, match=r"approval rate must lie in \[0, 1\], got 1.2"):
        equal_approval(judged(), [1.2], FEW)
    with pytest.raises(ValueError, match=r"approval rate must lie in \(0, 1\], got 0"):
        equal_approval(judged(), [0.0], FEW)
    with pytest.raises(ValueError, match="replicates must be at least 40 for an interval at 95 %, got 1"):
        Resampling(replicates=1)
