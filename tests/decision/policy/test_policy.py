"""The file of a policy: what may stand in it, and what is refused with the key and the rule."""

import copy
import math
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from riskbench.core.errors import StudyError
from riskbench.decision.policy.economics import Economics
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.reading import load_policy

ECONOMICS = {"lgd": 0.6, "margin": 0.22, "funding_cost": 0.04}
BANDS = [
    {"name": "high", "action": "approve", "from": 550, "to": math.inf},
    {"name": "middle", "action": "limit", "from": 520, "to": 550, "limit_share": 0.5},
    {"name": "grey", "action": "refer", "from": 500, "to": 520},
    {"name": "low", "action": "decline", "from": -math.inf, "to": 500},
]
YOUNG = {
    "name": "young",
    "when": {"variable": "age", "op": "<", "value": 18},
    "action": "decline",
    "reason": "under age",
    "on_missing": "refer",
}


def content(**changes) -> dict:
    return {"schema_version": 2, "bands": BANDS, "rules": [], "economics": ECONOMICS} | changes


def written(tmp_path: Path, value: object) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(value if isinstance(value, str) else yaml.safe_dump(value))
    return path


def test_a_written_policy_is_read_back_equal(tmp_path):
    assert load_policy(written(tmp_path, content(rules=[YOUNG]))) == Policy.model_validate(content(rules=[YOUNG]))


@pytest.mark.parametrize("study", ["microloan", "taiwan"])
def test_the_policies_of_the_committed_studies_are_valid(study):
    root = Path(__file__).parents[3]
    assert load_policy(root / "data" / study / "policy.yaml").economics.break_even_pd == pytest.approx(0.23, abs=0.01)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rules": [YOUNG, YOUNG]}, "rules.1.name: rule names must be unique, got young more than once"),
        ({"bands": BANDS[:-1]}, "bands.2.from: bands must cover -.inf to .inf, and grey goes from 500, not -.inf"),
        ({"bands": [BANDS[0], BANDS[1], BANDS[3]]}, "bands low and middle leave a gap between 500 and 520"),
        ({"economics": ECONOMICS | {"margin": 0.04}}, "margin: margin must exceed funding_cost, got 0.04 and 0.04"),
        ({"rules": [YOUNG | {"when": {"variable": "age", "op": "<", "value": math.nan}}]}, "would never hold"),
    ],
)
def test_a_policy_that_leaves_anything_open_is_refused_wherever_it_comes_from(changes, message):
    with pytest.raises(ValidationError) as refused:
        Policy.model_validate(content(**changes))
    assert message in str(refused.value)


def test_a_policy_made_by_a_programme_may_hold_what_never_decides(tmp_path):
    twice = [YOUNG, copy.deepcopy(YOUNG) | {"name": "again"}]
    assert len(Policy.model_validate(content(rules=twice)).rules) == 2
    with pytest.raises(StudyError, match="never decides"):
        load_policy(written(tmp_path, content(rules=twice)))


def test_the_break_even_pd_leaves_nothing_to_earn():
    # (1 − p) · .18 = p · .60  →  p = .18 / .78
    assert Economics(**ECONOMICS).break_even_pd == pytest.approx(0.18 / 0.78)


def test_a_loan_is_expected_to_earn_its_margin_and_to_lose_the_lgd():
    # 100 · (.9 · .18 − .1 · .60) = 10.2
    assert Economics(**ECONOMICS).expected_profit([0.1], [100.0]).tolist() == pytest.approx([10.2])


def test_bands_are_put_in_the_order_of_their_scores():
    policy = Policy.model_validate(content())
    assert [band.name for band in policy.bands_by_score] == ["low", "grey", "middle", "high"]
