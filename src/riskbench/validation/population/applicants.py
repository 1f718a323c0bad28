"""What this room may look at: all applications of a run, their bins, their scores and what the policy decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.core.thresholds import Thresholds
from riskbench.data.samples import labelled
from riskbench.data.study import Study
from riskbench.metrics.arguments import Bools
from riskbench.scorecard.bands import band_codes, band_edges
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.woe_binning import WoeBinning

NOT_BOOKED = "not_booked"


@dataclass(frozen=True, eq=False)
class Applicants:
    """The tables of one run, the same applications in the same order in each of them.

    `applications` has month, customer, sample, label, y and the columns of the study; `features` one column a
    candidate; `scores` pd (at the bad rate of the data), pd_applied and score; `decisions` action, rule and reason.
    `binning` holds the bins of every candidate, `card` those of its features.
    """

    study: Study
    applications: pd.DataFrame
    features: pd.DataFrame
    scores: pd.DataFrame
    decisions: pd.DataFrame
    binning: WoeBinning
    card: Scorecard

    @property
    def thresholds(self) -> Thresholds:
        """The limits in force."""
        return self.study.limits

    @property
    def sample(self) -> str:
        """The sample that judges the card."""
        return self.study.holdout

    @cached_property
    def developing(self) -> Bools:
        """Who stands in development, labelled or not."""
        return (self.applications["sample"] == "development").to_numpy()

    @cached_property
    def fitted(self) -> Bools:
        """Who of development has a label: those that the card was fitted on."""
        return labelled(self.applications, "development").to_numpy()

    @cached_property
    def judged(self) -> Bools:
        """Who stands in the holdout, labelled or not."""
        return (self.applications["sample"] == self.sample).to_numpy()

    @cached_property
    def booked(self) -> Bools:
        """Who became a loan."""
        return (self.applications["label"] != NOT_BOOKED).to_numpy()

    @cached_property
    def customers(self) -> NDArray[np.int64]:
        """A number for each customer in the order of the rows, which no pseudonym can change."""
        return pd.factorize(self.applications["customer"])[0]

    @cached_property
    def used(self) -> list[str]:
        """The features of the card, in its order."""
        return list(self.card.points_)

    @cached_property
    def bins(self) -> pd.DataFrame:
        """The bin of every feature of the card, by row."""
        return self.card.binning_.bins(self.features)

    def bands(self, count: int = 10) -> pd.DataFrame:
        """The band of every score, a table of one column `score`: 0 is the riskiest of `count` cut at development."""
        return band_codes(self.scores["score"], band_edges(self.scores.loc[self.developing, "score"], count))

    def halves(self, seed: int) -> Bools:
        """A half of all customers, drawn with `seed`: one who comes back never stands in both halves."""
        draw = np.random.default_rng(seed).random(int(self.customers.max()) + 1) < 0.5
        return draw[self.customers]


def largest(values: Mapping[str, float]) -> str:
    """The name of the value farthest from 0, the first of equals; raises ValueError where there is none.

    >>> largest({"income": 0.1, "age": -0.3})
    'age'
    """
    return max(values, key=lambda name: abs(values[name]))
