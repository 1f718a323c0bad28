"""What signals now, and what is to be done: the newest of many looks, one row a rule."""

from collections.abc import Sequence
from itertools import groupby

import pandas as pd

from riskbench.core.results import Estimate
from riskbench.monitoring.reading import Reading, Severity
from riskbench.monitoring.warning.replay import NO_LOOK, month_of
from riskbench.monitoring.warning.tables import episodes

WORST_FIRST: tuple[Severity, ...] = ("alarm", "warning", "notice")
COLUMNS = ["rule", "severity", "about", "since", "what_to_do"]
STATED = " All rules together state at most {expected:value} false alarms a month."


def signalling(readings: Sequence[Reading]) -> pd.DataFrame:
    """One row for each rule that signals at the newest look, alarms first: `rule, severity, about, since, what_to_do`.

    `about` lists its subjects, `since` is the first month of the oldest of their signals, `what_to_do` the advice of
    the file of rules.
    """
    if not readings:
        return pd.DataFrame(columns=COLUMNS)
    newest = max(reading.at for reading in readings)
    found = [reading for reading in readings if reading.at == newest and reading.state == "signal"]
    told = episodes(readings)
    rows = []
    for rule, of in groupby(found, key=lambda reading: reading.rule):
        mine = list(of)
        about = [", ".join(reading.subject.values()) or "everyone" for reading in mine]
        lasting = told[(told["rule"] == rule) & told["about"].isin(about) & (told["last"] == month_of(mine[0]))]
        rows.append((rule, mine[0].severity, ", ".join(about), lasting["first"].min(), mine[0].advice))
    rows.sort(key=lambda row: WORST_FIRST.index(row[1]))
    return pd.DataFrame(rows, columns=COLUMNS)


def signalling_now(readings: Sequence[Reading]) -> Estimate:
    """How many rules signal at the newest look."""
    return Estimate(len(signalling(readings)), n=len(readings)) if readings else Estimate.missing(NO_LOOK)


def conclusion(readings: Sequence[Reading]) -> str:
    """The conclusion of the page as a template of `now`, `looks`, `called` and `expected`, the answer first."""
    if not readings:
        return "What the rules would have said: {now:value}." + STATED
    month = max(month_of(reading) for reading in readings)
    rules = ", ".join(signalling(readings)["rule"])
    named = f" ({rules})" if rules else ""
    begun = "Times that a rule began to signal in {looks:value} looks: {called:value}."
    return f"Rules that signal at the newest look, the end of {month}: {{now:value}}{named}. {begun}{STATED}"
