"""A card worked out from its exported document alone: bins, scores and PDs, by code that is not the card's.

The document is the JSON that `riskbench export` hands out, or the `card.json` of a run. Its rules stand in
`schemas/card.schema.json`: a missing value has the last bin; a special value has its own; a number has the bin of the
cuts at or below it; a text has the bin of its level, or that of levels never seen.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Document = Mapping[str, Any]


def bin_positions(feature: Document, values: pd.Series) -> NDArray[np.int64]:
    """The bin of each value, counted from 0, by the exported rules of one feature.

    >>> feature = {"kind": "numeric", "cuts": [5.0], "groups": [0, 1], "specials": [-1.0], "levels": [], "unseen": 0,
    ...            "labels": ["< 5", ">= 5", "-1", "missing"]}
    >>> bin_positions(feature, pd.Series([4.9, 5.0, -1.0, None])).tolist()
    [0, 1, 2, 3]
    """
    last = len(feature["labels"]) - 1
    specials = {value: last - len(feature["specials"]) + i for i, value in enumerate(feature["specials"])}
    if feature["kind"] == "numeric":
        number = pd.to_numeric(values).to_numpy(dtype=float)
        found = np.asarray(feature["groups"])[
            np.searchsorted(feature["cuts"], number, side="right").clip(max=_top(feature))
        ]
        for value, place in specials.items():
            found = np.where(number == float(value), place, found)
        return np.where(np.isnan(number), last, found).astype(np.int64)
    by_level = dict(zip(feature["levels"], feature["groups"], strict=False)) | {str(v): p for v, p in specials.items()}
    unseen = feature["unseen"] % (last + 1)
    told = {v: by_level.get(str(v), unseen) for v in values.dropna().unique()}
    return values.map(told).fillna(last).to_numpy(dtype=np.int64)


def positions(document: Document, X: pd.DataFrame) -> pd.DataFrame:
    """The bin of every row in every feature of the card; KeyError where X lacks a feature."""
    of = features(document)
    return pd.DataFrame({name: bin_positions(of[name], X[name]) for name in document["logit"]["names"]}, index=X.index)


def features(document: Document) -> dict[str, Document]:
    """The exported features by name."""
    return {feature["name"]: feature for feature in document["binning"]["features"]}


def woe(document: Document, codes: pd.DataFrame) -> pd.DataFrame:
    """The exported weight of evidence of each row's bin."""
    of = features(document)
    names = document["logit"]["names"]
    return pd.DataFrame({name: np.asarray(of[name]["woe"])[codes[name]] for name in names}, index=codes.index)


def scores(document: Document, codes: pd.DataFrame) -> NDArray[np.int64]:
    """The sum of the exported points of each row's bins, and of the base."""
    points = {part["feature"]: np.asarray(part["points"]) for part in document["points"]}
    return int(document.get("base", 0)) + sum(points[name][codes[name]] for name in points)


def log_odds(document: Document, codes: pd.DataFrame) -> NDArray[np.float64]:
    """The log odds of bad that the card applies: a + b (intercept + Σ coefficient · WoE), `correction` = [a, b]."""
    intercept, *slopes = document["logit"]["coefficients"]
    level, spread = document["correction"]
    weights = woe(document, codes).to_numpy()
    return np.asarray(level + spread * (intercept + weights @ np.asarray(slopes)), dtype=float)


def pds(document: Document, codes: pd.DataFrame) -> NDArray[np.float64]:
    """The PD that the card applies, 1 / (1 + e^−log odds)."""
    return np.asarray(1 / (1 + np.exp(-log_odds(document, codes))), dtype=float)


def _top(feature: Document) -> int:
    return len(feature["cuts"])
