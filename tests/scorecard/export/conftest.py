"""Cards with every kind of rule, made by hand: what an export must repeat exactly."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from riskbench.scorecard import Scorecard

SCALE = {"pdo": 20, "base_score": 600, "base_odds": 50}


def feature(name: str, kind: str, woe: list[float], **rules: Any) -> dict[str, Any]:
    """The bins of a feature as a card writes them: regular bins, special values, missing; 30 goods and 10 bads each."""
    given = {"cuts": [], "levels": [], "specials": [], "groups": [], "unseen": -1} | rules
    bins = len(woe)
    counted = {"goods": [30] * bins, "bads": [10] * bins, "notes": [""] * bins, "trend": "none"}
    return {"name": name, "kind": kind, **given, "labels": [f"bin {i}" for i in range(bins)], "woe": woe, **counted}


def make_card(features: list[dict[str, Any]], slope: float = -0.9, from_zero: bool = False) -> Scorecard:
    """A card in which every feature has the coefficient `slope`; its points follow from the definition."""
    size, factor = len(features), SCALE["pdo"] / math.log(2)
    offset = SCALE["base_score"] - factor * math.log(SCALE["base_odds"])
    intercept, correction = -1.5, (0.3, 0.8)
    each, left = divmod(round(offset - factor * (correction[0] + correction[1] * intercept)), size)
    points = [
        [each + (place < left) + round(-factor * correction[1] * slope * woe) for woe in of["woe"]]
        for place, of in enumerate(features)
    ]
    least = [min(of) if from_zero else 0 for of in points]
    points = [[value - low for value in of] for of, low in zip(points, least, strict=True)]
    names = [of["name"] for of in features]
    logit = {
        "names": names,
        "coefficients": [intercept, *[slope] * size],
        "covariance": [[float(i == j) for j in range(size + 1)] for i in range(size + 1)],
        "log_likelihood": -90.0,
        "null_log_likelihood": -100.0,
        "n": 200,
    }
    return Scorecard.from_dict(
        {
            "format": 2,
            "scale": SCALE | {"from_zero": from_zero},
            "base": sum(least),
            "binning": {"parameters": {}, "features": features},
            "logit": logit,
            "correction": list(correction),
            "points": [{"feature": name, "points": of} for name, of in zip(names, points, strict=True)],
        }
    )


FEATURES = [
    feature("ratio", "numeric", [-0.8, 0.1, 0.4, 0.9, 0.2], cuts=[0.1, 0.3, 1e-7], groups=[0, 1, 2, 3]),
    feature(
        "late", "numeric", [0.7, -0.3, -0.9, 0.4, -0.2, 0.3], cuts=[1.0, 2.5], specials=[-1, 99.9], groups=[0, 1, 2]
    ),
    feature(
        'its "name" `[]\' 漢',
        "categorical",
        [0.5, -0.4, 0.0, -0.6, 0.1],
        levels=["car", "it's", 'a "b"', " home", "漢字", "\\n", "ß"],
        groups=[0, 0, 1, 1, 1, 0, 1],
        unseen=2,
        specials=["?"],
    ),
    feature("twin", "numeric", [0.7, -0.3, -0.9, 0.4], cuts=[1.0, 2.5], groups=[0, 1, 2]),
]
FEATURES[0]["cuts"] = sorted(FEATURES[0]["cuts"])


@pytest.fixture(scope="session")
def make() -> tuple[Callable[..., dict[str, Any]], Callable[..., Scorecard]]:
    """`feature` and `make_card`."""
    return feature, make_card


@pytest.fixture(scope="session")
def card() -> Scorecard:
    """A card with decimal cuts, special numbers and texts, strange levels and ties between reasons."""
    return make_card(FEATURES)


@pytest.fixture(scope="session")
def card_from_zero() -> Scorecard:
    """The same card with points that everybody has, and no bin below 0."""
    return make_card(FEATURES, from_zero=True)
