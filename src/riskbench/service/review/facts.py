"""One application as its reviewer sees it, computed from its record and from the bundle that decided it alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from riskbench.core.errors import RiskbenchError
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.bundle.parts import InputColumn, Told
from riskbench.decision.log.record import DecisionRecord
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import Action
from riskbench.decision.replay.frames import logged
from riskbench.service.review.lending import Lending, Scored, lending

NAMING = ("identifier", "key")  # roles of columns that lead to a person


@dataclass(frozen=True)
class Feature:
    """What a feature of the card brought, beside its best bin and average risk; `told` are the words of its bin."""

    name: str
    told: Told
    points: int
    best: int
    neutral: int


@dataclass(frozen=True)
class Hit:
    """Something that asked for an action, in the order of the policy."""

    rule: str
    action: str
    told: Told
    decided: bool


@dataclass(frozen=True)
class Input:
    """A value as the model saw it; `remark` is a key of the words: missing, special, outside, computed, or empty."""

    name: str
    description: str
    unit: str
    value: float | int | str | None
    remark: str


@dataclass(frozen=True)
class Facts:
    """What is shown of one application. `why_not` says why points and limits cannot be told; empty where they can."""

    record: DecisionRecord
    bundle: Bundle
    policy: Policy
    asked: float | None
    features: list[Feature]
    base: int
    hits: list[Hit]
    inputs: list[Input]
    lending: Lending | None
    why_not: str = ""

    @property
    def units(self) -> bool:
        """Whether the study knows no amounts: each loan is one unit."""
        return not self.bundle.inputs.amount

    @property
    def band_action(self) -> Action | None:
        """What the score alone says; None where there is no score."""
        return next((band.action for band in self.policy.bands if band.name == self.record.said.band), None)

    @property
    def declining(self) -> list[Hit]:
        """The rules that asked for decline."""
        return [hit for hit in self.hits if hit.action == "decline"]


def asked_for(record: DecisionRecord, bundle: Bundle) -> float | None:
    """The amount that was asked for: 1 where the study has no amounts, None where it is not known."""
    if not bundle.inputs.amount:
        return 1.0
    value = record.inputs.get(bundle.inputs.amount)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def facts_of(record: DecisionRecord, bundle: Bundle) -> Facts:
    """The facts of a record: pandas and DuckDB compute them, in tens of milliseconds."""
    policy = bundle.effective_policy.arm(record.arm if record.arm in _arms(bundle) else "champion")
    complete, why_not = _completed(record, bundle)
    values = {str(name): complete[name].iloc[0] for name in complete} if complete is not None else {}
    features: list[Feature] = []
    lent = None
    asked = asked_for(record, bundle)
    if complete is not None and record.score is not None and record.pd is not None:
        features = _features(bundle, complete)
        scored = Scored(values, record.score, record.pd, None if not bundle.inputs.amount else asked)
        try:
            lent = lending(policy, scored)
        except ValueError as error:
            why_not = str(error)
    return Facts(
        record=record,
        bundle=bundle,
        policy=policy,
        asked=asked,
        features=features,
        base=bundle.scorecard.base_ if bundle.scorecard.from_zero else 0,
        hits=_hits(record, bundle, policy, values),
        inputs=_inputs(record, bundle, values),
        lending=lent,
        why_not=why_not,
    )


def _arms(bundle: Bundle) -> set[str]:
    return {"champion", *(other.name for other in bundle.credit_policy.alternatives)}


def _completed(record: DecisionRecord, bundle: Bundle) -> tuple[pd.DataFrame | None, str]:
    """All variables as one row, engineered ones too, or why they cannot be had."""
    table = logged([record.model_dump(mode="json")], bundle)
    if (why := str(table.why_not.iloc[0])) not in ("", "stopped"):
        return None, why
    try:
        return bundle.completed(table.columns), ""
    except (RiskbenchError, ValueError) as error:
        return None, str(error)


def _features(bundle: Bundle, complete: pd.DataFrame) -> list[Feature]:
    card = bundle.scorecard
    at = card.binning_.bins(complete[list(card.points_)]).iloc[0]
    best, texts = card.baseline_points("best"), {of.feature: of.bins for of in bundle.reasons.features}
    return [
        Feature(name, texts[name][int(at[name])], int(points[int(at[name])]), int(most), int(card.neutral_[name]))
        for (name, points), most in zip(card.points_.items(), best, strict=True)
    ]


def _hits(record: DecisionRecord, bundle: Bundle, policy: Policy, values: Mapping[str, Any]) -> list[Hit]:
    """A rule one of whose variables is missing has asked by its `on_missing`: had all been known, it would not ask."""
    found = []
    said, arm = record.said, record.arm
    rules = {rule.name: rule for rule in policy.rules}
    sources = {item.name: item for item in policy.freshness}
    for name in said.hits:
        decided = name == said.rule
        unknown = said.unknown and decided
        action: str = said.action if decided else "limit"
        if rule := rules.get(name):
            unknown = any(pd.isna(values.get(variable)) for variable in rule.variables)
            action = rule.on_missing if unknown else rule.action
        elif source := sources.get(name):
            unknown = record.ages.get(source.source) is None
            action = source.on_missing if unknown else source.action
        found.append(Hit(name, action, bundle.reasons.of_rule(name, unknown, arm), decided))
    return found


def _inputs(record: DecisionRecord, bundle: Bundle, values: Mapping[str, Any]) -> list[Input]:
    shown = [
        Input(column.name, column.description, column.unit, record.inputs[column.name], _remark(column, record))
        for column in bundle.inputs.columns
        if column.role not in NAMING and column.name in record.inputs
    ]
    for made in bundle.inputs.engineered:
        if made.name in values:
            value = values[made.name]
            lacks = bool(pd.isna(value))
            told = None if lacks else value if isinstance(value, str) else float(value)
            shown.append(Input(made.name, made.description, made.unit, told, "missing" if lacks else "computed"))
    return shown


def _remark(column: InputColumn, record: DecisionRecord) -> str:
    value = record.inputs[column.name]
    if value is None:
        return "missing"
    if isinstance(value, int | float) and value in column.special:
        return "special"
    outside = {f"{kind}:{column.name}" for kind in ("below", "above", "level")}
    return "outside" if outside & set(record.said.hits) else ""
