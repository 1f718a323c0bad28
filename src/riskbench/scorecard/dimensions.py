"""Dimension by dimension: what each adds to the card, what it costs, how often it is missing, and how close it comes.

Two readings of what a dimension is worth: the AUC of a card made of its candidates alone, and the AUC that is lost when
the card is made without them. Every card is built on the development sample and judged on another, so the paired test
of DeLong holds: on the sample that nested models were fitted on it would not (Demler, Pencina and D'Agostino, 2012).
"""

from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from riskbench.core.results import Estimate
from riskbench.data.study import Study
from riskbench.data.study.schema import Dimension
from riskbench.metrics.discrimination import auc, delong
from riskbench.scorecard.design import BadRateAlone, Build
from riskbench.scorecard.feature_sources import cost, dimension_of, intrusion
from riskbench.scorecard.selection import chosen, compared

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
NO_CANDIDATE = "the study has no candidate of this dimension"
NO_PLACE = "no candidate of this dimension earns a place alone"
NO_CARD = "the full card has no feature"
NOT_IN_CARD = "nothing of it is in the card"
SAME = 1e-9  # two PDs that differ by less are of one card
FIGURES = (
    "alone",
    "alone_lower",
    "alone_upper",
    "lost",
    "lost_lower",
    "lost_upper",
    "p_value",
    "cost",
    "missing_share",
)
SOCIAL_RULE = (
    "Social: in the EU, social networks are no source for an assessment of creditworthiness (Directive (EU) 2023/2225,"
    " Art. 18(3))."
)

Sample = tuple[pd.DataFrame, pd.Series]


def dimension_table(
    study: Study, funnel: pd.DataFrame, build: Build, development: Sample, judged: Sample
) -> pd.DataFrame:
    """One row a dimension: candidates, chosen, both readings of its AUC with interval, cost, missing share, privacy.

    `funnel` is what `select` gave; `build` makes a card from scratch on X and y (1 = bad); `development` and `judged`
    are X and y of two samples without a customer in common. `alone` is the AUC of a card of the dimension alone;
    `lost` the AUC of the full card less that of a card built without it, with DeLong's interval and `p_value`; the two
    choose among the candidates that the funnel compared with each other. Where there is no AUC, `reason` says why: no
    candidate, no place earned alone, or nothing in the card that could be lost.
    """
    trial, came = _Trial(build, development, judged), compared(funnel)
    full, in_card = trial.pds(came), set(chosen(funnel))
    rows = []
    for dimension in DIMENSIONS:
        mine = [name for name in map(str, funnel["feature"]) if dimension_of(study, name) == dimension]
        missing = Estimate.missing(NO_CANDIDATE)
        alone = trial.alone(mine) if mine else missing
        lost = trial.lost(full, [name for name in came if name not in mine]) if mine else missing
        rows.append(
            {
                "dimension": dimension,
                "candidates": len(mine),
                "chosen": len(in_card & set(mine)),
                "alone": alone.value,
                "alone_lower": alone.lower,
                "alone_upper": alone.upper,
                "lost": lost.value,
                "lost_lower": lost.lower,
                "lost_upper": lost.upper,
                "p_value": lost.p_value,
                "cost": cost(study, mine) if mine else None,
                "missing_share": float(development[0][mine].isna().to_numpy().mean()) if mine else None,
                "privacy": intrusion(study, mine),
                "reason": "; ".join(dict.fromkeys(filter(None, (alone.reason, lost.reason)))),
            }
        )
    return pd.DataFrame(rows).astype(dict.fromkeys(FIGURES, float))


@dataclass(frozen=True, eq=False)
class _Trial:
    """Cards of some of the candidates, built on one sample and judged on another."""

    build: Build
    development: Sample
    judged: Sample

    def pds(self, candidates: list[str]) -> np.ndarray | None:
        """PDs on the judging sample of a card built from some candidates; None where none earns a place."""
        if not candidates:
            return None
        (X, y), (judged, _) = self.development, self.judged
        card = self.build(X[candidates], y.to_numpy(int))
        if isinstance(card, BadRateAlone):
            return None
        return card.predict_proba(judged[candidates])[:, 1]

    def alone(self, candidates: list[str]) -> Estimate:
        """AUC of a card of these candidates alone."""
        found = self.pds(candidates)
        return Estimate.missing(NO_PLACE) if found is None else auc(self.judged[1].to_numpy(int), found)

    def lost(self, full: np.ndarray | None, others: list[str]) -> Estimate:
        """AUC of the full card, whose PDs are given, less that of a card of the other candidates."""
        if full is None:
            return Estimate.missing(NO_CARD)
        rest, y = self.pds(others), self.judged[1].to_numpy(int)
        if rest is not None and np.allclose(full, rest, rtol=0, atol=SAME):
            return Estimate.missing(NOT_IN_CARD)
        nobody = np.full(len(y), 0.5)  # a card without any feature ranks nobody
        return delong(y, full, nobody if rest is None else rest)
