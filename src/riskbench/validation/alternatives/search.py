"""The search: cards near the champion are refitted, a beam at a time, for each attribute in turn.

From the champion, and then from the few best cards found so far, the most promising changes are refitted; a card goes
on where it loses no more AUC than tolerated and has the smallest approval gap. Everything here is measured on the
development sample. It flatters larger cards a little, so that what a change costs is overstated for a feature left out
and understated for one put in; the holdout, which the search never sees, has the last word.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np

from riskbench.core.errors import NotEvaluated
from riskbench.metrics.arguments import Floats
from riskbench.scorecard.regression.logit import Logit
from riskbench.validation.alternatives.measures import Yardstick
from riskbench.validation.alternatives.moves import Guide
from riskbench.validation.alternatives.workshop import Recipe, Workshop

NO_CHANGE = "no feature left out or swapped and no bins merged promise a smaller gap"


@dataclass(frozen=True)
class Effort:
    """How far to search: `budget` cards refitted over all attributes; `beam` cards kept a step; `steps` changes."""

    budget: int = 240
    beam: int = 4
    steps: int = 3

    def __post_init__(self) -> None:
        """Raise ValueError where there is nothing to spend."""
        for name in ("budget", "beam", "steps"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")


@dataclass(frozen=True, eq=False)
class Tried:
    """A card that was refitted: how many changes it is from the champion, its logit and its figures on development.

    `recipe` holds the features that kept their sign.
    """

    recipe: Recipe
    changes: int
    logit: Logit
    figures: Floats


@dataclass(frozen=True, eq=False)
class Search:
    """What a search needs: where cards are made, how they are measured, what may be swapped in, how much to lose.

    `yardstick` measures on development; `tolerance` is the AUC that an alternative may lose; `floor` see `Guide`.
    """

    workshop: Workshop
    yardstick: Yardstick
    candidates: tuple[str, ...]
    tolerance: float
    floor: float

    def run(self, champion: Recipe, effort: Effort) -> list[Tried]:
        """All cards tried, the champion first; cards of no fit are counted against the budget and left out.

        Raises `NotEvaluated` where the champion has no fit or no change promises a smaller gap.
        """
        first = self._tried(champion, 0)
        if first is None:
            raise NotEvaluated("the champion has no fit on the development sample")
        pool: dict[Recipe, Tried | None] = {champion: first}
        attributes = list(self.yardstick.judged.groups)
        for turn, attribute in enumerate(attributes, start=1):
            self._search(attribute, pool, effort, 1 + ceil(effort.budget * turn / len(attributes)))
        # the earliest of equal cards is kept
        found = {tried.recipe: tried for tried in reversed(pool.values()) if tried is not None}
        if len(found) == 1:
            raise NotEvaluated(NO_CHANGE)
        return list(reversed(found.values()))

    def guide(self, attribute: str, champion: Tried) -> Guide:
        """The guide of an attribute, by the two groups whose approval rates under the champion lie farthest apart."""
        judged = self.yardstick.judged
        rates = self.yardstick.approval_rates(self._risk(champion.recipe, champion.logit), attribute)
        codes = np.full(len(judged.rows), -1)
        codes[judged.rows] = judged.groups[attribute]
        low, high = codes == rates.argmin(), codes == rates.argmax()
        return Guide(self.workshop, low, high, self.candidates, self.floor)

    def _search(self, attribute: str, pool: dict[Recipe, Tried | None], effort: Effort, until: int) -> None:
        """Fill the pool up to a number of cards, for the gap of one attribute."""
        champion = next(iter(pool.values()))
        if champion is None:
            return
        guide, beam = self.guide(attribute, champion), [champion]
        spent = len(pool)
        for step in range(1, effort.steps + 1):
            most = spent + ceil((until - spent) * step / effort.steps)
            promised = [(promise, changed) for of in beam for promise, changed in guide.proposals(of.recipe, of.logit)]
            reached = []
            for _, recipe in sorted(promised, key=lambda pair: -pair[0]):
                if recipe not in pool and len(pool) < most:
                    pool[recipe] = self._tried(recipe, step)
                reached.append(pool.get(recipe))
            better = {of.recipe: of for of in reached if of is not None and self._tolerable(of, champion)}
            beam = sorted(better.values(), key=lambda of: self._gap(of, attribute))[: effort.beam]

    def _tried(self, recipe: Recipe, changes: int) -> Tried | None:
        logit = self.workshop.fit(recipe)
        if logit is None:
            return None
        kept = Recipe(frozenset(part for part in recipe.parts if part[0] in logit.names))
        return Tried(kept, changes, logit, self.yardstick.of_risk(self._risk(kept, logit))[0])

    def _risk(self, recipe: Recipe, logit: Logit) -> Floats:
        return self.workshop.risk(recipe, logit, self.yardstick.judged.rows)

    def _tolerable(self, tried: Tried, champion: Tried) -> bool:
        auc = self.yardstick.place("auc")
        return bool(champion.figures[auc] - tried.figures[auc] <= self.tolerance)

    def _gap(self, tried: Tried, attribute: str) -> float:
        return float(tried.figures[self.yardstick.place("approval_gap", attribute)])
