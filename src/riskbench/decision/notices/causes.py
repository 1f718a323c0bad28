"""What each part of a policy that can decide reads, and whether the values of an application show that it did.

The second is worked out here from the policy's sections, value by value, and not by what decides: two who read the same
policy must come to the same.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from riskbench.decision.decide import COMPARE
from riskbench.decision.meaning.policy import CAP, PRICE, SMALLEST
from riskbench.decision.meaning.reads import AGE
from riskbench.decision.policy.grids import Grid, LimitTable
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.rules import Rule
from riskbench.metrics.arguments import Bools, Floats

AMOUNT = "amount"  # what a customer is told of where a limit binds that reads nothing else
CALLED = {AMOUNT: "Amount asked for"}


def factors(policy: Policy) -> dict[str, tuple[str, ...]]:
    """What is told of, by the name of what decided: variables, the source of old data, or the amount asked for."""
    return {
        **{rule.name: rule.variables for rule in policy.rules},
        **{item.name: (item.source,) for item in policy.freshness},
        **{table.name: table.variables or (AMOUNT,) for table in policy.limits},
        **({PRICE: policy.price.variables} if policy.price else {}),
        CAP: (AMOUNT,),
        SMALLEST: (AMOUNT,),
    }


def shown(policy: Policy, decided: pd.DataFrame, frame: pd.DataFrame) -> dict[str, Bools]:
    """By the name of what can decide, the rows in which its values show that it does.

    `decided` has columns band and amount, `frame` what the policy read; both have the same rows in the same order.
    """
    return dict(_each(policy, decided, frame))


def _each(policy: Policy, decided: pd.DataFrame, frame: pd.DataFrame) -> Iterator[tuple[str, Bools]]:
    asked = frame[AMOUNT].to_numpy(float) if AMOUNT in frame else np.ones(len(frame))
    lent = decided["amount"].to_numpy(float)
    for rule in policy.rules:
        yield rule.name, _holds(rule, frame)
    for item in policy.freshness:
        ages = frame.get(f"{AGE}{item.source}", pd.Series(np.nan, frame.index)).to_numpy(float)
        yield item.name, np.isnan(ages) | (ages > item.within_hours)
    most = np.minimum(asked, _of_bands(policy, decided, asked))
    for table in policy.limits:
        bound = _bound(table, decided, frame)
        yield table.name, np.isnan(bound) | ((bound < asked) & np.isclose(bound, lent))
        most = np.fmin(most, bound)
    if policy.caps.amount:
        cap = policy.caps.amount.value
        yield CAP, (cap < asked) & np.isclose(lent, cap)
        most = np.fmin(most, cap)
    if policy.smallest_amount:
        yield SMALLEST, most < policy.smallest_amount.value
    if policy.price:
        term = frame[policy.price.term].to_numpy(float)
        unpriced = frame[policy.price.by].isna().to_numpy() if policy.price.by else np.zeros(len(frame), dtype=bool)
        yield PRICE, ~np.isin(term, policy.price.terms) | unpriced


def _holds(rule: Rule, frame: pd.DataFrame) -> Bools:
    """Where no condition is known not to hold."""
    held = np.ones(len(frame), dtype=bool)
    for condition in rule.when:
        values = frame[condition.variable]
        known = values.notna().to_numpy()
        compared = COMPARE[condition.op](pd.Series(values[known].to_numpy()), condition.value)
        held[known] &= np.asarray(compared, dtype=bool)
    return held


def _of_bands(policy: Policy, decided: pd.DataFrame, asked: Floats) -> Floats:
    bands = {band.name: band for band in policy.bands}
    own = [
        (bands[name].limit_share or 1.0) * amount if bands[name].limit_amount is None else bands[name].limit_amount
        for name, amount in zip(decided["band"], asked, strict=True)
    ]
    return np.asarray(own, dtype=float)


def _bound(table: LimitTable, decided: pd.DataFrame, frame: pd.DataFrame) -> Floats:
    """What the table lends at most; NaN where a variable is unknown, or the band does not lend."""
    cells = np.full(len(frame), np.nan)
    for inside, values in _lines(table, frame):
        by_band = decided["band"].map(lambda name, of=values: of.get(name, np.nan) if isinstance(of, dict) else of)
        cells = np.where(inside & np.isnan(cells), by_band.to_numpy(float), cells)
    if table.times:
        cells = cells * frame[table.times].to_numpy(float)
    if table.less:
        cells = cells - frame[table.less].to_numpy(float)
    return np.asarray(np.where(np.isnan(cells), np.nan, np.maximum(cells, 0.0)))


def _lines(grid: Grid, frame: pd.DataFrame) -> Iterator[tuple[Bools, float | Mapping[str, float]]]:
    """The rows of each line, and its values; the line for the rest comes last."""
    everybody = np.ones(len(frame), dtype=bool)
    for line in sorted(grid.lines, key=lambda line: line.lower is None and line.levels is None):
        if line.levels is not None:
            yield frame[grid.by].isin(line.levels).to_numpy(), line.value
        elif line.lower is not None and line.upper is not None:
            number = frame[grid.by].to_numpy(float)
            yield (number >= line.lower) & (number < line.upper), line.value
        else:
            yield everybody if not grid.by else frame[grid.by].notna().to_numpy(), line.value
