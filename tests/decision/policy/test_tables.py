"""A policy in the words of its reader."""

from pathlib import Path

import pytest

from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.reading import load_policy
from riskbench.decision.policy.tables import bands_table, economics_table, rules_table


@pytest.fixture
def microloan() -> Policy:
    return load_policy(Path(__file__).parents[3] / "data" / "microloan" / "policy.yaml")


def test_bands_are_told_from_the_riskiest_up_with_their_limits_in_words(policy: Policy) -> None:
    table = bands_table(policy)
    assert table["band"].tolist() == ["low", "middle", "high"]
    assert table["from"].tolist() == ["lowest", "520", "550"]
    assert table["below"].tolist() == ["520", "550", "highest"]
    assert table["limit"].tolist() == ["", "50% of the request", ""]


def test_rules_are_told_in_the_order_of_the_file(microloan: Policy) -> None:
    table = rules_table(microloan)
    assert table["rule"].tolist() == [rule.name for rule in microloan.rules]
    assert table.loc[0, ["when", "action", "on_missing"]].tolist() == ["delinquencies_12m >= 5", "decline", "refer"]


def test_every_assumption_stands_with_its_unit(policy: Policy) -> None:
    table = economics_table(policy).set_index("assumption")
    assert table["value"].tolist() == [0.5, 0.25, 0.05, 1, 2]
    assert (table["unit"] != "").all()
