"""Readings of many looks as tables: which rule said what in which month, and how often each rang by itself."""

from collections.abc import Sequence
from itertools import groupby
from math import prod
from typing import Literal

import pandas as pd

from riskbench.core.results import Estimate
from riskbench.metrics.intervals import jeffreys_interval
from riskbench.metrics.pd_tests import binomial
from riskbench.monitoring.reading import Reading, State
from riskbench.monitoring.warning.replay import NO_LOOK, month_of
from riskbench.monitoring.warning.warnings import Warnings

ORDER: tuple[State, ...] = ("signal", "quiet", "not_evaluated")


def timeline(readings: Sequence[Reading]) -> pd.DataFrame:
    """One row a rule and month: `rule, month, state, subjects` (how many signalled).

    A rule signals where one of its subjects does, and is quiet where none does and one was evaluated.
    """
    rows = []
    for (rule, month), of in _grouped(readings).items():
        state = min((reading.state for reading in of), key=ORDER.index)
        rows.append((rule, month, state, sum(reading.state == "signal" for reading in of)))
    return pd.DataFrame(rows, columns=["rule", "month", "state", "subjects"])


def episodes(readings: Sequence[Reading]) -> pd.DataFrame:
    """One row for each time that a subject began to signal: `rule, severity, about, first, last, looks, sentence`.

    `first` and `last` are months whose looks signalled without a quiet one between; the sentence is that of the first.
    """
    rows = []
    keys = dict.fromkeys(reading.key for reading in readings if reading.state == "signal")
    for key in keys:
        mine = [reading for reading in readings if reading.key == key and reading.state != "not_evaluated"]
        for signals, run in groupby(mine, key=lambda reading: reading.state == "signal"):
            if signals:
                of = list(run)
                about = ", ".join(of[0].subject.values()) or "everyone"
                span = (month_of(of[0]), month_of(of[-1]), len(of))
                rows.append((of[0].rule, of[0].severity, about, *span, of[0].text))
    table = pd.DataFrame(rows, columns=["rule", "severity", "about", "first", "last", "looks", "sentence"])
    return table.sort_values(["first", "rule", "about"], kind="stable", ignore_index=True)


def rules_table(warnings: Warnings, readings: Sequence[Reading]) -> pd.DataFrame:
    """One row a rule, in the order of the file: what it sees, and what it did.

    `rule, sees, evaluated` (looks), `signals` (looks with one) and `first_signal` (the month; "" for none).
    """
    by_month = timeline(readings)
    rows = []
    for rule in warnings.rules:
        mine = by_month[by_month["rule"] == rule.name]
        signals = mine.loc[mine["state"] == "signal", "month"]
        evaluated = int((mine["state"] != "not_evaluated").sum())
        first = signals.min() if len(signals) else ""
        rows.append((rule.name, rule.SEES, evaluated, len(signals), first))
    return pd.DataFrame(rows, columns=["rule", "sees", "evaluated", "signals", "first_signal"])


def stable_table(warnings: Warnings, readings: Sequence[Reading]) -> pd.DataFrame:
    """False alarms in the months that the file calls stable, beside what rules state; no rows where it names none.

    One row a rule that leaves something to chance and was evaluated: `rule, looks, alarms, observed, observed_lower,
    observed_upper, expected_share, stated` (shares of looks; the interval is Jeffreys', at 95 %), and a row "all
    together" of the looks at which any of them rang. `expected_share` is the mean of what `chances` tells of the looks;
    together, rules are taken to be independent.
    """
    columns = ["rule", "looks", "alarms", "observed", "observed_lower", "observed_upper", "expected_share", "stated"]
    stable, by_month = warnings.stable, chances(warnings, readings)
    if stable is None:
        return pd.DataFrame(columns=columns)
    inside = by_month[by_month["month"].between(stable.first, stable.last)]
    stated = {rule.name: 1 / rule.chance.looks for rule in warnings.rules if rule.chance}
    rows = []
    for name, mine in inside.groupby("rule", sort=False):
        rows.append(_row(str(name), mine["signal"], mine["chance"], stated[str(name)]))
    if rows:
        by_look = inside.assign(quiet=1 - inside["chance"]).groupby("month")
        # the looks of a chart that remembers signal oftener than its run length alone would say
        none = 1 - prod(1 - max(stated[str(name)], of.mean()) for name, of in inside.groupby("rule")["chance"])
        rows.append(_row("all together", by_look["signal"].max(), 1 - by_look["quiet"].prod(), none))
    return pd.DataFrame(rows, columns=columns)


def chances(warnings: Warnings, readings: Sequence[Reading]) -> pd.DataFrame:
    """One row for each look of a rule that leaves something to chance and was evaluated: `rule, month, signal, chance`.

    `chance` is the probability that any of its subjects signals when nothing has happened, by the limits of that look,
    in the order of the file.
    """
    found: dict[tuple[str, str], list[Reading]] = {}
    for reading in readings:
        if reading.chance is not None:
            found.setdefault((reading.rule, month_of(reading)), []).append(reading)
    rows = [
        (rule.name, month, any(r.state == "signal" for r in of), rule.at_a_look(r.chance or 0.0 for r in of))
        for rule in warnings.rules
        for (name, month), of in found.items()
        if name == rule.name
    ]
    return pd.DataFrame(rows, columns=["rule", "month", "signal", "chance"]).astype({"signal": bool, "chance": float})


def silent(readings: Sequence[Reading]) -> pd.DataFrame:
    """The rules that were evaluated at no look, and why: `rule, reason`."""
    rules: dict[str, list[Reading]] = {}
    for reading in readings:
        rules.setdefault(reading.rule, []).append(reading)
    rows = [
        (name, "; ".join(dict.fromkeys(reading.reason for reading in of)))
        for name, of in rules.items()
        if all(reading.state == "not_evaluated" for reading in of)
    ]
    return pd.DataFrame(rows, columns=["rule", "reason"])


def looked_at(readings: Sequence[Reading]) -> Estimate:
    """How many looks were taken."""
    looks = len({reading.at for reading in readings})
    return Estimate(looks, n=len(readings)) if looks else Estimate.missing(NO_LOOK)


def begun(readings: Sequence[Reading]) -> Estimate:
    """How often a rule began to signal about a subject."""
    return Estimate(len(episodes(readings)), n=len(readings)) if readings else Estimate.missing(NO_LOOK)


def stable_note(warnings: Warnings, synthetic: bool) -> str:
    """Which months are called stable and why, and that they were made where they were."""
    if warnings.stable is None:
        return "The file of rules names no month as stable."
    of = warnings.stable
    return f"Stable: {of.first} to {of.last}, {of.because}.{' The data are synthetic.' * synthetic}"


def together(stable: pd.DataFrame, against: Literal["expected_share", "stated"] = "expected_share") -> Estimate:
    """Of a table by `stable_table`, the test of the share of looks at which any rule rang.

    The p-value is of H0: rules ring no more often than their limits let expect, or than they state. It takes rules and
    looks to be independent: chances that differ from look to look make it larger, alarms that last several looks make
    it smaller.
    """
    named = {"expected_share": "expected share", "stated": "stated rate"}[against]
    method = f"binomial test of the {named}, one-sided p-value"
    if stable.empty:
        return Estimate.missing("no month is named as stable, or none was looked at", 0, method)
    row = stable.iloc[-1]
    p = binomial(int(row["looks"]), int(row["alarms"]), float(row[against])).p_value
    return Estimate(p, n=int(row["looks"]), method=method, p_value=p)


def _row(name: str, signals: pd.Series, chances: pd.Series, stated: float) -> tuple[str | int | float | None, ...]:
    looks, alarms = len(signals), int(signals.sum())
    return (name, looks, alarms, *jeffreys_interval(alarms, looks).bounded, float(chances.mean()), stated)


def _grouped(readings: Sequence[Reading]) -> dict[tuple[str, str], list[Reading]]:
    found: dict[tuple[str, str], list[Reading]] = {}
    for reading in readings:
        found.setdefault((reading.rule, month_of(reading)), []).append(reading)
    return found
