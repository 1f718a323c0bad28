"""Parts of a portfolio from one group-by: how many they are, how bad, what is lent to them and what they earn."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from ibis.expr.types import Table

from riskbench.data.oversampling import moved
from riskbench.data.sums import Sums, Term, frame_sums, table_sums
from riskbench.decision.policy.economics import Economics
from riskbench.decision.policy.section import LENDING
from riskbench.metrics.arguments import Floats
from riskbench.metrics.intervals import wilson_bounds

W, P, L = "weight", "pd", "lent"
TERMS: tuple[Term, ...] = (
    (W,),
    (W, P),
    (W, L),
    (W, P, L),
    (W, "lends"),
    ("known",),
    ("y",),
    ("known", W),
    ("known", W, P),
)


def part_sums(applications: pd.DataFrame, by: Sequence[str]) -> Sums:
    """The sums of each part of some applications: `action`, `pd`, `lent`, `y` and, where they differ, `weight`.

    `by` names the columns that make the parts; `lent` is 0 where nothing is lent, `y` missing where nothing is known.
    """
    marked = applications.assign(lends=applications["action"].isin(LENDING), known=applications["y"].notna())
    return frame_sums(marked, by, TERMS, ones=[W])


def part_sums_of_table(applications: Table, by: Sequence[str]) -> Sums:
    """The same sums of an Ibis table with these columns, of any size."""
    lends, known = applications["action"].isin(LENDING), applications["y"].notnull()
    marked = applications.mutate(lends=lends.cast("int8"), known=known.cast("int8"))
    return table_sums(marked, by, TERMS, ones=[W])


def parts_table(sums: Sums, economics: Economics, shift: float = 0.0) -> pd.DataFrame:
    """One row a part, with its keys, and what it comes to.

    `n`, `share` of all applications, `mean_pd`, `n_labelled`, `expected_bad_rate` (mean PD of the labelled, to compare
    with) `observed_bad_rate` and its 95 % interval `lower`, `upper`, `amount` lent and `expected_profit`. `shift` is
    what the population's log odds of bad lie above those of the data, see `data/oversampling.py`.
    """
    known, weight, e = sums.of("known"), sums.of(W), economics
    rate = _over(sums.of("y"), known)
    observed, lower, upper = (moved(x, shift) for x in (rate, *wilson_bounds(rate, known)))
    profit = e.net_margin * sums.of(W, L) - (e.net_margin + e.lgd) * sums.of(W, P, L)
    profit -= e.cost_per_account * sums.of(W, "lends") + e.cost_per_application * weight
    columns = {
        "n": sums.of().astype(int),
        "share": weight / weight.sum(),
        "mean_pd": _over(sums.of(W, P), weight),
        "n_labelled": known.astype(int),
        "expected_bad_rate": _over(sums.of(W, "known", P), sums.of(W, "known")),
        "observed_bad_rate": observed,
        "lower": lower,
        "upper": upper,
        "amount": sums.of(W, L),
        "expected_profit": profit,
    }
    return pd.concat([sums.keys.reset_index(drop=True), pd.DataFrame(columns)], axis=1)


def with_every_part(table: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """The rows of `parts`, in their order; a part of nobody counts 0 and has no rates."""
    whole = parts.merge(table, on=list(parts), how="left")
    counted = ["n", "share", "n_labelled", "amount", "expected_profit"]
    filled = whole.assign(**{name: whole[name].fillna(0) for name in counted})
    return filled.astype({"n": int, "n_labelled": int})


def _over(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
