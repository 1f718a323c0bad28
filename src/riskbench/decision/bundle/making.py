"""From a study, its card and its policy to the bundle that holds all three."""

from collections.abc import Iterable, Mapping
from typing import Literal

import pandas as pd

from riskbench.core.errors import StudyError
from riskbench.data.study import Study
from riskbench.decision.bundle.bundle import OWN, Bundle
from riskbench.decision.bundle.parts import (
    EngineeredInput,
    InputColumn,
    Inputs,
    LevelStep,
    MadeFrom,
    Reader,
    WhenMissing,
)
from riskbench.decision.bundle.telling import reasons_of
from riskbench.decision.meaning.policy import PRICE
from riskbench.decision.policy.arms import CHAMPION
from riskbench.decision.policy.document import policy_document
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import OnMissing
from riskbench.decision.policy.variables import variable_of
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.export.document import address, card_document
from riskbench.scorecard.reason_texts import ReasonTexts

YES_OR_NO = ["yes", "no"]


def bundle_of(
    study: Study, card: Scorecard, policy: Policy, texts: ReasonTexts, *, steps: pd.DataFrame, made_from: MadeFrom
) -> Bundle:
    """The bundle of a calibrated card and a policy of one study.

    `steps` are those of the calibration (`Calibrated.steps`): columns step, slope, intercept and because. Raises
    `StudyError` where a rule reads what is not known when an application is decided, such as its outcome.
    """
    inputs = _inputs(study, card, policy)
    return Bundle(
        schema_version=2,
        title=study.title,
        study=study.name,
        card=card_document(card, study.title),
        card_address=address(card),
        calibration=[LevelStep.model_validate(step) for step in steps[list(LevelStep.model_fields)].to_dict("records")],
        policy=policy_document(policy),
        reasons=reasons_of(card, policy, inputs.columns, texts),
        inputs=inputs,
        made_from=made_from,
    )


def _inputs(study: Study, card: Scorecard, policy: Policy) -> Inputs:
    read: dict[str, list[Reader]] = {name: ["card"] for name in card.points_}
    for variable in policy.variables:
        if variable in OWN or (variable == "amount" and study.base.amount):
            continue
        try:
            variable_of(study, variable)
        except ValueError as error:
            raise StudyError(
                f"the policy reads {variable}, which no bundle can: {error}. What to do: let it read what is known at "
                "the decision"
            ) from None
        _add(read, variable, "policy")
    engineered = [name for name in read if name in study.features]
    for name in engineered:
        for column in sorted(study.reads(name)):
            _add(read, column, "formula")
    if study.base.amount:
        _add(read, study.base.amount, "policy")
    asked_for = _on_missing(policy)
    missing = {name: _when_missing(name, card, asked_for) for name in read}
    return Inputs(
        columns=[_column(study, name, read[name], missing[name]) for name in study.columns if name in read],
        engineered=[
            EngineeredInput(
                name=name,
                type=_type(name, card, policy),
                description=study.features[name].description,
                unit=study.features[name].unit,
                formula=study.feature_sql[name],
                reads=sorted(study.reads(name)),
                read_by=read[name],
                when_missing=missing[name],
            )
            for name in study.features
            if name in engineered
        ],
        amount=study.base.amount or "",
        key=study.base.key,
        customer=study.base.customer,
        sources=[item.source for item in policy.freshness],
    )


def _add(read: dict[str, list[Reader]], name: str, reader: Reader) -> None:
    readers = read.setdefault(name, [])
    if reader not in readers:
        readers.append(reader)


def _column(study: Study, name: str, readers: Iterable[Reader], missing: WhenMissing) -> InputColumn:
    column = study.columns[name]
    return InputColumn(
        name=name,
        type=column.type,
        role=column.role,
        dimension=column.dimension,
        description=column.description,
        unit=column.unit,
        lower=column.lower,
        upper=column.upper,
        levels=YES_OR_NO if column.type == "boolean" else list(column.levels),
        special=column.special,
        table=next(table for table, spec in study.tables.items() if name in spec.joined),
        read_by=list(readers),
        when_missing=missing,
    )


def _when_missing(name: str, card: Scorecard, asked_for: Mapping[str, Mapping[str, OnMissing]]) -> WhenMissing:
    points = int(card.points_[name][-1]) if name in card.points_ else None  # the last bin is that of missing values
    return WhenMissing(points=points, rules=dict(asked_for.get(name, {})))


def _on_missing(policy: Policy) -> dict[str, dict[str, OnMissing]]:
    """By variable what each rule, limit or price that reads it asks for where it is missing, the champion's word first.

    An alternative has the same rule under the same name, or one of its own.
    """
    found: dict[str, dict[str, OnMissing]] = {}
    for one in (policy.arm(name) for name in (CHAMPION, *(other.name for other in policy.alternatives))):
        readers = [(of.name, of.variables, of.on_missing) for of in one.rules]
        readers += [(of.name, of.variables, of.on_missing) for of in one.limits]
        if one.price:
            readers.append((PRICE, one.price.variables, one.price.on_missing))
        for reader, variables, on_missing in readers:
            for variable in variables:
                found.setdefault(variable, {}).setdefault(reader, on_missing)
    return found


def _type(name: str, card: Scorecard, policy: Policy) -> Literal["number", "category"]:
    """A number or a category: what the card bins it as, or what the policy compares it with."""
    if name in card.points_:
        return "number" if card.binning_.features_[name].coding.kind == "numeric" else "category"
    policies = [policy.arm(of) for of in (CHAMPION, *(other.name for other in policy.alternatives))]
    compared = [c.value for one in policies for rule in one.rules for c in rule.when if c.variable == name]
    texts = any(isinstance(value[0] if isinstance(value, list) else value, str) for value in compared)
    tables = [table for one in policies for table in (*one.limits, *filter(None, [one.price])) if table.by == name]
    levels = any(line.levels is not None for table in tables for line in table.lines)
    return "category" if texts or levels else "number"
