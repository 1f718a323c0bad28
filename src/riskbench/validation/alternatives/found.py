"""What a search found, judged on the holdout: which cards are put forward, and how they differ from the champion.

Cards are put forward by their figures on development, so that the holdout judges a choice that it had no part in: the
gain of the best of many cards on the sample that chose it is mostly luck, the winner's curse. Differences to the
champion are paired: every resample of customers counts for both cards, at equal approval.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import LEVEL, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.arguments import Floats
from riskbench.metrics.intervals import require_resamples
from riskbench.validation.alternatives.applicants import DEVELOPMENT, Applicants
from riskbench.validation.alternatives.measures import Yardstick
from riskbench.validation.alternatives.search import Effort, Search, Tried
from riskbench.validation.alternatives.workshop import Recipe, Workshop


@dataclass(frozen=True, eq=False)
class Nominee:
    """A card put forward for an attribute; equal cards bear one `number`, from 1."""

    number: int
    attribute: str
    tried: Tried
    change: str


@dataclass(frozen=True, eq=False)
class Found:
    """A search and its judgement, made when asked for.

    `candidates` may take a feature's place; `factor` is the points of one unit of log odds; `replicates` and `seed` are
    of the resamples. Whatever is asked raises `NotEvaluated` where groups cannot be compared or the card cannot be
    changed.
    """

    applicants: Applicants
    workshop: Workshop
    champion: Recipe
    candidates: Sequence[str]
    factor: float = 1.0
    effort: Effort = field(default_factory=Effort)
    replicates: int = 300
    seed: int = 0

    def __post_init__(self) -> None:
        require_resamples(self.replicates)

    @property
    def thresholds(self) -> Thresholds:
        """The limits in force."""
        return self.applicants.thresholds

    @cached_property
    def search(self) -> Search:
        """The search on development."""
        if reason := self.applicants.why_not():
            raise NotEvaluated(reason)
        yardstick = Yardstick(self.applicants.judged(DEVELOPMENT), self._enough)
        tolerance, floor = (self.thresholds[key].bound for key in ("alternatives.auc_lost", "features.iv_floor"))
        return Search(self.workshop, yardstick, tuple(self.candidates), tolerance, floor)

    @cached_property
    def tried(self) -> list[Tried]:
        """All cards tried, the champion first."""
        return self.search.run(self.champion, self.effort)

    @cached_property
    def yardstick(self) -> Yardstick:
        """What measures on the holdout."""
        if reason := self.applicants.why_not():
            raise NotEvaluated(reason)
        return Yardstick(self.applicants.judged(self.applicants.holdout), self._enough)

    @cached_property
    def on_holdout(self) -> Floats:
        """The figures of all cards tried on the holdout, one row a card."""
        return np.concatenate([self.yardstick.of_risk(self.risk(tried)) for tried in self.tried])

    @cached_property
    def counted(self) -> NDArray[np.int16]:
        """How often each application of the holdout counts: once, and below it in each resample of customers."""
        customer = self.yardstick.judged.customer
        n = int(customer.max()) + 1
        draws = np.random.default_rng(self.seed).multinomial(n, np.full(n, 1 / n), size=self.replicates)
        return np.concatenate([np.ones((1, n)), draws]).astype(np.int16)[:, customer]

    @cached_property
    def nominees(self) -> list[Nominee]:
        """The cards put forward: by attribute that of the smallest gap, and that of the smallest gap by one change."""
        champion, names = self.tried[0], self.search.yardstick
        auc, numbers = names.place("auc"), dict[Recipe, int]()
        chosen: list[Nominee] = []
        usable = [of for of in self.tried[1:] if champion.figures[auc] - of.figures[auc] <= self.search.tolerance]
        for attribute in names.judged.groups:
            at = names.place("approval_gap", attribute)
            smaller = [of for of in usable if of.figures[at] < champion.figures[at]]
            for some in (smaller, [of for of in smaller if of.changes == 1]):
                best = min(some, key=lambda of: of.figures[at], default=None)
                if best is not None and (attribute, best.recipe) not in [(n.attribute, n.tried.recipe) for n in chosen]:
                    number = numbers.setdefault(best.recipe, len(numbers) + 1)
                    chosen.append(Nominee(number, attribute, best, self.workshop.told(best.recipe, champion.recipe)))
        return chosen

    @cached_property
    def widest(self) -> str:
        """The attribute whose groups the champion treats most unlike on development."""
        names, champion = self.search.yardstick, self.tried[0]
        return max(names.judged.groups, key=lambda of: champion.figures[names.place("approval_gap", of)])

    @property
    def small_print(self) -> str:
        """Who is compared at what rate, as sentences that stand under a table."""
        rate = self.yardstick.judged.share
        return (
            f"{self.applicants.limits_told} All cards approve {rate:.1%} of the holdout, as the policy does. Intervals "
            f"are of {self.replicates} resamples of customers; near 0 that of a gap lies too high, as it is never less."
        )

    @staticmethod
    def told(attribute: str) -> str:
        """An attribute as a page writes it."""
        return attribute.replace("_", " ")

    def risk(self, tried: Tried) -> Floats:
        """Log odds of bad on the holdout."""
        return self.workshop.risk(tried.recipe, tried.logit, self.yardstick.judged.rows)

    def level(self, tried: Tried, statistic: str, attribute: str = "") -> Estimate:
        """A figure of a card on the holdout."""
        return self.estimate(self._resampled(tried), statistic, attribute)

    def difference(self, tried: Tried, statistic: str, attribute: str = "") -> Estimate:
        """A figure of a card on the holdout less that of the champion, paired."""
        return self.estimate(self._resampled(tried) - self._resampled(self.tried[0]), statistic, attribute)

    def estimate(self, figures: Floats, statistic: str, attribute: str = "") -> Estimate:
        """One of the figures of a `Yardstick`: its value in the first row, a resample in each other.

        The percentile interval is widened to hold the value; p is of H0: it is 0, with the resamples' standard error.
        """
        value, *others = figures[:, self.yardstick.place(statistic, attribute)]
        n = len(self.yardstick.judged.y)
        method = f"percentile interval of {len(others)} resamples of customers"
        if np.isnan(value):
            return Estimate.missing("fewer than two groups have enough labelled good applications", n, method)
        drawn = np.array(others)[~np.isnan(others)]
        if not len(drawn):
            return Estimate(float(value), n=n, method="no interval: no resample gave a value")
        lower, upper = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        error = sqrt(float(drawn.var()))
        z = float(value) / error if error else None
        p = float(2 * ndtr(-abs(z))) if z is not None else float(value == 0)
        return Estimate(
            float(value), min(float(lower), float(value)), max(float(upper), float(value)), LEVEL, n, method, z, p
        )

    @property
    def _enough(self) -> int:
        return int(self.thresholds["fairness.group_cases"].bound)

    def at(self, tried: Tried, share: float) -> Floats:
        """The figures of a card at another approval rate: the value in the first row, a resample in each other."""
        return self.yardstick.of_risk(self.risk(tried), self.counted, share)

    @cached_property
    def _known(self) -> dict[Recipe, Floats]:
        return {}

    def _resampled(self, tried: Tried) -> Floats:
        """The figures of a card on the holdout, and below them those of each resample."""
        if tried.recipe not in self._known:
            self._known[tried.recipe] = self.yardstick.of_risk(self.risk(tried), self.counted)
        return self._known[tried.recipe]
