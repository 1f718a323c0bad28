"""From a study, its card and its policy to the bundle that holds all three."""

from collections.abc import Iterable
from typing import Literal

import pandas as pd

from riskbench.core.errors import StudyError
from riskbench.data.study import Study
from riskbench.decision.bundle.bundle import OWN, Bundle
from riskbench.decision.bundle.parts import (
    EngineeredInput,
    FeatureReasons,
    InputColumn,
    Inputs,
    LevelStep,
    MadeFrom,
    Reader,
    Reasons,
    RuleReasons,
    Told,
    WhenMissing,
)
from riskbench.decision.policy.document import policy_document
from riskbench.decision.policy.policy import Policy
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.export.document import address, card_document
from riskbench.scorecard.reason_texts import LANGUAGES, TEMPLATES, UNTRANSLATED, FeatureWords, Language, ReasonTexts

YES_OR_NO = ["yes", "no"]


def bundle_of(
    study: Study, card: Scorecard, policy: Policy, texts: ReasonTexts, *, steps: pd.DataFrame, made_from: MadeFrom
) -> Bundle:
    """The bundle of a calibrated card and a policy of one study.

    `steps` are those of the calibration (`Calibrated.steps`): columns step, slope, intercept and because. Raises
    `StudyError` where a rule reads what is not known when an application is decided, such as its outcome.
    """
    return Bundle(
        schema_version=1,
        title=study.title,
        study=study.name,
        card=card_document(card, study.title),
        card_address=address(card),
        calibration=[LevelStep.model_validate(step) for step in steps[list(LevelStep.model_fields)].to_dict("records")],
        policy=policy_document(policy),
        reasons=_reasons(card, policy, texts),
        inputs=_inputs(study, card, policy),
        made_from=made_from,
    )


def _reasons(card: Scorecard, policy: Policy, texts: ReasonTexts) -> Reasons:
    features = [
        FeatureReasons(
            feature=name,
            bins=[
                Told(**{language: texts.text(of, at, language) for language in LANGUAGES})
                for at in range(len(of.labels))
            ],
        )
        for name, of in card.binning_.features_.items()
    ]
    rules = [
        RuleReasons(
            rule=rule.name,
            action=rule.action,
            held=Told(en=rule.reason, zh=rule.reason_zh or UNTRANSLATED.format(text=rule.reason)),
            missing=Told(**{language: _unknown(rule.variables[0], texts, language) for language in LANGUAGES}),
        )
        for rule in policy.rules
    ]
    return Reasons(features=features, rules=rules)


def _unknown(variable: str, texts: ReasonTexts, language: Language) -> str:
    """That a variable is not known, in the words of its missing values; in English where these are lacking."""
    words = texts.features.get(variable, FeatureWords())
    name, what = getattr(words, language), getattr(words.missing, language)
    if language != "en" and name is None:
        return UNTRANSLATED.format(text=_unknown(variable, texts, "en"))
    templates = TEMPLATES[language]
    return templates["is"].format(name=name or variable, what=what or templates["missing"])


def _inputs(study: Study, card: Scorecard, policy: Policy) -> Inputs:
    read: dict[str, list[Reader]] = {name: ["card"] for name in card.points_}
    for variable in policy.variables:
        if variable in OWN or (variable == "amount" and study.base.amount):
            continue
        if variable not in study.features and variable not in study.raw_candidates:
            raise StudyError(
                f"the policy reads {variable}, which no bundle can: it is neither a feature of the "
                f"study nor one of {', '.join(OWN)}. What to do: let it read what is known at the decision"
            )
        _add(read, variable, "policy")
    engineered = [name for name in read if name in study.features]
    for name in engineered:
        for column in sorted(study.reads(name)):
            _add(read, column, "formula")
    if study.base.amount:
        _add(read, study.base.amount, "policy")
    missing = {name: _when_missing(name, card, policy) for name in read}
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
        read_by=list(readers),
        when_missing=missing,
    )


def _when_missing(name: str, card: Scorecard, policy: Policy) -> WhenMissing:
    points = int(card.points_[name][-1]) if name in card.points_ else None  # the last bin is that of missing values
    return WhenMissing(points=points, rules={r.name: r.on_missing for r in policy.rules if name in r.variables})


def _type(name: str, card: Scorecard, policy: Policy) -> Literal["number", "category"]:
    """A number or a category: what the card bins it as, or what the rules compare it with."""
    if name in card.points_:
        return "number" if card.binning_.features_[name].coding.kind == "numeric" else "category"
    compared = [c.value for rule in policy.rules for c in rule.when if c.variable == name]
    texts = (isinstance(value[0] if isinstance(value, list) else value, str) for value in compared)
    return "category" if any(texts) else "number"
