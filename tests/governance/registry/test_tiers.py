import itertools

import pytest

from riskbench.core.evidence import Evidence, Table
from riskbench.core.thresholds import Thresholds
from riskbench.governance.registry.records import Model
from riskbench.governance.registry.tiers import Facts, facts_of, propose, reasons, share_without_a_person

SMALL, MEDIUM, LARGE = 500, 20_000, 200_000
FEW, MANY = 8, 40


def facts(decisions=MEDIUM, lent=5e6, automatic_share=0.4, features=FEW, persons=False):
    return Facts(decisions, lent, automatic_share, features, persons, "EUR")


def tier(**given):
    return propose(facts(**given), Thresholds()).tier


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"decisions": SMALL, "lent": 1e5}, 3),
        ({"decisions": SMALL, "lent": 5e6}, 2),  # the larger of both sizes counts
        ({"decisions": LARGE, "lent": 1e5}, 1),
        ({"decisions": SMALL, "lent": 5e8}, 1),
        ({"automatic_share": 0.9}, 1),  # mostly without a person: one tier higher than 2
        ({"features": MANY}, 1),
        ({"decisions": SMALL, "lent": 1e5, "automatic_share": 0.9}, 2),
        ({"decisions": SMALL, "lent": 1e5, "automatic_share": 0.9, "features": MANY}, 2),  # one step, not two
        ({"decisions": SMALL, "lent": 1e5, "persons": True}, 2),
        ({"decisions": LARGE, "persons": True}, 1),
    ],
)
def test_the_tier_follows_from_size_use_and_persons(given, expected):
    assert tier(**given) == expected


def test_what_is_not_known_never_counts_as_small():
    proposal = propose(facts(decisions=None, lent=None, automatic_share=None), Thresholds())
    assert proposal.tier == 2
    assert proposal.because[:2] == [
        "Not known: decisions a year; taken as of the middle.",
        "Not known: EUR lent a year; taken as of the middle.",
    ]


def test_every_reason_is_a_sentence_with_its_figure_and_its_limit():
    assert propose(facts(automatic_share=0.87), Thresholds()).because == [
        "20,000 decisions a year (medium, 1,000 to 100,000).",
        "5,000,000 EUR lent a year (medium, 1,000,000 to 100,000,000).",
        "87 % of the decisions without a person (much, above 80 %).",
        "8 features in the model (little, up to 10).",
        "It decides mostly without a person, or is complex: one tier higher than its size alone gives.",
    ]


def test_more_of_anything_never_makes_a_model_matter_less():
    steps = [(SMALL, MEDIUM, LARGE), (1e5, 5e6, 5e8), (0.1, 0.7, 0.95), (FEW, 20, MANY), (False, True)]
    for values in itertools.product(*steps):
        for i, (value, choices) in enumerate(zip(values, steps, strict=True)):
            for more in choices[choices.index(value) :]:
                larger = Facts(*values[:i], more, *values[i + 1 :])
                assert propose(larger, Thresholds()).tier <= propose(Facts(*values), Thresholds()).tier


def evidence(microloan, months=12):
    by_action = [
        ["approve", 60, 0.7, 3000.0],
        ["limit", 20, 0.15, 1000.0],
        ["refer", 10, 0.1, 0.0],
        ["decline", 10, 0.05, 0.0],
    ]
    tables = {
        f"policy.portfolio.by_action.{microloan.holdout}": Table(
            columns=["action", "n", "share", "amount"], rows=by_action
        ),
        "intake.portfolio.bad_rate_by_month": Table(
            columns=["month", "applications"], rows=[[f"2025-{i:02d}", 100] for i in range(1, months + 1)]
        ),
    }
    return {
        id_: Evidence(id=id_, stage=id_.split(".")[0], kind="table", title="t", value=v) for id_, v in tables.items()
    }


@pytest.mark.parametrize("months", [3, 12])
def test_the_facts_of_a_run_are_those_of_a_year(microloan, months):
    found = facts_of(microloan, evidence(microloan, months), features=8)
    assert found.decisions == 1200  # 100 a month
    assert found.lent == pytest.approx(48_000)  # 4000 lent on 100 applications, 1200 a year
    assert found.automatic_share == pytest.approx(0.9)  # a person sees a share of .1, by weight
    assert found.persons  # the study has protected attributes


def test_a_run_without_dates_or_policy_leaves_its_facts_unknown(microloan):
    found = facts_of(microloan, {}, features=8)
    assert (found.decisions, found.lent, found.automatic_share) == (None, None, None)


def test_the_share_without_a_person_says_on_how_many_it_stands_and_is_not_evaluated_without_a_policy(microloan):
    assert share_without_a_person(microloan, evidence(microloan)).n == 100
    assert share_without_a_person(microloan, {}).reason == "the policy was not run"


def test_a_person_sets_another_tier_with_a_reason_that_comes_first():
    model = Model(
        id="loans", title="t", study="loans", owner="li", purpose="p", tier=2, tier_proposed=2, tier_because=["medium"]
    )
    assert reasons(model, 1, "chen", " new market ") == ["Set by chen: new market", "medium"]
    set_before = model.model_copy(update={"tier": 1, "tier_because": ["Set by chen: new market", "medium"]})
    assert reasons(set_before, 3, "li", "closed") == ["Set by li: closed", "medium"]
    assert reasons(set_before, 2, "li", "as the rule has it") == ["medium"]
