"""A policy as JSON: nothing is lost on the way there and back."""

import json
import math
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from riskbench.core.files import canonical_json
from riskbench.decision.policy.document import policy_document, policy_of
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.reading import load_policy


def test_a_policy_comes_back_from_json_equal(policy):
    assert policy_of(json.loads(canonical_json(policy_document(policy)))) == policy


def test_an_end_that_is_absent_is_not_taken_for_an_open_one(policy):
    document = policy_document(policy)
    del document["bands"][0]["to"]
    with pytest.raises(ValidationError, match="Field required"):
        policy_of(document)


@pytest.mark.parametrize("bands", [None, 3, [1], "all"])
def test_what_is_no_list_of_bands_is_refused(policy, bands):
    with pytest.raises(ValidationError):
        policy_of(policy_document(policy) | {"bands": bands})


def test_every_section_comes_back_with_its_open_ends():
    whole = load_policy(Path(__file__).parent / "whole.yaml")
    document = json.loads(canonical_json(policy_document(whole)))
    assert document["limits"][0]["lines"][0]["from"] is None
    assert document["arms"]["challengers"][0]["bands"][2]["from"] is None
    assert policy_of(document) == whole


@st.composite
def policies(draw: st.DrawFn) -> dict:
    """Bands that tile by random cuts, a limit table that tiles, rules, a price: all that is right."""
    cuts = sorted(draw(st.sets(st.integers(300, 700), min_size=1, max_size=4)))
    ends = [-math.inf, *map(float, cuts), math.inf]
    actions = [draw(st.sampled_from(["decline", "refer", "approve"])) for _ in ends[1:]]
    actions[-1] = "approve"
    bands = [
        {"name": f"b{i}", "action": action, "from": lower, "to": upper}
        for i, (action, lower, upper) in enumerate(zip(actions, ends[:-1], ends[1:], strict=True))
    ]
    lending = [band["name"] for band in bands if band["action"] == "approve"]
    incomes = [-math.inf, *map(float, sorted(draw(st.sets(st.integers(0, 9_000), max_size=4)))), math.inf]
    table = {
        "name": "by_income",
        "by": "income",
        "lines": [
            {"from": lower, "to": upper, "value": {name: draw(st.floats(0, 1e6)) for name in lending}}
            for lower, upper in pairwise(incomes)
        ],
        "reason": "r",
        "on_missing": draw(st.sampled_from(["refer", "decline", "pass"])),
    }
    if len(incomes) == 2:
        table |= {"by": "", "lines": [{"value": table["lines"][0]["value"]}]}
    rule = {
        "name": "r1",
        "when": {"variable": "x", "op": draw(st.sampled_from(["<", ">=", "=="])), "value": draw(st.integers(-9, 9))},
        "action": draw(st.sampled_from(["refer", "decline"])),
        "reason": draw(st.text(min_size=1)),
        "on_missing": "refer",
    }
    price = {"term": "n", "terms": [1, 12], "lines": [{"value": draw(st.floats(0, 1))}], "reason": "r"}
    economics = {"lgd": 0.5, "margin": 0.1, "funding_cost": 0.02}
    whole = {"schema_version": 2, "bands": bands, "limits": [table], "economics": economics}
    return whole | draw(st.sampled_from([{}, {"rules": [rule]}, {"price": price | {"on_missing": "pass"}}]))


@given(policies())
def test_any_valid_policy_comes_back_from_its_document_equal(content):
    policy = Policy.model_validate(content)
    assert policy_of(json.loads(canonical_json(policy_document(policy)))) == policy


@given(policies())
def test_any_valid_policy_written_as_a_file_is_read_back_equal(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("policies") / "policy.yaml"
    path.write_text(yaml.dump(without_aliases(content), Dumper=Quoting), "utf-8")
    assert load_policy(path) == Policy.model_validate(content)


class Quoting(yaml.SafeDumper):
    """Writes every text in quotes: one that looks like a number is refused without them."""


Quoting.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


def without_aliases(content: dict) -> dict:
    """The same without parts that are one object, which YAML would write as an alias."""
    return json.loads(json.dumps(content))
