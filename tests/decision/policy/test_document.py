"""A policy as JSON: nothing is lost on the way there and back."""

import json

import pytest
from pydantic import ValidationError

from riskbench.core.files import canonical_json
from riskbench.decision.policy.document import policy_document, policy_of


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
