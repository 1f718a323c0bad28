"""The scores that a card gives to applications: one row each with its PDs, and how goods and bads lie over them."""

import numpy as np
import pandas as pd

from riskbench.data.oversampling import moved
from riskbench.scorecard.card import Scorecard

CARRIED = ["application", "month", "sample", "label", "y"]  # what every table of scores says of an application


def score_table(
    card: Scorecard, applications: pd.DataFrame, features: pd.DataFrame, shift: float = 0.0
) -> pd.DataFrame:
    """One row an application: pseudonym, month, sample, label, y, PDs and score.

    `pd` is at the bad rate of the data, to be compared with y; `pd_applied` is what the card says and the policy uses.
    They are one unless the card was moved by `shift` to the bad rate of the population.
    """
    inputs = features[list(card.points_)]
    applied = card.predict_proba(inputs)[:, 1]
    return applications[CARRIED].assign(pd=moved(applied, -shift), pd_applied=applied, score=card.points(inputs))


def score_distribution(scores: pd.DataFrame, width: int = 10) -> pd.DataFrame:
    """Goods and bads by band of `width` points: columns score (lower edge), good, bad. Only labelled rows count."""
    labelled = scores[scores["y"].notna()]
    lower = (labelled["score"] // width * width).astype(int)
    edges = np.arange(lower.min(), lower.max() + width, width)
    counts = {
        name: lower[labelled["y"] == value].value_counts().reindex(edges, fill_value=0).to_numpy()
        for name, value in (("good", 0), ("bad", 1))
    }
    return pd.DataFrame({"score": edges} | counts)
