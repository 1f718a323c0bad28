"""Ways to choose among candidates beside each other, declared in the table at the bottom.

Each reads one approximation of the likelihood, in which every candidate is a column. A method gives the columns it
chooses, and for each of the others the likelihood ratio or the place on the path that it left with. What a coefficient
of the wrong sign means is the same for all: the column gets no place.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc, chdtri
from sklearn.linear_model import lars_path_gram

from riskbench.scorecard.selection.quadratic import Floats, Quadratic

Why = dict[int, str]

WRONG_SIGN = "wrong sign beside the others: coefficient {:+.3f}, which must not be positive on WoE"
NOT_SIGNIFICANT = "not significant beside the others: p {:.3f}, over {:g}"


@dataclass(frozen=True)
class ChoiceRule:
    """What a method must respect: a p-value, how many columns at most, and columns that stay."""

    p_value: float
    most: int | None = None
    stay: frozenset[int] = frozenset()


@dataclass
class Choice:
    """The columns chosen, and why others are not; `rank` is the order of entry, where a method has one."""

    chosen: list[int]
    why: Why
    rank: dict[int, int] = field(default_factory=dict)


def backward(q: Quadratic, rule: ChoiceRule) -> Choice:
    """From all columns with their signs held, the one that costs least leaves, until each is worth its place."""
    alive, why, enough = list(range(len(q.names))), Why(), float(chdtri(1, rule.p_value))
    while True:
        b = q.optimum(alive)
        losses = {j: loss for j, loss in q.losses(b).items() if j not in rule.stay}
        used = set(np.flatnonzero(b).tolist()) | rule.stay
        weakest = min(losses, key=lambda j: losses[j], default=None)
        crowded = rule.most is not None and len(used) > rule.most
        if weakest is None or (losses[weakest] >= enough and not crowded):
            return Choice(sorted(used), why)
        why[weakest] = _too_weak(losses[weakest], rule, enough)
        alive.remove(weakest)


def forward(q: Quadratic, rule: ChoiceRule) -> Choice:
    """From nothing, the column that gains most enters while the Bayesian information criterion falls (Schwarz 1978)."""
    price = float(np.log(q.n))
    return _enter(q, rule, price, 0.0, f"the likelihood ratio it adds, {{gain:.1f}}, is under the {price:.1f} of BIC")


def stepwise(q: Quadratic, rule: ChoiceRule) -> Choice:
    """As forward, by the likelihood-ratio test at the p-value; a column that is not worth it any more leaves again."""
    enough = float(chdtri(1, rule.p_value))
    return _enter(q, rule, enough, enough, f"not significant when it could enter: p {{p:.3f}}, over {rule.p_value:g}")


def lasso(q: Quadratic, rule: ChoiceRule) -> Choice:
    """The columns in use on the L1 path, signs held, where the Bayesian information criterion of their refit is least.

    Refitted without penalty, as the card is (relaxed lasso; Meinshausen, Computational Statistics and Data Analysis 52,
    2007).
    """
    scale = 1 / np.sqrt(np.diag(q.information))  # coefficients in standard errors, as if alone
    gram = q.information * np.outer(scale, scale)
    target = -(q.information @ q.best) * scale
    *_, path = lars_path_gram(target, gram, n_samples=q.n, method="lasso", positive=True)
    rank = _ranks(path)
    best, least = np.zeros(len(q.best)), np.inf
    for knot in path.T:
        b = q.optimum(sorted({*np.flatnonzero(knot).tolist(), *rule.stay}))
        size = int(np.count_nonzero(b))
        criterion = q.lost(b) + np.log(q.n) * size
        if criterion < least and (rule.most is None or size <= rule.most):
            best, least = b, criterion
    inside = set(np.flatnonzero(best).tolist()) | rule.stay
    why = {
        j: f"on the L1 path it is number {rank[j]} to enter, after the penalty that BIC chooses ({len(inside)} in use)"
        for j in rank
        if j not in inside
    }
    return Choice(sorted(inside), why, rank)


def wrong_sign(q: Quadratic, chosen: list[int]) -> Why:
    """The columns that would have the wrong sign beside those chosen."""
    beside = q.additions(q.optimum(chosen))
    return {j: WRONG_SIGN.format(b) for j, (b, _) in beside.items() if b > 0 and j not in chosen}


def _enter(q: Quadratic, rule: ChoiceRule, price: float, keep: float, told: str) -> Choice:
    chosen, rank = sorted(rule.stay), dict[int, int]()
    last = np.inf
    while True:
        b = q.optimum(chosen)
        dropped = [j for j in chosen if j not in rule.stay and q.losses(b).get(j, 0.0) < keep]
        if dropped:
            chosen = [j for j in chosen if j not in dropped]
            b = q.optimum(chosen)
        gains = {j: gain for j, (slope, gain) in q.additions(b).items() if slope < 0 and j not in chosen}
        best = max(gains, key=lambda j: gains[j], default=None)
        lost = q.lost(b)
        full = rule.most is not None and len(chosen) >= rule.most
        if best is None or gains[best] <= price or full or lost >= last:  # the last: no circle
            used = set(np.flatnonzero(b).tolist()) | rule.stay
            why = {j: told.format(gain=g, p=chdtrc(1, g)) for j, g in gains.items() if g <= price}
            why |= {j: f"at most {rule.most} may remain" for j, g in gains.items() if g > price}
            return Choice(sorted(used), why, rank)
        last = lost
        rank.setdefault(best, len(rank) + 1)
        chosen = sorted({*chosen, best})


def _ranks(path: Floats) -> dict[int, int]:
    """The order in which columns first enter a path; those that never do have none."""
    first = {j: int(np.argmax(row > 0)) for j, row in enumerate(path) if (row > 0).any()}
    return {j: place for place, j in enumerate(sorted(first, key=lambda j: first[j]), start=1)}


def _too_weak(loss: float, rule: ChoiceRule, enough: float) -> str:
    if loss < enough:
        return NOT_SIGNIFICANT.format(chdtrc(1, loss), rule.p_value)
    return f"the weakest beside the others (likelihood ratio {loss:.1f}) where at most {rule.most} may remain"


class Method(NamedTuple):
    """What a method is called, and how it chooses."""

    title: str
    choose: Callable[[Quadratic, ChoiceRule], Choice]


METHODS = {
    "backward": Method("backward elimination by the likelihood ratio", backward),
    "forward": Method("forward selection by BIC", forward),
    "stepwise": Method("stepwise selection by the likelihood ratio", stepwise),
    "lasso": Method("L1 path (lasso), penalty chosen by BIC", lasso),
}
