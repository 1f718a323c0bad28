"""Sample notices: what somebody is sent whose application is declined, limited or referred, per decision reason.

No notice is about a customer. A sample stands for somebody made up of the most frequent bins among those with the same
decision reason, moved bin by bin until the score falls into the band: perhaps a mix that nobody has.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.decision.bundle.parts import RuleReasons
from riskbench.decision.bundle.telling import said_by
from riskbench.decision.meaning.policy import CAP, PRICE, SMALLEST
from riskbench.decision.notices import words
from riskbench.decision.policy.bands import Band
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import Action
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.reason_texts import LANGUAGES, Language, ReasonTexts
from riskbench.scorecard.reasons_told import reasons_of_bins

ADVERSE: tuple[Action, ...] = ("decline", "limit", "refer")  # whoever gets one of these is sent a notice
MOST = 4  # reasons in a notice


@dataclass(frozen=True)
class DecisionReason:
    """What decided: a band of the score, a rule or a limit that held, or one of which a variable is unknown."""

    action: Action
    kind: Literal["band", "rule", "unknown"]
    name: str


@dataclass(frozen=True)
class Sample:
    """The reasons that a notice of this decision reason gives, in either language, the costliest first."""

    of: DecisionReason
    reasons: Mapping[Language, tuple[str, ...]]


@dataclass(frozen=True)
class Parties:
    """Whom a notice names; what is empty is printed as a blank."""

    name: str = ""
    address: str = ""
    reviewer: str = ""
    regulator: str = ""

    def told(self, field: str, language: Language) -> str:
        """What stands in a field, or that it is blank."""
        blank = words.BLANK[language].format(what=words.BLANKS[field][language])
        return getattr(self, field) or blank


def decision_reasons(policy: Policy) -> list[DecisionReason]:
    """Everything that can lead to a notice: bands from the riskiest up, then the rest in the order of the policy."""
    bands = [DecisionReason(b.action, "band", b.name) for b in policy.bands_by_score if b.action in ADVERSE]
    held: list[tuple[str, str]] = [(r.name, r.action) for r in policy.rules]
    held += [(f.name, f.action) for f in policy.freshness]
    held += [(table.name, "limit") for table in policy.limits]
    held += [(CAP, "limit")] if policy.caps.amount else []
    held += [(SMALLEST, policy.smallest_amount.action)] if policy.smallest_amount else []
    unknown: list[tuple[str, str]] = [(r.name, r.on_missing) for r in policy.rules]
    unknown += [(f.name, f.on_missing) for f in policy.freshness]
    unknown += [(table.name, table.on_missing) for table in policy.limits if table.variables]
    unknown += [(PRICE, policy.price.on_missing)] if policy.price else []
    return [
        *bands,
        *(DecisionReason(action, "rule", name) for name, asked in held for action in ADVERSE if action == asked),
        *(DecisionReason(action, "unknown", name) for name, asked in unknown for action in ADVERSE if action == asked),
    ]


def samples(
    policy: Policy, card: Scorecard, texts: ReasonTexts, decided: pd.DataFrame, X: pd.DataFrame
) -> list[Sample]:
    """One sample a decision reason. `decided` and `X`, the features of the card, are rows of the holdout, in one order.

    Where fewer than ten were decided by a band, the bins are those of everybody: a few people must not be read out of
    a notice. A band that no mix of bins reaches has no sample.
    """
    found, said = [], {of.rule: of for of in said_by(policy, texts)}
    for of in decision_reasons(policy):
        if of.kind == "band":
            band = next(band for band in policy.bands if band.name == of.name)
            own = ((decided["band"] == of.name) & (decided["rule"] == "")).to_numpy()
            rows = X[own] if own.sum() >= Thresholds()["privacy.smallest_cell"].bound else X
            try:
                bins = typical_bins(card, rows, band)
            except NotEvaluated:
                continue
            chosen = reasons_of_bins(card, bins, MOST)
            told = {of: _of_bins(card, texts, chosen, of) for of in LANGUAGES}
        else:
            told = {language: (_of_rule(said[of.name], of, language),) for language in LANGUAGES}
        found.append(Sample(of, told))
    return found


def typical_bins(card: Scorecard, X: pd.DataFrame, band: Band) -> dict[str, int]:
    """The most frequent bin of each feature among X, changed as little as brings the score into the band.

    Changed is, one at a time, to the most frequent bin that brings the score nearer. Raises `NotEvaluated` where X has
    no rows, or no change of bins that X has leads into the band.
    """
    if X.empty:
        raise NotEvaluated("there is nobody to take frequent values from")
    codes = card.binning_.bins(X)
    shares = {name: np.bincount(codes[name], minlength=len(card.points_[name])) / len(X) for name in card.points_}
    bins = {name: int(share.argmax()) for name, share in shares.items()}
    while (away := _distance(card, bins, band)) > 0:
        nearer = [
            (share[at], -place, name, at)
            for place, (name, share) in enumerate(shares.items())
            for at in np.flatnonzero(share)
            if _distance(card, bins | {name: int(at)}, band) < away
        ]
        if not nearer:
            raise NotEvaluated(f"no mix of frequent values has a score in the band {band.name}")
        _, _, name, at = max(nearer)
        bins[name] = int(at)
    return bins


def notice(action: Action, of: Iterable[Sample], parties: Parties) -> pd.DataFrame:
    """The notice of one action, part by part: `part, english, chinese`; one part of reasons a decision reason.

    Raises `NotEvaluated` where the policy never leads to this action.
    """
    own = [sample for sample in of if sample.of.action == action]
    if not own:
        raise NotEvaluated(f"this policy leads to no application with the action {action}")
    reasons = [(_heading(sample), {language: _numbered(sample, language) for language in LANGUAGES}) for sample in own]
    rows = [
        ("from", {lang: words.LENDER[lang].format(**_names(parties, lang)) for lang in LANGUAGES}),
        ("to", words.GREETING),
        ("decision", words.DECISIONS[action]),
        ("how it was taken", words.HOW[action]),
        *reasons,
        ("order of the reasons", words.ORDER),
        *route(parties),
    ]
    return pd.DataFrame([(part, told["en"], told["zh"]) for part, told in rows], columns=["part", "english", "chinese"])


def route(parties: Parties) -> list[tuple[str, words.Words]]:
    """How to contest a decision: a person, the data, the authority; the same in every notice."""
    return [
        ("review by a person", _with(words.PERSON, parties, "reviewer")),
        ("your data", words.DATA),
        ("authority", _with(words.AUTHORITY, parties, "regulator")),
    ]


def route_told(parties: Parties) -> str:
    """The same in one paragraph, in English."""
    return " ".join(told["en"] for _, told in route(parties))


NO_RULES = "the policy has no rules, only bands of the score"


def text_checks(policy: Policy, parties: Parties, thresholds: Thresholds) -> list[CheckResult]:
    """`texts.untranslated`: what can decide without a Chinese reason; `lender.blanks`: what a notice cannot name."""
    written = [of.reason_zh for of in policy.rules]
    written += [of.reason_zh for of in policy.freshness]
    written += [of.reason_zh for of in policy.limits]
    written += [policy.smallest_amount.reason_zh] if policy.smallest_amount else []
    written += [policy.price.reason_zh] if policy.price else []
    untranslated = written.count("")
    silent = Estimate(untranslated, n=len(written)) if written else Estimate.missing(NO_RULES, n=0)
    blanks = Estimate(sum(not getattr(parties, field) for field in words.BLANKS), n=len(words.BLANKS))
    return [
        CheckResult(
            "texts.untranslated", "Rules whose reason has no Chinese text", silent, thresholds["notices.untranslated"]
        ),
        CheckResult("lender.blanks", "Blanks that a notice cannot fill", blanks, thresholds["notices.blanks"]),
    ]


def _distance(card: Scorecard, bins: Mapping[str, int], band: Band) -> float:
    score = card.base_ + sum(int(card.points_[name][at]) for name, at in bins.items())
    return max(band.lower - score, score - band.upper + 1, 0.0)  # scores are whole, and the upper end is outside


def _of_bins(card: Scorecard, texts: ReasonTexts, chosen: list[tuple[str, int]], language: Language) -> tuple[str, ...]:
    return tuple(texts.text(card.binning_.features_[name], at, language) for name, at in chosen)


def _of_rule(said: RuleReasons, of: DecisionReason, language: Language) -> str:
    told = said.missing if of.kind == "unknown" else said.held
    text = getattr(told or said.held, language)
    return str(text[:1].upper() + text[1:])


def _numbered(sample: Sample, language: Language) -> str:
    marks = {"en": ("{}. {}", "; ", "."), "zh": ("{}．{}", "；", "。")}[language]
    return (
        marks[1].join(marks[0].format(rank, text) for rank, text in enumerate(sample.reasons[language], 1)) + marks[2]
    )


def _heading(sample: Sample) -> str:
    kind = {"band": "score in band", "rule": "rule", "unknown": "unknown value, rule"}[sample.of.kind]
    return f"reasons: {kind} {sample.of.name}"


def _names(parties: Parties, language: Language) -> dict[str, str]:
    return {field: parties.told(field, language) for field in ("name", "address")}


def _with(template: words.Words, parties: Parties, field: str) -> words.Words:
    return {language: template[language].format(who=parties.told(field, language)) for language in LANGUAGES}
