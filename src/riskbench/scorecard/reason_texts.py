"""What a customer is told of a bin: a readable text in English and in Chinese for every bin of every feature.

A study may have a file `reasons.toml` that says how its features, levels and special values are called:

    [monthly_income]
    en = "Monthly income"
    zh = "月收入"

The rest follows from the kind of bin: "Monthly income below 1,000", "月收入低于1,000". Where the file is silent the
English text takes the study's description or the value itself, and the Chinese one is that English text, marked as not
translated: a customer is never told less, and `lacking` lists what to translate.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import Field, TypeAdapter, ValidationError

from riskbench.core.errors import StudyError, broken_rules
from riskbench.core.languages import Language
from riskbench.data.study import Study
from riskbench.data.study.part import Part
from riskbench.scorecard.binning.bins import FeatureBins

LANGUAGES: tuple[Language, ...] = ("en", "zh")
REASONS_FILE = "reasons.toml"
UNTRANSLATED = "{text}（暂无中文说明）"

TEMPLATES: dict[Language, dict[str, str]] = {
    "en": {
        "below": "{name} below {upper}",
        "between": "{name} from {lower} to below {upper}",
        "above": "{name} at {lower} or above",
        "any": "{name}: any value",
        "is": "{name}: {what}",
        "missing": "not known",
        "other": "another value",
        "and": ", ",
        "or": " or ",
    },
    "zh": {
        "below": "{name}低于{upper}",
        "between": "{name}达到{lower}但低于{upper}",
        "above": "{name}达到{lower}或以上",
        "any": "{name}：任意值",
        "is": "{name}：{what}",
        "missing": "信息缺失",
        "other": "其他",
        "and": "、",
        "or": "，或",
    },
}


class Words(Part):
    """The same thing in both languages; what is not said falls back."""

    en: str | None = None
    zh: str | None = None


class FeatureWords(Words):
    """How a feature is called, and its levels, its special values, its missing value, and single bins by their label.

    `percent`: cuts are shares, and told in percent. `proper`: levels are names, alike in every language.
    """

    percent: bool = False
    proper: bool = False
    levels: dict[str, Words] = Field({})
    special: dict[str, Words] = Field({})
    missing: Words = Words()
    bins: dict[str, Words] = Field({})


@dataclass(frozen=True)
class ReasonTexts:
    """The texts of bins. Without `features` every feature is called by its name in the data.

    >>> texts = ReasonTexts({"income": FeatureWords(en="Monthly income", zh="月收入")})
    >>> from riskbench.scorecard import WoeBinning
    >>> X, y = pd.DataFrame({"income": [900] * 40 + [1000] * 60}), [1] * 30 + [0] * 10 + [1] * 10 + [0] * 50
    >>> income = WoeBinning().fit(X, y).features_["income"]
    >>> texts.text(income, 0), texts.text(income, 0, "zh")
    ('Monthly income below 1,000', '月收入低于1,000')
    """

    features: Mapping[str, FeatureWords] = field(default_factory=dict)

    def text(self, bins: FeatureBins, position: int, language: Language = "en") -> str:
        """What is said of the bin at `position`; never empty."""
        if language not in LANGUAGES:
            raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")
        words = self.features.get(bins.name, FeatureWords())
        told = _compose(words, bins, position, language)
        if told is None:
            told = _compose(_in_english(words, bins), bins, position, "en")
            return UNTRANSLATED.format(text=told) if language != "en" else str(told)
        return told

    def table(self, features: Iterable[FeatureBins]) -> pd.DataFrame:
        """One row a bin: feature, bin, and its text by language."""
        rows = [
            (of.name, label, *(self.text(of, position, language) for language in LANGUAGES))
            for of in features
            for position, label in enumerate(of.labels)
        ]
        return pd.DataFrame(rows, columns=["feature", "bin", *LANGUAGES])

    def lacking(self, features: Iterable[FeatureBins]) -> pd.DataFrame:
        """The bins whose text falls back on the data's own names: feature, bin, language."""
        rows = [
            (of.name, label, language)
            for of in features
            for position, label in enumerate(of.labels)
            for language in LANGUAGES
            if _compose(self.features.get(of.name, FeatureWords()), of, position, language) is None
        ]
        return pd.DataFrame(rows, columns=["feature", "bin", "language"])


def load_texts(folder: Path, study: Study) -> ReasonTexts:
    """The texts of a study, from `reasons.toml` in its folder and, where that is silent in English, from the study.

    Raises `StudyError` for a file that cannot be read, and for a feature that the study does not have.
    """
    path = folder / REASONS_FILE
    written = _read(path) if path.is_file() else {}
    known = study.columns.keys() | study.features.keys()
    if unknown := sorted(written.keys() - known):
        raise StudyError(f"{folder.name}/{REASONS_FILE} names {', '.join(unknown)}, which the study does not have")
    return ReasonTexts({name: _with_study(written.get(name, FeatureWords()), name, study) for name in sorted(known)})


def _read(path: Path) -> dict[str, FeatureWords]:
    place = f"{path.parent.name}/{path.name}"
    try:
        return TypeAdapter(dict[str, FeatureWords]).validate_python(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{place} is not valid TOML: {error}") from None
    except ValidationError as error:
        problems = "; ".join(broken_rules(error, "reasons", most=5))
        raise StudyError(f"{place} breaks {error.error_count()} rule(s): {problems}") from None


def _with_study(words: FeatureWords, name: str, study: Study) -> FeatureWords:
    """The words with the study's own description and levels where the English ones are not said."""
    column = study.columns.get(name)
    described = study.features[name].description if name in study.features else column.description if column else name
    labels = column.levels if column and isinstance(column.levels, dict) else {}
    levels = {level: Words(en=label) for level, label in labels.items()}
    for level, said in words.levels.items():
        levels[level] = said if said.en or level not in levels else Words(en=levels[level].en, zh=said.zh)
    return words.model_copy(update={"en": words.en or described, "levels": levels})


def _in_english(words: FeatureWords, bins: FeatureBins) -> FeatureWords:
    """The words with the data's own names wherever English is silent."""
    specials = [_number(value) for value in bins.coding.specials]
    return FeatureWords(
        en=words.en or bins.name,
        percent=words.percent,
        levels={level: Words(en=_said(words.levels, level, "en") or level) for level in bins.coding.levels},
        special={value: Words(en=_said(words.special, value, "en") or f"special value {value}") for value in specials},
        missing=words.missing,
        bins=words.bins,
    )


def _compose(words: FeatureWords, bins: FeatureBins, position: int, language: Language) -> str | None:
    """The text of a bin by its kind; None where a word is lacking."""
    whole = _said(words.bins, bins.labels[position], language)
    name = getattr(words, language)
    if whole or name is None:
        return whole
    templates = TEMPLATES[language]
    apart = position - (len(bins.labels) - len(bins.coding.specials) - 1)
    if apart == len(bins.coding.specials):
        return templates["is"].format(name=name, what=getattr(words.missing, language) or templates["missing"])
    if apart >= 0:
        meaning = _said(words.special, _number(bins.coding.specials[apart]), language)
        return None if meaning is None else templates["is"].format(name=name, what=meaning)
    if bins.coding.kind == "numeric":
        return _interval(bins, position, name, words.percent, templates)
    return _levels(words, bins, position, name, language)


def _interval(bins: FeatureBins, position: int, name: str, percent: bool, templates: Mapping[str, str]) -> str:
    codes = np.flatnonzero(bins.groups[: bins.coding.regular] == position)
    edges = bins.coding.edges
    lower = _cut(edges[codes[0] - 1], percent) if codes[0] else None
    upper = _cut(edges[codes[-1]], percent) if codes[-1] < len(edges) else None
    kind = {(True, True): "any", (True, False): "below", (False, True): "above"}.get(
        (lower is None, upper is None), "between"
    )
    return templates[kind].format(name=name, lower=lower, upper=upper)


def _levels(words: FeatureWords, bins: FeatureBins, position: int, name: str, language: Language) -> str | None:
    templates = TEMPLATES[language]
    codes = np.flatnonzero(bins.groups[: bins.coding.regular] == position)
    levels = [bins.coding.levels[code] for code in codes]
    said = [_said(words.levels, level, language) or (level if words.proper else None) for level in levels]
    told = [level for level in said if level]
    if len(told) < len(said):
        return None
    told += [templates["other"]] * (bins.unseen == position)
    what = templates["or"].join(filter(None, (templates["and"].join(told[:-1]), *told[-1:])))
    return templates["is"].format(name=name, what=what)


def _said(words: Mapping[str, Words], key: str, language: Language) -> str | None:
    return getattr(words.get(key), language, None)


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _cut(value: float, percent: bool) -> str:
    return f"{100 * value:,.12g}%" if percent else f"{value:,.15g}"
