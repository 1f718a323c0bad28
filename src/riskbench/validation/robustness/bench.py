"""The bench: the champion, what it was built from, and cards built again from that in the same way.

A card that is built again keeps the champion's calibration line, its shrinkage and level: bins, choice and coefficients
are made anew, so that scores differ by those and by nothing else.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit

from riskbench.core.errors import NotEvaluated
from riskbench.data.samples import labelled
from riskbench.data.study import Study
from riskbench.metrics.arguments import Bools, Floats, lacks_a_class
from riskbench.scorecard.calibration.master_scale import grades
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.design import CardDesign, card_builder
from riskbench.scorecard.regression.separation import SeparationError

Rows = NDArray[np.int64]
NO_CUT_OFF = "the policy has no cut-off: it lends to nobody by the score, or to everybody"


@dataclass(frozen=True, eq=False)
class Rebuilt:
    """A card built again: `card` at the champion's line, None where no feature earned a place; on which `rows`.

    `rows` are positions, one named twice counts twice. `score` is the exact score of every application, larger is
    safer.
    """

    card: Scorecard | None
    rows: Rows
    score: Floats

    @property
    def features(self) -> tuple[str, ...]:
        """The features of the card, none where everybody has the bad rate."""
        return tuple(self.card.points_) if self.card else ()


@dataclass(frozen=True, eq=False)
class Bench:
    """A study, the design and the champion built by it, all applications, and the candidates in the same rows.

    `applications` has the columns customer, month ("" without dates), sample and y (1 bad, 0 good, NaN no label);
    `cut_off` is the score from which the policy lends, None where it has no such score.
    """

    study: Study
    design: CardDesign
    champion: Scorecard
    applications: pd.DataFrame
    candidates: pd.DataFrame
    cut_off: float | None = None

    @cached_property
    def y(self) -> Floats:
        """1 bad, 0 good, NaN without a label."""
        return self.applications["y"].to_numpy(float)

    @cached_property
    def developed(self) -> Bools:
        """The labelled applications of development, which the champion was built on."""
        return labelled(self.applications, "development").to_numpy()

    @cached_property
    def judging(self) -> Bools:
        """All applications of the holdout, labelled or not."""
        return self.applications["sample"].eq(self.study.holdout).to_numpy()

    @cached_property
    def judged(self) -> Bools:
        """The labelled applications of the holdout."""
        return self.judging & ~np.isnan(self.y)

    @cached_property
    def original(self) -> Rebuilt:
        """The champion itself, as if it had been built again."""
        return Rebuilt(self.champion, np.flatnonzero(self.developed), self.champion.exact_score(self.candidates))

    def grades(self, score: ArrayLike) -> NDArray[np.int64]:
        """The grade on the study's master scale that scores stand for, in their shape."""
        pd_ = self.champion.score_to_pd(score)
        return grades(pd_.ravel(), self.study.master_scale).reshape(pd_.shape)

    def rebuilt(
        self, rows: Rows, y: Floats | None = None, *, study: Study | None = None, design: CardDesign | None = None
    ) -> Rebuilt:
        """A card built on `rows`: binning, selection and fit, with other labels, limits or design where they are given.

        `y` has one label an application. Raises NotEvaluated where the labels of the rows are of one class, or where a
        feature parts the classes perfectly.
        """
        target = (self.y if y is None else y)[rows]
        if reason := lacks_a_class(target == 1):
            raise NotEvaluated(f"no card can be built: {reason}")
        build = card_builder(study or self.study, design or self.design)
        try:
            model = build(self.candidates.iloc[rows].reset_index(drop=True), target.astype(int))
        except SeparationError as error:
            raise NotEvaluated(f"no card can be built: {error}") from None
        intercept, slope = self.champion.correction_
        if isinstance(model, Scorecard):
            card = model.recalibrated(intercept, slope)
            return Rebuilt(card, rows, card.exact_score(self.candidates))
        level = intercept + slope * float(logit(target.mean()))
        score = self.champion.offset - self.champion.factor * level
        return Rebuilt(None, rows, np.full(len(self.y), score))
