"""The policy of a draft: neutral, tiled, and on the scale of the card."""

import yaml
from hypothesis import given
from hypothesis import strategies as st

from riskbench.data.drafting.credit_policy import average_score, write_policy
from riskbench.data.study.sections import Scaling
from riskbench.decision.policy.policy import Policy
from riskbench.scorecard import Scorecard

SCALING = Scaling()


@given(st.floats(0.0001, 0.95))
def test_the_score_of_average_risk_is_that_of_the_card(bad_rate: float) -> None:
    card = Scorecard(**SCALING.model_dump())
    odds = float(card.score_to_pd(average_score(bad_rate, SCALING)))
    odds /= 1 - odds
    # rounded to a whole point, which is 1/20 of a doubling: at most half of that off
    assert 2 ** (-0.5 / 20) <= odds / (bad_rate / (1 - bad_rate)) * (1 + 1e-9) <= 2 ** (0.5 / 20) * (1 + 1e-8)


@given(st.floats(0.0001, 0.9))
def test_the_draft_loads_tiles_the_scores_and_breaks_even_where_lending_ends(bad_rate: float) -> None:
    policy = Policy.model_validate(yaml.safe_load(write_policy("mine", bad_rate, SCALING, None)))
    odds = 2**0.5 * bad_rate / (1 - bad_rate)
    assert abs(policy.economics.break_even_pd - odds / (1 + odds)) < 1e-4 / policy.economics.lgd
    assert policy.economics.net_margin > 0
