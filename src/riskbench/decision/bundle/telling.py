"""What is said of a decision: a text in both languages for everything that can decide."""

from collections.abc import Iterable, Sequence

from riskbench.decision.bundle.input_checks import input_checks
from riskbench.decision.bundle.parts import FeatureReasons, InputColumn, Reasons, RuleReasons, Told
from riskbench.decision.meaning.policy import CAP, PRICE, SMALLEST
from riskbench.decision.policy.arms import CHAMPION
from riskbench.decision.policy.policy import Policy
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.reason_texts import LANGUAGES, TEMPLATES, UNTRANSLATED, FeatureWords, Language, ReasonTexts

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "band": "score in band {name}",
        "below": "{name} below {value}",
        "above": "{name} above {value}",
        "level": "{name}: a value that is not known",
        "cap": "no loan may be larger than {value}",
        "age": "age of the data of {name}: not known",
        "term": "{name}: not known, or none that is lent for",
        "or": " or ",
    },
    "zh": {
        "band": "评分属于{name}档",
        "below": "{name}低于{value}",
        "above": "{name}高于{value}",
        "level": "{name}：未知取值",
        "cap": "单笔贷款金额不得超过{value}",
        "age": "{name}数据的更新时间：信息缺失",
        "term": "{name}：信息缺失，或不在可选期限内",
        "or": "或",
    },
}


def reasons_of(card: Scorecard, policy: Policy, columns: Sequence[InputColumn], texts: ReasonTexts) -> Reasons:
    """All reasons that a card, a policy and the checks of the inputs can have."""
    checks = [_of_check(rule.name, columns, texts) for rule in input_checks(columns)]
    champion = [*checks, *said_by(policy.arm(CHAMPION), texts)]
    own = {other.name: said_by(policy.arm(other.name), texts) for other in policy.alternatives}
    policies = [policy.arm(name) for name in (CHAMPION, *own)]
    return Reasons(
        features=[
            FeatureReasons(
                feature=name,
                bins=[
                    Told(**{language: texts.text(of, at, language) for language in LANGUAGES})
                    for at in range(len(of.labels))
                ],
            )
            for name, of in card.binning_.features_.items()
        ],
        rules=champion,
        bands={band.name: _told("band", band.name) for one in policies for band in one.bands},
        alternatives={
            name: otherwise for name, said in own.items() if (otherwise := [one for one in said if one not in champion])
        },
    )


def deciders(policy: Policy) -> list[str]:
    """All that `rule` of a decision by this policy can name, in its order, arms and shadows not included."""
    return [
        *(rule.name for rule in policy.rules),
        *(item.name for item in policy.freshness),
        *(table.name for table in policy.limits),
        *([CAP] if policy.caps.amount else []),
        *([SMALLEST] if policy.smallest_amount else []),
        *([PRICE] if policy.price else []),
    ]


def said_by(policy: Policy, texts: ReasonTexts) -> list[RuleReasons]:
    """What is said of each part of one policy that can decide, in its order: it held, or a value is missing."""
    found = [
        RuleReasons(rule=of.name, held=_written(of.reason, of.reason_zh), missing=_missing(of.variables, texts))
        for of in policy.rules
    ]
    found += [
        RuleReasons(rule=of.name, held=_written(of.reason, of.reason_zh), missing=_told("age", of.source))
        for of in policy.freshness
    ]
    found += [
        RuleReasons(
            rule=of.name,
            held=_written(of.reason, of.reason_zh),
            missing=_missing(of.variables, texts) if of.variables else None,
        )
        for of in policy.limits
    ]
    if cap := policy.caps.amount:
        value = f"{cap.value:,.15g}"
        found.append(RuleReasons(rule=CAP, held=_told("cap", value=value)))
    if least := policy.smallest_amount:
        found.append(RuleReasons(rule=SMALLEST, held=_written(least.reason, least.reason_zh)))
    if price := policy.price:
        unpriced = Told(**{of: _named(price.variables, texts, of, "term") for of in LANGUAGES})
        found.append(RuleReasons(rule=PRICE, held=_written(price.reason, price.reason_zh), missing=unpriced))
    return found


def _of_check(rule: str, columns: Iterable[InputColumn], texts: ReasonTexts) -> RuleReasons:
    kind, _, name = rule.partition(":")
    column = next(column for column in columns if column.name == name)
    bound = column.lower if kind == "below" else column.upper
    value = "" if bound is None else f"{bound:,.15g}"
    return RuleReasons(rule=rule, held=Told(**{of: _named([name], texts, of, kind, value) for of in LANGUAGES}))


def _written(reason: str, chinese: str) -> Told:
    return Told(en=reason, zh=chinese or UNTRANSLATED.format(text=reason))


def _told(kind: str, name: str = "", value: str = "") -> Told:
    return Told(**{language: WORDS[language][kind].format(name=name, value=value) for language in LANGUAGES})


def _missing(variables: Sequence[str], texts: ReasonTexts) -> Told:
    """That what is read is not known: of one variable in the words of its missing values."""
    return Told(**{language: _unknown(variables, texts, language) for language in LANGUAGES})


def _unknown(variables: Sequence[str], texts: ReasonTexts, language: Language) -> str:
    if (names := _names(variables, texts, language)) is None:
        return UNTRANSLATED.format(text=_unknown(variables, texts, "en"))
    one = texts.features.get(variables[0], FeatureWords()) if len(variables) == 1 else FeatureWords()
    templates = TEMPLATES[language]
    return templates["is"].format(name=names, what=getattr(one.missing, language) or templates["missing"])


def _named(variables: Sequence[str], texts: ReasonTexts, language: Language, kind: str, value: str = "") -> str:
    if (names := _names(variables, texts, language)) is None:
        return UNTRANSLATED.format(text=_named(variables, texts, "en", kind, value))
    return WORDS[language][kind].format(name=names, value=value)


def _names(variables: Sequence[str], texts: ReasonTexts, language: Language) -> str | None:
    """How variables are called; None where the language has no word for one of them. English has the data's own."""
    said = [getattr(texts.features.get(name, FeatureWords()), language) for name in variables]
    if language == "en":
        said = [word or name for word, name in zip(said, variables, strict=True)]
    return None if None in said else WORDS[language]["or"].join(said)
