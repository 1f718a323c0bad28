"""The changes that a search may make to a card, the most promising first.

What a feature carries of the gap between two groups is its slope times the difference of its mean WoE: the sum over the
features of a card is the difference of the groups' mean log odds. A change is proposed where the new part carries less,
and it ranks by the gap that it would take away for each unit of information value given up. That is a guess at what a
refit will show, made to order the work; nothing is judged by it. Another feature is proposed where its evidence still
points the right way once the old one is gone: else the refit would press it to 0, and the card would be the one without
either.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scipy.special import expit

from riskbench.metrics.arguments import Bools
from riskbench.scorecard.binning.division import Division
from riskbench.scorecard.edits.changes import merged
from riskbench.scorecard.regression.logit import Logit
from riskbench.validation.alternatives.workshop import Recipe, Workshop

Change = tuple[Recipe, tuple[str, Division] | None]  # the changed card, and what stands in the feature's place


@dataclass(frozen=True, eq=False)
class Guide:
    """Two groups of one attribute: those whose approval rates lie farthest apart, `low` and `high` mark their rows.

    `candidates` may take the place of a feature; `floor` is the information value that counts as next to nothing.
    """

    workshop: Workshop
    low: Bools
    high: Bools
    candidates: Sequence[str]
    floor: float
    _gaps: dict[tuple[str, Division], float] = field(default_factory=dict)

    def woe_gap(self, feature: str, division: Division) -> float:
        """Mean WoE of the group with the lowest approval rate less that of the group with the highest."""
        key = (feature, division)
        if key not in self._gaps:
            column = self.workshop.woe(feature, division)
            self._gaps[key] = float(column[self.low].mean() - column[self.high].mean())
        return self._gaps[key]

    def carried(self, recipe: Recipe, logit: Logit) -> dict[str, float]:
        """By feature its part of the gap in mean log odds of bad, above 0 where it is to the low group's harm."""
        slopes = dict(zip(logit.names, logit.slopes.tolist(), strict=True))
        return {n: slopes.get(n, 0.0) * self.woe_gap(n, division) for n, division in recipe.divisions.items()}

    def proposals(self, recipe: Recipe, logit: Logit) -> list[tuple[float, Recipe]]:
        """Changed cards with their promise, the most promising first; ties in the order of names."""
        slopes = dict(zip(logit.names, logit.slopes.tolist(), strict=True))
        found = []
        for name, carried in self.carried(recipe, logit).items():
            if carried <= 0:
                continue
            iv = self.workshop.bins(name, recipe.divisions[name]).iv
            for changed, other in self._changes(recipe, name, self._adding(recipe, logit, name)):
                instead = 0.0 if other is None else slopes[name] * self.woe_gap(*other)
                lost = iv - (0.0 if other is None else self.workshop.bins(*other).iv)
                if instead < carried:
                    found.append(((carried - abs(instead)) / max(lost, self.floor), changed))
        return sorted((pair for pair in found if pair[0] > 0), key=lambda pair: -pair[0])

    def _adding(self, recipe: Recipe, logit: Logit, name: str) -> list[str]:
        """The candidates that would lower the PD of goods more than that of bads if a feature went.

        That is the gradient of the likelihood where the feature stands at its mean and all else stays.
        """
        shop = self.workshop
        rows = shop.fitted_on
        column = shop.woe(name, recipe.divisions[name])[rows]
        slope = logit.slopes[logit.names.index(name)]
        log_odds = shop.risk(recipe, logit, rows) - slope * (column - column.mean())
        residual = expit(log_odds) - shop.y[rows]
        outside = [other for other in self.candidates if other not in recipe.divisions]
        return [n for n in outside if shop.woe(n, shop.binning.features_[n].division)[rows] @ residual > 0]

    def _changes(self, recipe: Recipe, name: str, others: Sequence[str]) -> Iterator[Change]:
        """The card without a feature, with another in its place, and with two neighbouring bins of it as one."""
        without, division = recipe.without(name), recipe.divisions[name]
        if without.parts:
            yield without, None
        for other in others:
            part = other, self.workshop.binning.features_[other].division
            yield without.having(*part), part
        for i in range(division.size - 1 if division.size > 2 else 0):
            fewer = merged(division, [i, i + 1])
            yield recipe.having(name, fewer), (name, fewer)
