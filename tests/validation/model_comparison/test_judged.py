from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import DataError
from riskbench.data.study import Study, load_study
from riskbench.decision.policy.economics import Economics
from riskbench.validation.model_comparison.judged import judge

MICROLOAN = load_study(Path(__file__).parents[3] / "data" / "microloan" / "study.toml").model_dump()
TERMS = Economics(lgd=0.6, margin=0.22, funding_cost=0.04, cost_per_account=1.5)
PDS = pd.DataFrame({"champion": [0.1, 0.2, 0.3, 0.4], "forest": [0.4, 0.3, 0.2, 0.1]})


def applications(amounts=(100.0, 100.0, 200.0, 50.0)):
    return pd.DataFrame(
        {
            "sample": ["development", "test", "test", "test"],
            "y": [1.0, 0.0, 1.0, np.nan],
            "amount_requested": amounts,
        }
    )


def judged(rows=None, **parts):
    return judge(Study.model_validate(MICROLOAN | parts), applications() if rows is None else rows, PDS, TERMS, "test")


def test_only_labelled_applications_of_the_sample_are_judged():
    found = judged()
    assert found.y.tolist() == [0, 1]
    assert found.pds["champion"].tolist() == [0.2, 0.3]
    assert (found.challengers, found.weight.tolist()) == (["forest"], [1, 1])


def test_a_loan_earned_its_margin_or_lost_its_loss():
    # good: 100 · (.22 − .04) − 1.5 = 16.5; bad: −200 · .6 − 1.5 = −121.5
    assert judged().earned == pytest.approx([16.5, -121.5])
    assert judged().measured == "profit_gain"


@pytest.mark.parametrize("amount", [np.nan, 0.0])
def test_an_unknown_amount_leaves_profit_unknown_and_says_so(amount):
    found = judged(applications((100.0, amount, 200.0, 50.0)))
    assert (found.earned, found.lack) == (None, "1 of 2 amounts are missing or not above 0")
    assert found.measured == "bad_rate_gain"


def test_a_study_without_amounts_has_no_profit():
    base = {**MICROLOAN["base"], "amount": None}
    assert judged(base=base).lack == "the study records no amounts"


def test_oversampled_bads_count_for_less():
    rows = applications()
    rows.loc[4] = ["development", 0.0, 100.0]  # half of development is bad, a twentieth of the population
    rows = rows.iloc[[0, 4, 1, 2]].reset_index(drop=True)
    found = judged(rows, oversampling={"bad_rate": 0.05, "because": "the bank's report"})
    good, bad = found.weight
    assert bad / good == pytest.approx(0.05 / 0.95)


def test_a_sample_without_labels_judges_nobody():
    rows = applications().assign(y=[1.0, np.nan, np.nan, np.nan])
    with pytest.raises(DataError, match="no application of the sample test has a label, so no model can be judged"):
        judged(rows)
