"""The card as one JSON document, enough to score anywhere: what `Scorecard.to_dict` says, its address and texts."""

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from riskbench.core.files import canonical_json, digest
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.rules import parts_of


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


class Scale(_Part):
    """`pdo` points double the odds; `base_score` points mean odds of `base_odds` good to one bad."""

    pdo: float
    base_score: float
    base_odds: float


class FeatureOfCard(_Part):
    """One feature; `labels`, `woe`, `goods`, `bads` and `notes` hold one entry a bin.

    The bin of a value, by the first rule that holds: a missing value has the last bin; one that equals `specials[i]`
    has the bin `len(labels) - 1 - len(specials) + i`, counted from 0; a number has the bin `groups[c]`, where c of the
    `cuts` are at or below it; a text has the bin `groups[i]`, where it equals `levels[i]`, and else the bin `unseen`.
    """

    name: str
    kind: Literal["numeric", "categorical"]
    cuts: list[float]
    levels: list[str]
    specials: list[float | int | str]
    groups: list[int]
    unseen: int
    labels: list[str]
    goods: list[int | float]
    bads: list[int | float]
    woe: list[float]
    notes: list[str]


class Binning(_Part):
    """The features with their bins; `parameters` are those of the search and play no part in scoring."""

    features: list[FeatureOfCard]


class Coefficients(_Part):
    """ln(PD / (1 − PD)) before correction: `coefficients[0]` and those of `names`, each times the WoE of its bin."""

    names: list[str]
    coefficients: list[float]


class Points(_Part):
    """The whole points of a feature, one entry a bin."""

    feature: str
    points: list[int]


class Texts(_Part):
    """What is said of the bins of a feature in one language, one entry a bin."""

    feature: str
    language: str
    texts: list[str]


class CardDocument(_Part):
    """A scorecard: score = `base` + the sum of `points` by bin; larger is safer.

    PD = 1 / (1 + exp(−(a + b · (intercept + Σ coefficient · WoE)))) with `correction` = [a, b]. `best` are the most
    points that each feature can earn in a bin that was seen when fitted; a reason for a low score is a feature that
    earns less, the largest difference first, equal ones in the order of the card. `neutral` are the points of average
    risk, from which reasons may be counted instead. `sha256` is the address of the card: of the canonical JSON of its
    own keys, without title, version, best, neutral and texts.
    """

    format: int
    title: str
    version: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    scale: Scale
    base: int = 0
    binning: Binning
    logit: Coefficients
    correction: tuple[float, float]
    points: list[Points]
    best: list[int]
    neutral: list[int]
    texts: list[Texts] = []


def address(card: Scorecard) -> str:
    """SHA-256 of the canonical JSON of a card: that of the file `card.json` which a run writes."""
    return digest(card.to_dict())


def version_of(card: Scorecard) -> str:
    """What a card is called where nobody gave it a version: the first twelve letters of its address."""
    return address(card)[:12]


def card_document(card: Scorecard, title: str, version: str = "", texts: pd.DataFrame | None = None) -> dict[str, Any]:
    """The document of a fitted card, valid by `CardDocument`; the arguments are those of an `Edition`."""
    document = card.to_dict() | {
        "title": title,
        "version": version or version_of(card),
        "sha256": address(card),
        "best": card.baseline_points("best").tolist(),
        "neutral": card.baseline_points("neutral").tolist(),
        "texts": [
            {"feature": name, "language": language, "texts": list(said)}
            for name, by_language in texts_by_feature(card, texts).items()
            for language, said in by_language.items()
        ],
    }
    CardDocument.model_validate(document)
    return document


def json_file(card: Scorecard, edition: Edition) -> str:
    """The document of a fitted card as canonical JSON: one card and edition, the same bytes."""
    return canonical_json(card_document(card, edition.title, edition.version, edition.texts))


def read_document(document: Mapping[str, Any]) -> Scorecard:
    """The card of a document.

    Raises ValueError when the document breaks its schema or its content is not what its address says.
    """
    CardDocument.model_validate(document)
    card = Scorecard.from_dict(document)
    found = digest({name: document[name] for name in card.to_dict()})
    if found != document["sha256"]:
        raise ValueError(f"a card must have the address {document['sha256']} that its document names, got {found}")
    return card


def texts_by_feature(card: Scorecard, texts: pd.DataFrame | None) -> dict[str, dict[str, list[str]]]:
    """Texts of bins by feature and language, of the features that have any; ValueError unless there is one a bin."""
    if texts is None:
        return {}
    found = {}
    for part in parts_of(card):
        mine = texts[texts["feature"] == part.feature]
        if len(mine) != len(part.points):
            raise ValueError(f"texts of {part.feature!r} must be one a bin, {len(part.points)}, got {len(mine)}")
        found[part.feature] = {str(name): mine[name].tolist() for name in mine if name not in ("feature", "bin")}
    return found
