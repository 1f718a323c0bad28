"""How often the rules ring when nothing has happened, as their file states it: in looks, and by the calendar."""

import pandas as pd

from riskbench.monitoring.warning.periods import MONTH_DAYS
from riskbench.monitoring.warning.rule import Chance, Rule
from riskbench.monitoring.warning.warnings import Warnings

FACT = "states a fact"


def stated_table(warnings: Warnings) -> pd.DataFrame:
    """One row a rule, in the order of the file: `rule, kind, severity, looks, every, a_month, bound`.

    `looks` is the in-control run length, `every` the same by the calendar, `a_month` the false alarms expected in a
    month, `bound` whether that is the most; missing for a rule that states a fact.
    """
    rows = []
    for rule in warnings.rules:
        chance = rule.chance
        told = (chance.looks, every(chance), chance.a_month, chance.at_most) if chance else (None, FACT, None, None)
        rows.append((rule.name, rule.kind, rule.severity, *told))
    columns = ["rule", "kind", "severity", "looks", "every", "a_month", "bound"]
    return pd.DataFrame(rows, columns=columns).astype({"looks": float, "a_month": float, "bound": "boolean"})


def every(chance: Chance) -> str:
    """After what time a rule rings by itself, on average.

    >>> every(Chance(120, MONTH_DAYS)), every(Chance(90, 1.0)), every(Chance(10, 1.0))
    ('10 years', '3.0 months', '10 days')
    """
    days = chance.looks * chance.days
    if days >= 2 * 12 * MONTH_DAYS:
        return f"{days / 12 / MONTH_DAYS:.3g} years"
    return f"{days / MONTH_DAYS:.1f} months" if days >= 2 * MONTH_DAYS else f"{days:.0f} days"


def often_told(rule: Rule) -> str:
    """How often a rule rings by itself, in words."""
    if rule.chance is None:
        return FACT
    return f"{'at most ' * rule.chance.at_most}once in {rule.chance.looks:g} looks, {every(rule.chance)}"
