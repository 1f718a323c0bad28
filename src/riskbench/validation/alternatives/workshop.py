"""The workshop: the champion with a change, refitted as `fit_card` fits it.

A card is a recipe: its features, each with the division of its values. The bins of a feature are counted on the
labelled development sample, and their WoE depends on no other feature; so a card without a feature, with another one or
with bins merged is exactly the logit on the columns of the recipe, held to the right signs. What is not done again is
the choice among all candidates, nor shrinkage and level: those two move no one past another, and all cards are compared
at equal approval.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from riskbench.data.counts import count_by
from riskbench.metrics.arguments import Bools, Floats
from riskbench.scorecard.binning.bins import FeatureBins
from riskbench.scorecard.binning.dividing import divided
from riskbench.scorecard.binning.division import Division
from riskbench.scorecard.regression.logit import Logit, fit_logit
from riskbench.scorecard.regression.signs import fit_signed
from riskbench.scorecard.woe_binning import WoeBinning


@dataclass(frozen=True)
class Recipe:
    """The features of a card and how each is divided; equal whatever their order."""

    parts: frozenset[tuple[str, Division]]

    @classmethod
    def of(cls, divisions: dict[str, Division]) -> "Recipe":
        """The recipe of features with these divisions."""
        return cls(frozenset(divisions.items()))

    @property
    def divisions(self) -> dict[str, Division]:
        """The division of each feature, by name."""
        return dict(sorted(self.parts, key=lambda part: part[0]))

    def without(self, feature: str) -> "Recipe":
        """The same card without a feature."""
        return Recipe(frozenset(part for part in self.parts if part[0] != feature))

    def having(self, feature: str, division: Division) -> "Recipe":
        """The same card with a feature, divided so."""
        return Recipe(self.without(feature).parts | {(feature, division)})


@dataclass(frozen=True, eq=False)
class Workshop:
    """Refits cards on the labelled rows of development and ranks everybody.

    `X` holds the candidates that may enter, one row an application; `y` is 1 = bad, NaN without a label; `development`
    marks the rows that cards are fitted on, as far as they have a label. `binning` has the bins of all columns of `X`,
    fitted on those rows.
    """

    binning: WoeBinning
    X: pd.DataFrame
    y: Floats
    development: Bools
    _bins: dict[tuple[str, Division], FeatureBins] = field(default_factory=dict)
    _columns: dict[tuple[str, Division], Floats] = field(default_factory=dict)

    @property
    def fitted_on(self) -> Bools:
        """The rows that cards are fitted on."""
        return self.development & ~np.isnan(self.y)

    def recipe(self, features: Iterable[str]) -> Recipe:
        """The card of these features with the bins that the binning gave them."""
        return Recipe.of({name: self.binning.features_[name].division for name in features})

    def bins(self, feature: str, division: Division) -> FeatureBins:
        """The bins of a feature for a division of its values that is no finer than that of the binning."""
        key = (feature, division)
        if key not in self._bins:
            whole = self.binning.features_[feature]
            self._bins[key] = whole if division == whole.division else self._merged(whole, division)
        return self._bins[key]

    def woe(self, feature: str, division: Division) -> Floats:
        """The WoE of every row."""
        key = (feature, division)
        if key not in self._columns:
            bins = self.bins(feature, division)
            self._columns[key] = bins.take(self.X[feature], bins.woe)
        return self._columns[key]

    def frame(self, recipe: Recipe, rows: Bools) -> pd.DataFrame:
        """The WoE of some rows, one column a feature."""
        return pd.DataFrame({name: self.woe(name, division)[rows] for name, division in recipe.divisions.items()})

    def told(self, recipe: Recipe, champion: Recipe) -> str:
        """What makes a card another than the champion, in words."""
        now, before = recipe.divisions, champion.divisions
        gone, come = ([name for name in a if name not in b] for a, b in ((before, now), (now, before)))
        told = [f"{', '.join(come)} in place of {', '.join(gone)}"] if gone and come else []
        told += [f"without {', '.join(gone)}"] if gone and not come else []
        told += [f"{', '.join(come)} added"] if come and not gone else []
        for name, division in now.items():
            usual = self.binning.features_[name].division.labels
            if joined := [label for label in division.labels if label not in usual]:
                told.append(f"of {name} one bin{'' if len(joined) == 1 else ' each'}: {'; '.join(joined)}")
        return "; ".join(told) or "the champion"

    def fit(self, recipe: Recipe) -> Logit | None:
        """The logit of a recipe, no slope above 0; None where it has no fit or no feature keeps its sign."""
        if not recipe.parts:
            return None
        W, y = self.frame(recipe, self.fitted_on), self.y[self.fitted_on]
        try:
            free = fit_logit(W, y)
            # with every sign right, the free fit is the constrained one
            found = free if (free.slopes <= 0).all() else fit_signed(W, y).logit
        except ValueError:  # separated classes, or columns that repeat each other
            return None
        return found if found.names else None

    def risk(self, recipe: Recipe, logit: Logit, rows: Bools) -> Floats:
        """Log odds of bad of some rows."""
        divisions = recipe.divisions
        parts = [b * self.woe(name, divisions[name])[rows] for name, b in zip(logit.names, logit.slopes, strict=True)]
        return logit.intercept + np.sum(parts, axis=0)

    def _merged(self, whole: FeatureBins, division: Division) -> FeatureBins:
        rows, specials = self.fitted_on, whole.coding.specials
        fine = whole.division.coding(specials)
        counts = count_by(fine, self.X.loc[rows, whole.name], self.y[rows].astype(int))
        return divided(whole.name, division, counts, self.binning.terms(whole.name, counts))
