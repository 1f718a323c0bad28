"""The tier follows purpose and exposure, and silence earns no lighter review."""

import pytest

from riskbench.core.evidence import Evidence, Table
from riskbench.core.thresholds import Thresholds
from riskbench.governance.tier import proposed_tier, share_without_a_person


def actions(**shares: float) -> dict[str, Evidence]:
    rows = [[action, 20, share] for action, share in shares.items()]
    table = Table(columns=["action", "n", "share"], rows=rows)
    id_ = "policy.portfolio.by_action.test"
    return {id_: Evidence(id=id_, stage="policy", kind="table", title="t", value=table)}


@pytest.mark.parametrize(
    ("referred", "exposure", "tier"),
    [(0.1, None, 1), (0.1, 0.5, 1), (0.1, 0.05, 2), (1.0, None, 2), (1.0, 0.05, 3)],
)
def test_a_model_that_decides_and_one_that_much_depends_on_matter_more(referred, exposure, tier):
    evidence = actions(approve=1 - referred, refer=referred)
    assert proposed_tier(evidence, Thresholds(), exposure).number == tier


def test_a_run_without_a_policy_counts_as_one_that_decides():
    tier = proposed_tier({}, Thresholds(), None)
    assert tier.number == 1
    assert tier.because[0] == "How many are decided without a person is not known, and counts as all."


def test_referred_applications_are_those_that_a_person_sees():
    found = share_without_a_person(actions(approve=0.5, limit=0.2, decline=0.2, refer=0.1))
    assert (found.value, found.n) == (pytest.approx(0.9), 80)
    assert not share_without_a_person({}).evaluated
