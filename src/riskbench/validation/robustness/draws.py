"""Other draws of the cases that a card is built on: bootstrap, other splits, parts. A customer is drawn whole.

Draws on which no card can be built are left out: whoever reads the builds says how many there are. Customers are
numbered in the order of the applications, never by their pseudonyms, whose key no figure may hang on.
"""

from collections.abc import Iterable
from contextlib import suppress

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.data.samples import hash_shares
from riskbench.metrics.arguments import Bools
from riskbench.validation.robustness.bench import Bench, Rebuilt, Rows


def bootstrap(bench: Bench, builds: int, seed: int = 0) -> list[Rebuilt]:
    """Cards built on `builds` bootstrap samples of the development sample, at least two.

    As many customers as it has are drawn with replacement, each with all of its applications.
    """
    if builds < 2:
        raise ValueError(f"builds must be at least 2, got {builds}")
    groups = _by_customer(bench, bench.developed)
    return _built(bench, (_drawn(groups, np.random.default_rng([seed, draw])) for draw in range(builds)))


def other_splits(bench: Bench, splits: int) -> list[Rebuilt]:
    """Cards built on other splits into development and test: the study's hash of the customer, with other salts.

    `splits` may be 0. The period of development stays.
    """
    if splits < 0:
        raise ValueError(f"splits must be 0 or more, got {splits}")
    pool = bench.applications["sample"].isin(["development", "test"]).to_numpy() & ~np.isnan(bench.y)
    number = pd.Series(pd.factorize(bench.applications["customer"])[0])
    own = bench.study.samples
    draws = (hash_shares(number, f"{own.salt}, other {split}") for split in range(1, splits + 1))
    return _built(bench, (np.flatnonzero(pool & (share >= own.test_share)) for share in draws))


def parts(bench: Bench, share: float, draws: int, seed: int = 0) -> list[Rebuilt]:
    """Cards built on `draws` parts of the development sample, each with a `share`, in (0, 1), of its customers.

    Customers are drawn without replacement. The spread over halves is that over whole samples of the size of
    development, as for the jackknife that leaves out half (Shao and Wu, Annals of Statistics 17, 1989), and no customer
    counts twice.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie in (0, 1), got {share:g}")
    if draws < 0:
        raise ValueError(f"draws must be 0 or more, got {draws}")
    groups = _by_customer(bench, bench.developed)
    many = max(1, round(share * len(groups)))
    orders = (np.random.default_rng([seed, round(1e6 * share), draw]).permutation(len(groups)) for draw in range(draws))
    return _built(bench, (np.sort(np.concatenate([groups[i] for i in order[:many]])) for order in orders))


def _built(bench: Bench, drawn: Iterable[Rows]) -> list[Rebuilt]:
    """A card on each draw; those on which none can be built, for lack of cases of a class, are left out."""
    found = []
    for rows in drawn:
        with suppress(NotEvaluated):
            found.append(bench.rebuilt(rows))
    return found


def _by_customer(bench: Bench, which: Bools) -> list[Rows]:
    """The positions of the rows of each customer, in the order in which customers appear."""
    rows = np.flatnonzero(which)
    number = pd.factorize(bench.applications["customer"].to_numpy()[rows])[0]
    order = np.argsort(number, kind="stable")
    return np.split(rows[order], np.flatnonzero(np.diff(number[order])) + 1)


def _drawn(groups: list[Rows], rng: np.random.Generator) -> Rows:
    return np.concatenate([groups[i] for i in rng.integers(0, len(groups), len(groups))])
