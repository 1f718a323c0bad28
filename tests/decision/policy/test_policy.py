"""The file of a policy: what may stand in it, and what is refused with the key and the rule."""

import math
from pathlib import Path

import pytest
import yaml

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
        ({"schema_version": 1}, "schema_version: Input should be 2"),
        ({"cutoff": 500}, "cutoff: no such key is known here; correct its spelling or remove it"),
        ({"rules": [{k: v for k, v in YOUNG.items() if k != "on_missing"}]}, "rules.0.on_missing: Field required"),
        ({"rules": [YOUNG | {"action": "approve"}]}, "rules.0.action: Input should be 'refer' or 'decline'"),
        ({"rules": [YOUNG, YOUNG]}, "rule names must be unique, got young more than once"),
        ({"bands": BANDS[:-1]}, "bands must cover -.inf to .inf, got 500 to inf"),
        ({"bands": [BANDS[0], BANDS[1], BANDS[3]]}, "bands low and middle leave a gap between 500 and 520"),
        ({"bands": [*BANDS[:3], BANDS[3] | {"to": 510}]}, "bands low and grey overlap between 510 and 500"),
        ({"bands": [BANDS[0] | {"limit_share": 0.5}, *BANDS[1:]]}, "action approve takes no limit, got 1"),
        ({"bands": [BANDS[0] | {"to": 550}, *BANDS[1:]]}, "from must lie below to, got 550 to 550"),
        ({"economics": ECONOMICS | {"lgd": "60 %"}}, "economics.lgd: Input should be a valid number"),
        ({"economics": ECONOMICS | {"margin": 0.04}}, "margin must exceed funding_cost, got 0.04 and 0.04"),
        ({"rules": [YOUNG | {"when": {"variable": "age", "op": "<", "value": "18"}}]}, "takes a number, got '18'"),
        ({"rules": [YOUNG | {"when": {"variable": "age", "op": "in", "value": 18}}]}, "take a list"),
        ({"rules": [YOUNG | {"when": {"variable": "age", "op": "<", "value": math.nan}}]}, "would never hold"),
    ],
)
def test_a_policy_that_breaks_a_rule_is_refused_with_file_key_and_rule(tmp_path, changes, message):
    path = written(tmp_path, content(**changes))
    with pytest.raises(StudyError, match=r"policy\.yaml") as refused:
        load_policy(path)
    assert message in str(refused.value)


def test_a_limit_band_takes_exactly_one_limit(tmp_path):
    both = [BANDS[0], BANDS[1] | {"limit_amount": 100.0}, *BANDS[2:]]
    with pytest.raises(StudyError, match="exactly one of limit_amount and limit_share, got 2"):
        load_policy(written(tmp_path, content(bands=both)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("schema_version: 2\nschema_version: 2\n", "key 'schema_version' is given twice"),
        ("bands: [", "is not valid YAML"),
        ("", "policy: Input should be"),
        ("!!python/object/apply:os.getcwd []", "is not valid YAML"),
    ],
)
def test_yaml_that_would_be_read_otherwise_than_meant_is_refused(tmp_path, text, message):
    with pytest.raises(StudyError, match=message):
        load_policy(written(tmp_path, text))


def test_an_absent_policy_file_is_named(tmp_path):
    with pytest.raises(StudyError, match=r"no policy file .*nowhere.yaml"):
        load_policy(tmp_path / "nowhere.yaml")


def test_the_break_even_pd_leaves_nothing_to_earn():
    # (1 − p) · .18 = p · .60  →  p = .18 / .78
    assert Economics(**ECONOMICS).break_even_pd == pytest.approx(0.18 / 0.78)


def test_a_loan_is_expected_to_earn_its_margin_and_to_lose_the_lgd():
    # 100 · (.9 · .18 − .1 · .60) = 10.2
    assert Economics(**ECONOMICS).expected_profit([0.1], [100.0]).tolist() == pytest.approx([10.2])


def test_bands_are_put_in_the_order_of_their_scores():
    policy = Policy.model_validate(content())
    assert [band.name for band in policy.bands_by_score] == ["low", "grey", "middle", "high"]
