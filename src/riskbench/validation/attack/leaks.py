"""Detectors of a feature that knows the outcome, among those that a card already has."""

import numpy as np

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.validation.attack import exported
from riskbench.validation.attack.desk import Desk
from riskbench.validation.attack.rings import outcomes


def auc_alone(desk: Desk) -> Estimate:
    """The AUC of the feature of the card that separates best alone, by the lower end of its interval."""
    weights = exported.woe(desk.document, desk.codes)[desk.now & desk.labelled]
    y = outcomes(desk, desk.now)[0]
    areas = {name: metrics.auc(y, -weights[name]) for name in weights}
    lowers = {name: e.lower for name, e in areas.items() if e.lower is not None}
    if not lowers:
        return Estimate.missing("the sample lacks goods or bads", len(y))
    best = max(lowers, key=lambda name: lowers[name])
    return Estimate(lowers[best], n=len(y), method=f"lower end of DeLong's interval: {best}")


def feature_gain(desk: Desk) -> Estimate:
    """The AUC that the points of one feature add to those of the others, the largest of the card."""
    rows = desk.now & desk.labelled
    y, codes = outcomes(desk, desk.now)[0], desk.codes[rows]
    all_, woe = exported.log_odds(desk.document, codes), exported.woe(desk.document, codes)
    whole = metrics.auc(y, all_).value
    if whole is None or len(woe.columns) < 2:
        return Estimate.missing("it takes goods, bads and two features", len(y))
    slopes = dict(zip(desk.document["logit"]["names"], desk.document["logit"]["coefficients"][1:], strict=True))
    spread = desk.document["correction"][1]
    gains = {n: whole - (metrics.auc(y, all_ - spread * slopes[n] * woe[n]).value or 0.0) for n in woe}
    best = max(gains, key=lambda name: gains[name])
    return Estimate(gains[best], n=len(y), method=f"AUC with less AUC without: {best}")


def known_afterwards(desk: Desk) -> Estimate:
    """Number of features of the card that are filled where an outcome is known, and nowhere else.

    Not evaluated where too few rows lack an outcome (`validation.grade_cases`).
    """
    without = ~desk.labelled
    if without.sum() < desk.thresholds["validation.grade_cases"].bound:
        return Estimate.missing("too few applications lack an outcome", int(without.sum()))
    names = list(map(str, desk.codes))
    filled = desk.X[names].notna().to_numpy()
    afterwards = np.flatnonzero(~filled[without].any(axis=0) & filled[~without].any(axis=0))
    late = [names[place] for place in afterwards]
    return Estimate(len(late), n=len(names), method=", ".join(late) or "features filled with the outcome alone")
