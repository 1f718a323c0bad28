"""Errors in the card and in its PDs: points changed by hand, bins swapped, a level moved, a column that knows the end.

A copy comes back. Edited cards are signed again and score everybody anew: what gives them away is their content, and
not that somebody forgot to change a hash.
"""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.random import Generator

from riskbench.core.errors import NotEvaluated
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.points import whole_points
from riskbench.validation.attack import exported
from riskbench.validation.attack.desk import Desk

LEAK = "known_later"


def points_edited(desk: Desk, points: float, rng: Generator) -> Desk:
    """One bin of the card, drawn by chance, earns so many points more."""
    document = _copy(desk)
    part = document["points"][rng.integers(len(document["points"]))]
    part["points"][rng.integers(len(part["points"]))] += int(points)
    return desk.signed_again(document)


def bins_swapped(desk: Desk, features: float, rng: Generator) -> Desk:
    """In so many features two bins have changed places, with their counts, weights and points: the card stays whole."""
    document = _copy(desk)
    points = {part["feature"]: part["points"] for part in document["points"]}
    apart = [f for f in document["binning"]["features"] if f["goods"][:2] != f["goods"][1::-1] and len(f["labels"]) > 2]
    if not apart:
        raise NotEvaluated("no feature has two bins to swap")
    for feature in apart[: int(features)]:
        for of in (feature["goods"], feature["bads"], feature["woe"], points[feature["name"]]):
            of[0], of[1] = of[1], of[0]
    return desk.signed_again(document)


def intercept_moved(desk: Desk, points: float, rng: Generator) -> Desk:
    """The intercept of the logit is moved by so many points, and the points are written anew: everybody looks safer."""
    document = _copy(desk)
    factor = document["scale"]["pdo"] / np.log(2)
    document["logit"]["coefficients"][0] -= points / factor / document["correction"][1]
    return desk.signed_again(_pointed_anew(document))


def level_lost(desk: Desk, odds: float, rng: Generator) -> Desk:
    """All odds of bad are so many times what they should be: bads were oversampled, and nobody moved the PDs back."""
    document = _copy(desk)
    document["correction"][0] += float(np.log(odds))
    return desk.signed_again(_pointed_anew(document))


def pds_inverted(desk: Desk, share: float, rng: Generator) -> Desk:
    """In a share of the rows of the table of scores the probability of good stands where the PD should."""
    now = np.flatnonzero(desk.now)
    hit = rng.choice(now, max(1, round(share * len(now))), replace=False)
    rows = desk.rows.copy()
    for name in ("pd", "pd_applied"):
        values = rows[name].to_numpy(copy=True)
        values[hit] = 1 - values[hit]
        rows[name] = values
    return replace(desk, rows=rows)


def leaked(desk: Desk, share: float, rng: Generator) -> Desk:
    """A column written after the decision enters the card: of a share of the outcomes it knows which they were.

    It is filled where there is an outcome, and the rest of it is noise at the bad rate; the card is fitted again.
    """
    y = desk.rows["y"].to_numpy(dtype=float)
    noise = (rng.random(len(y)) < np.nanmean(y)).astype(float)
    X = desk.X.assign(**{LEAK: np.where(np.isnan(y), np.nan, np.where(rng.random(len(y)) < share, y, noise))})
    fitted = desk.development & desk.labelled
    binning = _plain_binning(desk)
    binning["features"] += WoeBinning().fit(X.loc[fitted, [LEAK]], y[fitted]).to_dict()["features"]
    names = [feature["name"] for feature in binning["features"]]
    card = Scorecard(WoeBinning.from_dict(binning), constrained=True, **desk.document["scale"])
    known, outcomes, spread = X.loc[fitted, names], y[fitted].astype(int), min(1.0, desk.document["correction"][1])
    document = card.fit(known, outcomes).shrunk(spread, known, outcomes).shifted(desk.shift).to_dict()
    return replace(desk, X=X).signed_again(document)


def _copy(desk: Desk) -> dict[str, Any]:
    return deepcopy(dict(desk.document))


def _plain_binning(desk: Desk) -> dict[str, Any]:
    binning: dict[str, Any] = deepcopy(desk.document["binning"])
    return {**binning, "edits": []}


def _pointed_anew(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the points that follow from its coefficients."""
    intercept, *slopes = document["logit"]["coefficients"]
    level, spread = document["correction"]
    scale, of = document["scale"], exported.features(document)
    factor = scale["pdo"] / np.log(2)
    offset = scale["base_score"] - factor * np.log(scale["base_odds"])
    parts = {
        name: -factor * spread * slope * np.asarray(of[name]["woe"])
        for name, slope in zip(document["logit"]["names"], slopes, strict=True)
    }
    found = whole_points(offset - factor * (level + spread * intercept), parts, scale["from_zero"])
    points = [{"feature": name, "points": points.tolist()} for name, points in found.by_bin.items()]
    return document | {"base": found.base, "points": points}
