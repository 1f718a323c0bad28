"""What is measured of a ranking."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench import metrics
from riskbench.validation.alternatives.applicants import Judged, Stakes
from riskbench.validation.alternatives.measures import Yardstick


def judged(y, group, share=0.5, **more):
    n = len(y)
    given_ = {
        "name": "test",
        "rows": np.ones(n, bool),
        "y": np.asarray(y, float),
        "share": share,
        "names": {"g": ["a", "b"]},
        "groups": {"g": np.asarray(group)},
        "customer": np.arange(n),
        "amount": np.ones(n),
        "weight": np.ones(n),
        "stakes": Stakes(0.2, 0.5),
    }
    return Judged(**given_ | more)


def figures(yardstick, *args, **more):
    return dict(zip(yardstick.names, yardstick.of_risk(*args, **more)[0].tolist(), strict=True))


def test_figures_by_hand():
    # the four of least risk are approved: 3 of group a (0), 1 of b (1), one of them bad
    y, group = [0, 0, 1, 0, 1, 0, 1, 1], [0, 0, 0, 1, 0, 1, 1, 1]
    found = figures(Yardstick(judged(y, group), enough=1), np.arange(8.0))
    assert found["bad_rate"] == 1 / 4
    assert found["profit"] == pytest.approx((3 * 0.2 - 0.5) / 8)  # per unit that the eight asked for
    assert found["g.approval_gap"] == 3 / 4 - 1 / 4
    assert found["g.adverse_impact_ratio"] == pytest.approx(1 / 3)
    assert found["g.opportunity_gap"] == 2 / 2 - 1 / 2


def test_of_cases_tied_at_the_cut_off_each_is_approved_in_part():
    # two of four are to be approved, three tie for the second place: each of them by a third
    found = figures(Yardstick(judged([0, 0, 1, 1], [0, 1, 0, 1]), enough=1), np.array([0.0, 1, 1, 1]))
    assert found["g.approval_gap"] == pytest.approx((1 + 1 / 3) / 2 - (1 / 3 + 1 / 3) / 2)
    assert found["bad_rate"] == pytest.approx((2 / 3) / 2)


@given(st.integers(0, 2**32 - 1))
def test_the_auc_is_that_of_the_house_whatever_the_ties(seed):
    rng = np.random.default_rng(seed)
    y, risk = rng.integers(0, 2, 40), rng.integers(0, 6, 40).astype(float)
    y[:2] = 0, 1
    found = figures(Yardstick(judged(y, rng.integers(0, 2, 40))), risk)
    assert found["auc"] == pytest.approx(metrics.auc(y, risk).value)


@given(st.integers(0, 2**32 - 1))
def test_a_row_of_weight_k_is_k_rows(seed):
    rng = np.random.default_rng(seed)
    y, group, risk, w = (rng.integers(0, k, 30) for k in (2, 2, 9, 4))
    y[:2], group[:2], w[:2] = (0, 1), (0, 1), 1
    weighted = Yardstick(judged(y, group), enough=1).of_risk(risk.astype(float), w[None, :])
    repeated = Yardstick(judged(np.repeat(y, w), np.repeat(group, w)), enough=1)
    assert weighted == pytest.approx(repeated.of_risk(np.repeat(risk, w).astype(float)), nan_ok=True)


def test_rows_without_a_label_count_for_approval_alone():
    found = figures(Yardstick(judged([np.nan, 0, 1, np.nan], [0, 0, 1, 1]), enough=1), np.arange(4.0))
    assert (found["bad_rate"], found["auc"], found["g.approval_gap"]) == (0.0, 1.0, 1.0)


def test_a_rate_of_goods_needs_enough_of_them():
    y, group = np.zeros(40), np.repeat([0, 1], 20)
    y[::4] = 1  # 15 goods in each group
    risk = np.arange(40.0)
    assert np.isnan(figures(Yardstick(judged(y, group)), risk)["g.opportunity_gap"])
    assert figures(Yardstick(judged(y, group), enough=15), risk)["g.opportunity_gap"] == 1.0


def test_given_decisions_have_the_same_figures_and_no_auc():
    yardstick, risk = Yardstick(judged([0, 1, 0, 1], [0, 0, 1, 1]), enough=1), np.array([1.0, 4, 2, 3])
    by_risk, decided = yardstick.of_risk(risk)[0], yardstick.of_decisions((risk <= 2).astype(float))[0]
    assert np.isnan(decided[0])
    assert decided[1:].tolist() == by_risk[1:].tolist()


def test_everybody_approved_is_refused():
    with pytest.raises(ValueError, match=r"at must lie in \(0, 1\), got 1"):
        Yardstick(judged([0, 1], [0, 1])).of_risk(np.arange(2.0), at=1.0)
