"""Dimension by dimension: what each adds to the card, what it costs, how often it is missing, and how close it comes.

Two readings of what a dimension is worth: the AUC of a card made of its candidates alone, and the AUC that is lost when
the card is made without them. Every card is built on the development sample and judged on another, so the paired test
of DeLong holds: on the sample that nested models were fitted on it would not (Demler, Pencina and D'Agostino, 2012).
"""

from collections.abc import Callable
from typing import get_args

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier

from riskbench.core.results import Estimate
from riskbench.data.study import Study
from riskbench.data.study.schema import Dimension, TableSpec
from riskbench.metrics.discrimination import auc, delong
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.selection.funnel import KEPT, STEPS

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
WEIGHED = (*[step.name for step in STEPS][-4:], KEPT)  # from the clusters on candidates are compared
NO_CANDIDATE = "the study has no candidate of this dimension"
NO_PLACE = "no candidate of this dimension earns a place alone"
NOT_IN_CARD = "nothing of it is in the card"
SAME = 1e-9  # two PDs that differ by less are of one card
SOCIAL_RULE = (
    "Social: in the EU, social networks are no source for an assessment of creditworthiness (Directive (EU) 2023/2225,"
    " Art. 18(3))."
)

# From the lawful basis that a study declares to how much a use intrudes, and the dimensions that intrude whatever the
# basis. The more intrusive of the two counts.
CLASSES = ("public", "low", "medium", "high")
BY_BASIS = {
    "public": "public",  # says nothing of a person
    "contract": "low",  # GDPR Art. 6(1)(b): the customer expects it
    "steps before a contract": "low",  # the same
    "legal obligation": "low",  # Art. 6(1)(c)
    "legitimate interest": "medium",  # Art. 6(1)(f): to be weighed, and may be objected to
    "consent": "high",  # Art. 6(1)(a): may be withdrawn, and then the feature is missing
}
BY_DIMENSION = {
    "social": "high",  # Directive (EU) 2023/2225, Art. 18(3): no social networks in an assessment of creditworthiness
    "device": "high",  # behaviour that nobody thinks of as an application
}
NOT_DECLARED = "not declared"

Build = Callable[[pd.DataFrame, np.ndarray], Scorecard]


def dimension_of(study: Study, feature: str) -> Dimension:
    """The dimension that the study declares for a candidate."""
    return (study.features[feature] if feature in study.features else study.columns[feature]).dimension


def dimension_table(
    study: Study,
    funnel: pd.DataFrame,
    build: Build,
    development: tuple[pd.DataFrame, pd.Series],
    judged: tuple[pd.DataFrame, pd.Series],
) -> pd.DataFrame:
    """One row a dimension: candidates, chosen, both readings of its AUC with interval, cost, missing share, privacy.

    `funnel` is what `select` gave; `build` makes a card from scratch on X and y (1 = bad); `development` and `judged`
    are X and y of two samples without a customer in common. `alone` is the AUC of a card of the dimension alone;
    `lost` the AUC of the full card less that of a card built without it, with DeLong's interval and `p_value`; the two
    choose among the candidates that `funnel` weighed beside each other. Where there is no AUC, `reason` says why: no
    candidate, no place earned alone, or nothing in the card that could be lost.
    """
    names = [str(name) for name in funnel["feature"]]
    chosen = set(funnel.loc[funnel["status"] == "kept", "feature"])
    weighed = [str(name) for name in funnel.loc[funnel["step"].isin(WEIGHED), "feature"]]
    full = _judged_pd(build, weighed, development, judged)
    rows = []
    for dimension in DIMENSIONS:
        mine = [name for name in names if dimension_of(study, name) == dimension]
        others = [name for name in weighed if name not in mine]
        alone, lost = _worth(build, mine, others, full, development, judged)
        rows.append(
            {
                "dimension": dimension,
                "candidates": len(mine),
                "chosen": len(chosen & set(mine)),
                "alone": alone.value,
                "alone_lower": alone.lower,
                "alone_upper": alone.upper,
                "lost": lost.value,
                "lost_lower": lost.lower,
                "lost_upper": lost.upper,
                "p_value": lost.p_value,
                "cost": cost(study, mine) if mine else None,
                "missing_share": float(development[0][mine].isna().to_numpy().mean()) if mine else None,
                "privacy": privacy(study, mine),
                "reason": "; ".join(dict.fromkeys(filter(None, (alone.reason, lost.reason)))),
            }
        )
    numbers = [name for name in rows[0] if name not in ("dimension", "privacy", "reason", "candidates", "chosen")]
    return pd.DataFrame(rows).astype(dict.fromkeys(numbers, float))


def cost(study: Study, features: list[str]) -> float:
    """What the tables behind some features cost an application; a table that two dimensions read counts in both."""
    return float(sum(table.cost for table in _tables(study, features)))


def privacy(study: Study, features: list[str]) -> str:
    """The most intrusive class of the sources of some features: public, low, medium or high, or not declared.

    >>> CLASSES
    ('public', 'low', 'medium', 'high')
    """
    if not features:
        return ""
    dimensions = {dimension_of(study, name) for name in features}
    found = {BY_DIMENSION[name] for name in dimensions if name in BY_DIMENSION}
    found |= {BY_BASIS.get(table.lawful_basis, NOT_DECLARED) for table in _tables(study, features)}
    known = [name for name in CLASSES if name in found]
    return known[-1] if known and (known[-1] == "high" or NOT_DECLARED not in found) else NOT_DECLARED


def _tables(study: Study, features: list[str]) -> list[TableSpec]:
    """The tables that some features are computed from."""
    read = {column for name in features for column in study.reads(name)} - {study.base.as_of}
    return [
        table
        for table in study.tables.values()
        if table.join != "outcome" and read & set(table.aggregates or table.columns) - {table.on, table.known_at}
    ]


def _worth(
    build: Build,
    mine: list[str],
    others: list[str],
    full: np.ndarray | None,
    development: tuple[pd.DataFrame, pd.Series],
    judged: tuple[pd.DataFrame, pd.Series],
) -> tuple[Estimate, Estimate]:
    """AUC alone and AUC lost without."""
    if not mine:
        return Estimate.missing(NO_CANDIDATE), Estimate.missing(NO_CANDIDATE)
    y = judged[1].to_numpy(int)
    own, rest = _judged_pd(build, mine, development, judged), _judged_pd(build, others, development, judged)
    alone = Estimate.missing(NO_PLACE) if own is None else auc(y, own)
    if full is None:
        return alone, Estimate.missing("the full card has no feature")
    if rest is not None and np.allclose(full, rest, rtol=0, atol=SAME):
        return alone, Estimate.missing(NOT_IN_CARD)
    nobody = np.full(len(y), 0.5)  # a card without any feature ranks nobody
    return alone, delong(y, full, nobody if rest is None else rest)


def _judged_pd(
    build: Build, names: list[str], development: tuple[pd.DataFrame, pd.Series], judged: tuple[pd.DataFrame, pd.Series]
) -> np.ndarray | None:
    """PDs on the judging sample of a card built from some candidates; None where none earns a place."""
    if not names:
        return None
    card = build(development[0][names], development[1].to_numpy(int))
    if isinstance(card, DummyClassifier):
        return None
    return card.predict_proba(judged[0][names])[:, 1]
