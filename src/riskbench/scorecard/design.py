"""How a card is built from candidates: as its study declares, as its modeller chose, and each time anew the same way.

What builds a card once more (bootstrap, cross-validation, a card without a dimension) goes through `card_builder`, and
the champion through the same `fit_card`, so that what is judged is the way the champion was made.
"""

from collections.abc import Callable, Iterable
from typing import Any, Self

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict
from sklearn.dummy import DummyClassifier

from riskbench.data.study import Study
from riskbench.scorecard.card import NoFeatureError, Scorecard
from riskbench.scorecard.edits.edit import Edit
from riskbench.scorecard.selection import chosen, left_without_outcome, select
from riskbench.scorecard.woe_binning import WoeBinning


class BadRateAlone(DummyClassifier):
    """The model where no feature earns a place: everybody has the bad rate as PD, and nobody is ranked."""


Build = Callable[[pd.DataFrame, np.ndarray], Scorecard | BadRateAlone]  # a model from candidates and y (1 = bad)


class CardDesign(BaseModel):
    """What a modeller chose for a card, as it travels from the choice of features to whatever builds the card again.

    `max_bins` and `min_bin_share` are of `WoeBinning`; `method`, `keep` and `max_features` of `select`. `left_out`
    names columns that are no candidates at all, which nothing but their own distribution may decide, or labels would
    leak. `edits` fixed bins by hand.

    >>> CardDesign(max_bins=6).plain()["max_bins"]
    6
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bins: int = 8
    min_bin_share: float = 0.05
    method: str = "backward"
    keep: tuple[str, ...] = ()
    max_features: int | None = None
    left_out: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()

    def binning(self, study: Study, candidates: Iterable[str]) -> WoeBinning:
        """The unfitted binning of candidates, as the study declares it and this design limits it."""
        return declared_binning(study, candidates, max_bins=self.max_bins, min_bin_share=self.min_bin_share)

    def settled(self, funnel: pd.DataFrame, binning: WoeBinning) -> Self:
        """The design once features are chosen: with what left the funnel unseen by y, and the edits of the bins."""
        return self.model_copy(update={"left_out": tuple(left_without_outcome(funnel)), "edits": tuple(binning.edits_)})

    def plain(self) -> dict[str, Any]:
        """Plain data, ready for JSON; `CardDesign.model_validate` reads it back."""
        return self.model_dump(mode="json", exclude={"edits"}) | {"edits": [edit.plain() for edit in self.edits]}


def declared_binning(study: Study, features: Iterable[str], **parameters: Any) -> WoeBinning:
    """An unfitted `WoeBinning` for `features`, with the special values and trends that the study declares for them.

    `parameters` are those of `WoeBinning`, for example `max_bins`.
    """
    names = list(features)
    raw = {name: study.columns[name] for name in names if name in study.columns}
    declared = raw | {name: study.features[name] for name in names if name in study.features}
    return WoeBinning(
        special_values={name: values for name, values in study.special_values.items() if name in raw},
        trends={name: of.trend for name, of in declared.items() if of.trend != "auto"},
        **parameters,
    )


def fit_card(study: Study, binning: WoeBinning, X: pd.DataFrame, y: Any) -> Scorecard:
    """The card of the features in X (y: 1 = bad) on the bins of a fitted binning and the scale of the study.

    Its coefficients are held to the right sign: a feature kept by name that cannot keep it is left out, and told in
    `signs_`. Raises what `Scorecard.fit` raises, among it `NoFeatureError` where none can.
    """
    card = Scorecard(binning.restricted_to(X.columns), constrained=True, **study.scaling.model_dump())
    return card.fit(X, y)


def card_builder(study: Study, design: CardDesign | None = None) -> Build:
    """A function that builds a card from scratch: binning, selection and fit, as cross-validation needs it.

    Where no feature earns a place, which may happen on part of a weak sample, the model is the bad rate alone.

    Bins that the design's edits fixed by hand are not fitted again: the modeller's cuts and groups are taken as given,
    and only their WoE is counted anew. The choice itself was made on the whole sample, so what is estimated with the
    builder is a little too good for it.
    """
    asked = design or CardDesign()

    def build(X: pd.DataFrame, y: np.ndarray) -> Scorecard | BadRateAlone:
        candidates = X[[name for name in X if name not in asked.left_out]]
        if candidates.columns.empty:
            return BadRateAlone().fit(X, y)
        binning = asked.binning(study, candidates.columns).fit(candidates, y)
        binning.fix([edit for edit in asked.edits if edit.feature in candidates], candidates, y)
        keep = [name for name in asked.keep if name in candidates]
        funnel = select(
            candidates, y, binning, study.limits, method=asked.method, keep=keep, max_features=asked.max_features
        )
        try:
            features = chosen(funnel)
            return fit_card(study, binning, X[features], y) if features else BadRateAlone().fit(X, y)
        except NoFeatureError:
            return BadRateAlone().fit(X, y)

    return build
