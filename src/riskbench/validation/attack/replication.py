"""The card built once more from its export, by another road: own look-up of bins, statsmodels' fit, own arithmetic.

What is compared, and what is not. Coefficients are those of the logit *before* shrinkage and calibration, which are a
straight line on its log odds (`correction` in the document): the fit is checked by fitting it again, the line is taken
as it stands, and PDs and points are checked with it. Which bins were cut is a choice; what they hold is counted again.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.validation.attack import exported
from riskbench.validation.attack.desk import Desk
from riskbench.validation.attack.exported import Document

SLACK = 1e-6  # of a point: two solvers may differ by so much where a bin lies half-way between two whole points


def recounted(document: Document, codes: pd.DataFrame, y: ArrayLike) -> Estimate:
    """Number of bins whose goods or bads, counted again on the rows that were fitted on, are not the exported ones."""
    bad = np.asarray(y, dtype=float)
    differ = total = 0
    for name, feature in exported.features(document).items():
        for written, value in ((feature["goods"], 0), (feature["bads"], 1)):
            found = np.bincount(codes[name].to_numpy()[bad == value], minlength=len(written))
            differ += int((~np.isclose(found, written)).sum())
        total += len(feature["labels"])
    return Estimate(differ, n=total, method="bins whose goods or bads differ; n bins")


def woe_gap(document: Document) -> Estimate:
    """Largest difference of an exported WoE from ln(good share / bad share), over regular bins with goods and bads."""
    gaps = [abs(found - written) for found, written in _weights(document)]
    if not gaps:
        return Estimate.missing("no bin holds goods and bads", 0)
    return Estimate(float(max(gaps)), n=len(gaps), method="largest absolute difference; n bins")


def coefficient_gap(document: Document, codes: pd.DataFrame, y: ArrayLike) -> Estimate:
    """Largest difference of a coefficient from the one that statsmodels fits on the exported WoE."""
    found = fitted_again(document, codes, y)
    gap = float(np.abs(found - np.asarray(document["logit"]["coefficients"])).max())
    return Estimate(gap, n=len(codes), method="largest absolute difference; statsmodels Logit")


def fitted_again(document: Document, codes: pd.DataFrame, y: ArrayLike) -> NDArray[np.float64]:
    """Intercept and coefficients by statsmodels, of y (1 = bad) on the exported WoE, in the order of the document."""
    from statsmodels.discrete.discrete_model import Logit

    W = exported.woe(document, codes).to_numpy()
    model = Logit(np.asarray(y, dtype=float), np.column_stack([np.ones(len(W)), W]))
    return np.asarray(model.fit(disp=0, tol=1e-12, maxiter=100).params)


def points_astray(document: Document) -> Estimate:
    """Number of bins whose points do not follow from coefficient, WoE and scale, and 1 more where the level does not.

    A bin adds −factor · b · coefficient · WoE, rounded, to what its feature earns at average risk; these and the base
    sum to the rounded score at average risk.
    """
    intercept, *slopes = document["logit"]["coefficients"]
    level, spread = document["correction"]
    scale, of = document["scale"], exported.features(document)
    factor = scale["pdo"] / np.log(2)
    points = {part["feature"]: np.asarray(part["points"]) for part in document["points"]}
    astray, neutral = 0, float(document.get("base", 0))
    for name, slope in zip(document["logit"]["names"], slopes, strict=True):
        left = points[name] + factor * spread * slope * np.asarray(of[name]["woe"])
        values, often = np.unique(np.rint(left), return_counts=True)
        own = values[often.argmax()]
        astray += int((np.abs(left - own) > 0.5 + SLACK).sum())
        neutral += float(own)
    exact = scale["base_score"] - factor * (np.log(scale["base_odds"]) + level + spread * intercept)
    astray += int(abs(neutral - exact) > 0.5 + SLACK)
    return Estimate(astray, n=sum(map(len, points.values())), method="points that do not follow; n bins")


def score_differences(document: Document, codes: pd.DataFrame, score: ArrayLike) -> Estimate:
    """Number of rows whose score is not the sum of the exported points of their bins."""
    differ = int((exported.scores(document, codes) != np.asarray(score)).sum())
    return Estimate(differ, n=len(codes), method="rows that differ")


def pd_gap(document: Document, codes: pd.DataFrame, applied: ArrayLike) -> Estimate:
    """Largest difference of a PD applied from the one that the exported document gives."""
    gap = float(np.abs(exported.pds(document, codes) - np.asarray(applied, dtype=float)).max())
    return Estimate(gap, n=len(codes), method="largest absolute difference")


def replication_checks(
    document: Document, features: pd.DataFrame, scores: pd.DataFrame, thresholds: Thresholds
) -> list[CheckResult]:
    """Everything above as checks. `scores` has sample, y, score and pd_applied; `features` its rows in its order."""
    codes = exported.positions(document, features)
    fitted = ((scores["sample"] == "development") & scores["y"].notna()).to_numpy()
    counted, y = codes[fitted], scores.loc[fitted, "y"]
    found = (
        ("bins", "Bins whose goods or bads, counted again, differ", recounted(document, counted, y)),
        ("woe", "Largest difference of a weight of evidence", woe_gap(document)),
        ("coefficients", "Largest difference of a coefficient", coefficient_gap(document, counted, y)),
        ("points", "Bins whose points do not follow from coefficients", points_astray(document)),
        ("scores", "Applications whose score differs", score_differences(document, codes, scores["score"])),
        ("pds", "Largest difference of a PD", pd_gap(document, codes, scores["pd_applied"])),
    )
    limits: dict[str, Any] = dict.fromkeys(("bins", "points", "scores"), thresholds["attack.differences"])
    close = thresholds["scorecard.equivalence"]
    return [CheckResult(f"replication.{name}", title, e, limits.get(name, close)) for name, title, e in found]


def of_desk(desk: Desk) -> tuple[pd.DataFrame, pd.Series]:
    """Bins and outcomes of the labelled rows that the card of a desk was fitted on."""
    fitted = desk.development & desk.labelled
    return desk.codes[fitted], desk.rows.loc[fitted, "y"]


def _weights(document: Document) -> Iterator[tuple[float, float]]:
    """By regular bin with goods and bads: the WoE by its counts, and the exported one."""
    for feature in exported.features(document).values():
        goods, bads = (np.asarray(feature[name], dtype=float) for name in ("goods", "bads"))
        for b in range(len(feature["labels"]) - 1 - len(feature["specials"])):
            if goods[b] > 0 and bads[b] > 0:
                found = np.log((goods[b] / goods.sum()) / (bads[b] / bads.sum()))
                yield float(found), float(feature["woe"][b])
