"""What other cut-offs would do."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import Estimate
from riskbench.validation.fairness.cut_offs import approved_from, curves, cut_offs


def test_a_cut_off_approves_at_least_the_share_that_was_asked_for():
    score = np.repeat([500, 510, 520, 530], [10, 20, 30, 40])
    (at,) = cut_offs(score, [0.41])  # 40 % have 530, so 520 it is
    assert at == 520
    assert approved_from(score, at).mean() == 0.7


def test_rates_that_lead_to_one_cut_off_give_it_once():
    assert cut_offs([500, 500, 500, 600], [0.3, 0.5, 0.8]) == [500]


def test_equal_scores_are_not_evaluated():
    with pytest.raises(NotEvaluated, match="all scores are equal, so no cut-off divides the applications"):
        cut_offs([500, 500], [0.5])


@pytest.mark.parametrize("rate", [0, 1, 1.5])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(ValueError, match=r"an approval rate must lie in \(0, 1\), got"):
        cut_offs([1, 2], [rate])


@pytest.mark.parametrize(("at", "outcome"), [(499, "everybody"), (541, "nobody")])
def test_a_cut_off_outside_the_scores_is_refused_with_what_it_would_do(at, outcome):
    with pytest.raises(ValueError, match=f"within the scores, 500 to 540, got {at}: {outcome} would be approved"):
        approved_from([500, 520, 540], at)


def test_every_statistic_has_a_row_a_cut_off_with_its_interval():
    group = pd.Series(list("ab") * 50)

    def figures(counts):
        rate = counts.approved / counts.n
        return {"a": Estimate(rate[0], 0.0, 1.0), "b": Estimate.missing("not asked")}

    table = curves(np.arange(100), [0] * 100, [group], figures, [0.25, 0.5])
    assert table[["statistic", "cut_off", "approval_rate"]].to_numpy().tolist() == [
        ["a", 75, 0.25],
        ["a", 50, 0.5],
        ["b", 75, 0.25],
        ["b", 50, 0.5],
    ]
    assert table["value"].isna().tolist() == [False, False, True, True]
