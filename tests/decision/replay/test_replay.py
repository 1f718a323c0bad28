"""A decision is made again from the log alone, and what differs is put down to what made the difference."""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.log.record import DecisionRecord, outcome_fields
from riskbench.decision.policy.policy import Policy
from riskbench.decision.replay.replay import replayed
from riskbench.decision.replay.summary import Replay, replay
from riskbench.decision.row import RowDecider

N = 300  # applications
Contents = list[dict[str, Any]]
FEATURES = ("instalment_to_income", "employment", "enquiries_6m")
ECONOMICS = {"lgd": 0.5, "margin": 0.25, "funding_cost": 0.05}


def policy_of(cut: float = 525, **sections: Any) -> Policy:
    bands = [
        {"name": "low", "action": "decline", "from": -math.inf, "to": cut},
        {"name": "high", "action": "approve", "from": cut, "to": math.inf},
    ]
    return Policy.model_validate({"schema_version": 2, "bands": bands, "economics": ECONOMICS} | sections)


ENQUIRIES = {
    "name": "enquiries",
    "when": [{"variable": "enquiries_6m", "op": ">", "value": 4}],
    "action": "refer",
    "on_missing": "refer",
    "reason": "many enquiries",
}
LIMIT = {
    "name": "by income",
    "by": "monthly_income",
    "lines": [{"from": -math.inf, "to": 1000, "value": 300}, {"from": 1000, "to": math.inf, "value": 2000}],
    "on_missing": "refer",
    "reason": "income",
}


@pytest.fixture(scope="module")
def bundle(lender: Any) -> Callable[..., Bundle]:
    """A bundle of some policy, by the card of the tests or by one whose level is another."""
    return lambda policy, level=0.0: lender.bundle(*FEATURES, level=level, policy=policy)


@pytest.fixture(scope="module")
def log_of(lender: Any) -> Callable[..., Contents]:
    """What a log holds after a bundle has decided the applications of the tests, one by one as a service does."""

    def decided(by: Bundle, arm: str = "champion", **ages: float | None) -> Contents:
        columns = lender.applications[[column.name for column in by.inputs.columns]].head(N)
        columns = columns.assign(term_months=6.0)
        rows, decider = columns.astype(object).where(columns.notna(), None).to_dict("records"), RowDecider(by)
        fields = {"caller": "web", "application": "a" * 32, "bundle": by.address, "ages": ages}
        outcomes = ((inputs, decider(inputs, arm=arm, ages=ages or None)) for inputs in rows)
        records = [DecisionRecord(inputs=inputs, **fields, **outcome_fields(outcome)) for inputs, outcome in outcomes]
        return [json.loads(record.content) for record in records]

    return decided


def verdicts(contents: Contents, bundle: Bundle) -> dict[str, int]:
    return {name: n for name, n in replay(contents, bundle).verdicts.items() if n}


def test_what_a_bundle_decided_it_decides_again(bundle: Callable, log_of: Callable) -> None:
    own = bundle(policy_of(rules=[ENQUIRIES], limits=[LIMIT]))
    contents = log_of(own)
    assert {content["said"]["action"] for content in contents} == {"approve", "limit", "refer", "decline"}
    assert verdicts(contents, own) == {"matched": N}
    assert replay(contents, own).holds


def test_another_card_is_a_change_by_the_model(bundle: Callable, log_of: Callable) -> None:
    contents = log_of(bundle(policy_of()))
    counted = replay(contents, bundle(policy_of(), level=0.5))
    assert counted.verdicts["by model"] == counted.n == N
    assert counted.action_changed["by model"] == counted.swaps["approve", "decline"] > 0, "every PD is higher"
    assert counted.pd_shift.value is not None
    assert counted.pd_shift.lower is not None
    assert 0 < counted.pd_shift.lower < counted.pd_shift.value
    assert counted.holds, "it made none of them itself"


def test_another_rule_or_band_is_a_change_by_rule(bundle: Callable, log_of: Callable, lender: Any) -> None:
    contents = log_of(bundle(policy_of()))
    many = int((lender.applications["enquiries_6m"].head(N) > 4).sum())
    assert verdicts(contents, bundle(policy_of(rules=[ENQUIRIES]))) == {"matched": N - many, "by rule": many}
    higher = replay(contents, bundle(policy_of(cut=535)))
    between = sum(525 <= content["score"] < 535 for content in contents)
    assert (higher.verdicts["by rule"], higher.swaps["approve", "decline"]) == (between, between) > (0, 0)


def test_another_limit_is_a_change_by_limit_in_both_directions(bundle: Callable, log_of: Callable) -> None:
    free, limited = bundle(policy_of()), bundle(policy_of(limits=[LIMIT]))
    there, back = replay(log_of(free), limited), replay(log_of(limited), free)
    assert there.verdicts["by limit or price"] == there.swaps["approve", "limit"] > 0
    assert back.verdicts == there.verdicts
    assert back.swaps["limit", "approve"] == there.swaps["approve", "limit"]


def test_what_is_lacking_is_told_and_never_guessed(bundle: Callable, log_of: Callable) -> None:
    own = bundle(policy_of(rules=[ENQUIRIES]))
    without, text, free = (log_of(own)[:1] for _ in range(3))
    del without[0]["inputs"]["employment"], without[0]["inputs"]["enquiries_6m"]
    text[0]["inputs"]["enquiries_6m"] = "three"
    free[0]["inputs"]["amount_requested"] = 0
    counted = replay(without + text + free, own)
    assert counted.verdicts == {"cannot be replayed": 3}
    assert counted.lacking == {
        "lacks employment, enquiries_6m": 1,
        "enquiries_6m is no number": 1,
        "amount_requested is not above 0": 1,
    }
    assert not counted.holds, "the bundle made them itself"
    assert counted.pd_shift.reason == "0 decisions were decided again; a mean with an interval takes two"


def test_a_decision_of_nobody_is_no_mismatch(bundle: Callable, log_of: Callable) -> None:
    own = bundle(policy_of())
    stopped = log_of(own)[0]
    stopped |= {"score": None, "pd": None, "said": stopped["said"] | {"action": "refer", "band": "", "amount": 0.0}}
    counted = replay([stopped], own)
    assert (counted.verdicts, counted.holds, counted.again) == ({"stopped": 1}, True, 0)


def test_one_figure_that_was_changed_is_found(bundle: Callable, log_of: Callable) -> None:
    own = bundle(policy_of(limits=[LIMIT]))
    contents = log_of(own)
    contents[7]["said"]["amount"] += 0.01
    contents[8]["pd"] *= 1 + 1e-9
    counted = replay(contents, own)
    assert (counted.own_differing, counted.holds) == (2, False)
    assert [row["id"] for verdict in ("by limit or price", "by model") for row in counted.examples[verdict]] == [
        contents[7]["id"],
        contents[8]["id"],
    ]
    assert "income" not in str(counted.example_table().columns)


def test_each_decision_is_made_by_the_arm_that_was_logged(bundle: Callable, log_of: Callable) -> None:
    arms = {"key": "k", "challengers": [{"name": "strict", "because": "a test", "share": 0.5, "rules": [ENQUIRIES]}]}
    own = bundle(policy_of(arms=arms))
    strict, champion = log_of(own, "strict"), log_of(own)
    assert strict != champion
    assert verdicts(strict + champion, own) == {"matched": 2 * N}
    without = bundle(policy_of())
    assert verdicts(strict, without) == verdicts(champion, bundle(policy_of(rules=[ENQUIRIES]))), "by its champion"


def test_ages_are_those_of_the_decision(bundle: Callable, log_of: Callable) -> None:
    stale = {"source": "bureau", "within_hours": 24, "action": "refer", "on_missing": "refer", "reason": "old"}
    own = bundle(policy_of(freshness=[stale]))
    fresh, old, unknown = (log_of(own, bureau=hours) for hours in (1.0, 25.0, None))
    assert {content["said"]["rule"] for content in fresh} != {content["said"]["rule"] for content in old}
    assert verdicts(fresh + old + unknown, own) == {"matched": 3 * N}
    without = log_of(bundle(policy_of()))
    assert dict(replay(without, own).lacking) == {"lacks the age of bureau": N}


def test_pieces_of_any_size_give_the_same_replay(bundle: Callable, log_of: Callable) -> None:
    contents, other = log_of(bundle(policy_of())), bundle(policy_of(cut=535), level=0.1)
    whole, pieces = replay(contents, other), Replay(other.address)
    for found in replayed(contents, other, rows=70):
        pieces.add(found)
    assert pieces.verdict_table().equals(whole.verdict_table())
    assert pieces.swap_table().equals(whole.swap_table())
    assert np.allclose(pieces.pd_shift.bounded, whole.pd_shift.bounded, rtol=1e-12)


def test_the_shift_of_pds_is_that_of_pairs(bundle: Callable, log_of: Callable) -> None:
    contents, other = log_of(bundle(policy_of())), bundle(policy_of(), level=0.3)
    found = pd.concat(replayed(contents, other))
    differences = found["pd_again"] - found["pd"]
    shift = replay(contents, other).pd_shift
    reach = 1.959964 * differences.std(ddof=1) / np.sqrt(N)
    assert shift.value == pytest.approx(differences.mean())
    assert shift.upper == pytest.approx(differences.mean() + reach)
