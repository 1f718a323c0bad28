"""The master scale at work: who is in which grade, what a grade's band is in points, and how grades are filled.

The ladder itself is `riskbench.data.study.calibration.MasterScale`. A grade is a band of the PD that is *applied*, so
with oversampled bads it is read off `pd_applied`, never off the PD at the bad rate of the data.
"""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit

from riskbench.data.samples import SAMPLES
from riskbench.data.study.calibration import MasterScale
from riskbench.metrics.arguments import probabilities
from riskbench.scorecard.card import Scorecard


def grades(pd_: ArrayLike, scale: MasterScale) -> NDArray[np.int64]:
    """The grade of each PD, 1 (safest) to K (riskiest); an edge belongs to the grade above it.

    Raises ValueError unless the PDs lie in [0, 1].

    >>> grades([0.004, 0.01, 0.05, 0.5], MasterScale()).tolist()
    [1, 2, 4, 7]
    """
    return np.digitize(probabilities(pd_), scale.bounds) + 1


def representative_pds(scale: MasterScale) -> NDArray[np.float64]:
    """The PD that stands for each grade: the geometric middle of its band.

    The two outer bands are open; the safest is read from half its edge, the riskiest up to twice its edge, 1 at most.

    >>> representative_pds(MasterScale()).round(4).tolist()
    [0.0071, 0.0141, 0.0283, 0.0566, 0.1131, 0.2263, 0.4525]
    """
    inner = scale.bounds
    edges = np.array([inner[0] / 2, *inner, min(1.0, 2 * inner[-1])])
    return np.sqrt(edges[:-1] * edges[1:])


def score_bands(card: Scorecard, scale: MasterScale) -> list[tuple[int | None, int | None]]:
    """The lowest and the highest whole score of each grade, both included; None where a band has no end.

    The exact inverse of `card.score_to_pd`: a score is in a grade's band if and only if the PD it stands for is in the
    grade. A grade narrower than a point may hold no score: its lowest then lies above its highest.
    """
    tops = [_highest_at_least(card, edge) for edge in scale.bounds]
    return list(zip([*(top + 1 for top in tops), None], [None, *tops], strict=True))


def scale_table(card: Scorecard, scores: pd.DataFrame, scale: MasterScale) -> pd.DataFrame:
    """One row a grade, the safest first: bands of PD and of points, and the share of each sample's applications.

    `scores` has the columns sample and pd_applied. Columns: grade, pd and score (the bands in words), middle
    (`representative_pds`), mean_pd (of all applications in the grade), then the shares of each sample there is.
    """
    grade = grades(scores["pd_applied"], scale)
    edges = [f"{edge:.4g}" for edge in 100 * np.array(scale.bounds)]
    inner = [f"{low} to {high} %" for low, high in pairwise(edges)]
    table = pd.DataFrame(
        {
            "grade": scale.labels,
            "pd": [f"< {edges[0]} %", *inner, f"≥ {edges[-1]} %"],
            "score": [_in_words(low, high) for low, high in score_bands(card, scale)],
            "middle": representative_pds(scale),
            "mean_pd": scores["pd_applied"].groupby(grade).mean().reindex(range(1, len(edges) + 2)).to_numpy(),
        }
    )
    for sample in SAMPLES:
        filled = cases_by_grade(grade[scores["sample"] == sample], scale)
        if filled.any():
            table[sample] = filled / filled.sum()
    return table


def cases_by_grade(grade: ArrayLike, scale: MasterScale) -> NDArray[np.int64]:
    """How many cases each grade holds, empty grades included."""
    return np.bincount(np.asarray(grade, dtype=np.int64) - 1, minlength=len(scale.labels))


def _in_words(low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return f"≤ {high}" if low is None else f"≥ {low}"
    return f"{low} to {high}" if low <= high else "none"


def _highest_at_least(card: Scorecard, edge: float) -> int:
    """The highest whole score whose PD is `edge` or more; the last digit of the formula is checked on the score."""
    score = math.floor(card.offset - card.factor * float(logit(edge)))
    while float(card.score_to_pd(score + 1)) >= edge:
        score += 1
    while float(card.score_to_pd(score)) < edge:
        score -= 1
    return score
