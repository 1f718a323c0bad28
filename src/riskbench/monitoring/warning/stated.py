"""How often the rules ring when nothing has happened: as their file states it, and as their limits let expect."""

from collections.abc import Sequence

import pandas as pd

from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.periods import MONTH_DAYS
from riskbench.monitoring.warning.rule import Chance
from riskbench.monitoring.warning.tables import chances
from riskbench.monitoring.warning.warnings import Warnings

FACT = "states a fact"


def stated_table(warnings: Warnings, readings: Sequence[Reading] = ()) -> pd.DataFrame:
    """One row a rule, in the order of the file: `rule, kind, severity, looks, every, a_month, at_most, expected_share`.

    `looks` is the in-control run length, `every` the same by the calendar, `a_month` the false alarms expected in a
    month, `at_most` whether that is a bound; missing for a rule that states a fact. `expected_share` is the share of
    the looks of `readings` that the rule would signal at by itself, by its limits there; missing where there is none.
    """
    expected = chances(warnings, readings).groupby("rule")["chance"].mean()
    rows = []
    for rule in warnings.rules:
        chance = rule.chance
        told = (
            (round(chance.looks), every(chance), chance.a_month, chance.at_most) if chance else (None, FACT, None, None)
        )
        rows.append((rule.name, rule.kind, rule.severity, *told, expected.get(rule.name)))
    columns = ["rule", "kind", "severity", "looks", "every", "a_month", "at_most", "expected_share"]
    table = pd.DataFrame(rows, columns=columns).astype({"looks": "Int64", "a_month": float, "at_most": "boolean"})
    return table.astype({"expected_share": float})


def every(chance: Chance) -> str:
    """After what time a rule rings by itself, on average.

    >>> every(Chance(120, MONTH_DAYS)), every(Chance(90, 1.0)), every(Chance(10, 1.0))
    ('10 years', '3.0 months', '10 days')
    """
    days = chance.looks * chance.days
    if days >= 2 * 12 * MONTH_DAYS:
        return f"{days / 12 / MONTH_DAYS:.3g} years"
    return f"{days / MONTH_DAYS:.1f} months" if days >= 2 * MONTH_DAYS else f"{days:.0f} days"
