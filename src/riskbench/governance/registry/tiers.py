"""The tier of a model: how much depends on it, from what a run knows of its use. A person may set another, and say why.

A run proposes it on its page of governance and the inventory by the same rule, which is this file.

Size decides first (decisions a year, amount lent a year). A model that decides mostly without a person, or that is
complex, is one tier higher. A model that judges persons is never of the lowest tier: to score the creditworthiness of
natural persons is high-risk under Annex III, point 5(b), of Regulation (EU) 2024/1689.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from riskbench.core.evidence import Evidence, Table
from riskbench.core.results import Estimate
from riskbench.core.status import Light
from riskbench.core.thresholds import Threshold, Thresholds
from riskbench.core.words import NBSP, format_number
from riskbench.data.study import Study
from riskbench.data.study.schema import Column
from riskbench.governance.registry.records import Model, Tier

BY_SIZE: Mapping[Light, Tier] = {"red": 1, "amber": 2, "green": 3}
SET_BY = "Set by "  # how the first reason begins where a person, not the rule, has set the tier
PER_YEAR = 12  # months
LENDING, BY_A_PERSON = ("approve", "limit"), "refer"
BY_ACTION = "policy.portfolio.by_action"  # evidence: what the policy decides on a sample, one row an action


@dataclass(frozen=True)
class Facts:
    """What the tier is read from; None where the run cannot know it. `lent` is in the currency of the study, a year."""

    decisions: float | None
    lent: float | None
    automatic_share: float | None
    features: int
    persons: bool
    currency: str = ""


@dataclass(frozen=True)
class Proposal:
    """The tier that the rule proposes, and its reasons as sentences."""

    tier: Tier
    because: list[str]


def facts_of(study: Study, evidence: Mapping[str, Evidence], features: int) -> Facts:
    """The facts of a run: decisions are the applications of its last twelve months; what is lent is scaled to them.

    The policy of the study is taken as applied to all of them: decisions and amounts are those of its holdout.
    """
    actions = _rows(evidence, f"{BY_ACTION}.{study.holdout}")
    months = _rows(evidence, "intake.portfolio.bad_rate_by_month")[-PER_YEAR:]
    decisions = sum(row["applications"] for row in months) * PER_YEAR / len(months) if months else None
    decided = sum(row["n"] for row in actions)
    lent = sum(row["amount"] or 0 for row in actions if row["action"] in LENDING)
    return Facts(
        decisions=decisions,
        lent=lent / decided * decisions if decided and decisions and lent else None,
        automatic_share=share_without_a_person(study, evidence).value,
        features=features,
        persons=bool(study.protected) or any(c.role == "identifier" for c in _columns(study)),
        currency=study.currency,
    )


def share_without_a_person(study: Study, evidence: Mapping[str, Evidence]) -> Estimate:
    """The share of the holdout, weighted as the policy's page weighs it, about which no person decides."""
    actions = _rows(evidence, f"{BY_ACTION}.{study.holdout}")
    if not actions:
        return Estimate.missing("the policy was not run")
    alone = sum(row["share"] or 0 for row in actions if row["action"] != BY_A_PERSON)
    return Estimate(alone, n=sum(row["n"] for row in actions))


def propose(facts: Facts, limits: Thresholds) -> Proposal:
    """The tier by the rule of this file, under the limits `registry.*`.

    What is not known counts as of the middle, never as small.

    >>> propose(Facts(500, 1e5, 0.2, 8, persons=False), Thresholds()).tier
    3
    >>> propose(Facts(500, 1e5, 0.2, 8, persons=True), Thresholds()).tier
    2
    """
    size = [
        _judged("decisions a year", facts.decisions, limits["registry.decisions_a_year"]),
        _judged(f"{facts.currency} lent a year".strip(), facts.lent, limits["registry.lent_a_year"]),
    ]
    use = [
        _judged("of the decisions without a person", facts.automatic_share, limits["registry.automatic_share"], "%"),
        _judged("features in the model", facts.features, limits["registry.features"]),
    ]
    tier: Tier = min(BY_SIZE[light] for light, _ in size)
    because = [said for _, said in (*size, *use)]
    if any(light == "red" for light, _ in use):
        tier = 1 if tier < 3 else 2
        because.append("It decides mostly without a person, or is complex: one tier higher than its size alone gives.")
    if facts.persons:
        tier = 1 if tier == 1 else 2
        because.append("It judges natural persons (Regulation (EU) 2024/1689, Annex III, 5(b)): tier 2 at least.")
    return Proposal(tier, because)


def reasons(model: Model, tier: int, by: str, because: str) -> list[str]:
    """The reasons of a model when a person sets its tier: the person's first where it is not the rule's."""
    rule = [reason for reason in model.tier_because if not reason.startswith(SET_BY)]
    return rule if tier == model.tier_proposed else [f"{SET_BY}{by}: {because.strip()}", *rule]


def _judged(what: str, value: float | None, limit: Threshold, unit: str = "") -> tuple[Light, str]:
    """The light of a fact, and the sentence that gives it as a reason."""
    if value is None:
        return "amber", f"Not known: {what}; taken as of the middle."
    light = limit.judge(value)
    green, amber = (format_number(_one(end), unit=unit, decimals=0) for end in (limit.green, limit.amber))
    size = {"green": f"little, up to {green}", "amber": f"medium, {green} to {amber}", "red": f"much, above {amber}"}
    return light, f"{format_number(value, unit=unit, decimals=0)} {what} ({size[light]}).".replace(NBSP, " ")


def _one(limit: float | tuple[float, float]) -> float:
    return limit[0] if isinstance(limit, tuple) else limit


def _rows(evidence: Mapping[str, Evidence], id_: str) -> list[dict]:
    found = evidence.get(id_)
    if found is None or not isinstance(found.value, Table):
        return []
    return [dict(zip(found.value.columns, row, strict=True)) for row in found.value.rows]


def _columns(study: Study) -> list[Column]:
    return [column for table in study.tables.values() for column in table.columns.values()]
