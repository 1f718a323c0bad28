"""Roll rates: in which state of arrears loans are one month on book after another, and how many cure.

A pair of months is told by the calendar month in which the later of them became known. Arrears are material ones, as
the study says; the day on which an instalment falls due counts as under 30 days where it was not paid.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.intervals import wilson
from riskbench.monitoring.outcomes.booked import Booked

SMALLEST = "privacy.smallest_cell"
STATES = ["current", "under 30 days", "30 to 59 days", "60 to 89 days", "90 days and more"]
ENDS = ["left", "fraud"]
ROLLS: Mapping[str, tuple[list[str], list[str]]] = {  # name: from, to; cures are of 30 days and more
    "into arrears": (STATES[:1], STATES[1:]),
    "to 30 days": (STATES[1:2], STATES[2:]),
    "to 60 days": (STATES[2:3], STATES[3:]),
    "cured": (STATES[2:], [STATES[0], "left"]),
}
NEWEST, BEFORE = "newest three months", "months of development"


def pairs(booked: Booked) -> pd.DataFrame:
    """One row a loan and two neighbouring months on book: `state`, `then`, `month` (of the later), amount, developed.

    Of a loan in arrears that has no further row nobody says that it was settled: it counts as left only where it was
    current. Raises NotEvaluated where months on book are not known.
    """
    booked.require_ages()
    state = np.select(
        [booked.fraud, np.isnan(booked.dpd), booked.owed <= 0, booked.dpd < 30, booked.dpd < 60, booked.dpd < 90],
        ["fraud", "", *STATES[:4]],
        STATES[4],
    )
    before, after = state[:, :-1], np.where(booked.left[:, 1:] & (state[:, :-1] == STATES[0]), "left", state[:, 1:])
    loan, column = np.nonzero(np.isin(before, STATES) & (after != ""))
    known = booked.known[loan, column + 1]
    there = booked.loans[["amount", "developed"]].iloc[loan].reset_index(drop=True)
    return there.assign(
        state=before[loan, column],
        then=after[loan, column],
        month=pd.Series(known).dt.strftime("%Y-%m").astype("str"),
    )


def matrix(found: pd.DataFrame, thresholds: Thresholds) -> pd.DataFrame:
    """Share of loans that go from each state to each: months of development, newest three months, these by amount.

    Columns `of` (which loans, and what was counted), `state`, `n` and a share for each state and end. A row with fewer
    loans than the smallest cell allows has no shares. Raises NotEvaluated where nothing is known of two months.
    """
    if found.empty:
        raise NotEvaluated("no loan is known in two months on book")
    smallest, newest = thresholds[SMALLEST].bound, set(sorted(found["month"].unique())[-3:])
    blocks = [
        (f"{BEFORE}, loans", found["developed"], pd.Series(1.0, index=found.index)),
        (f"{NEWEST}, loans", found["month"].isin(newest), pd.Series(1.0, index=found.index)),
        (f"{NEWEST}, amounts", found["month"].isin(newest), found["amount"]),
    ]
    rows = []
    for name, those, weight in blocks:
        part = found[those].assign(weight=weight[those])
        for state in STATES:
            of = part[part["state"] == state]
            shares = of.groupby("then")["weight"].sum().reindex([*STATES, *ENDS], fill_value=0.0)
            shown = shares / shares.sum() if len(of) >= smallest and shares.sum() else shares * np.nan
            rows.append({"of": name, "state": state, "n": len(of)} | dict(shown))
    return pd.DataFrame(rows)


def by_month(found: pd.DataFrame, thresholds: Thresholds) -> pd.DataFrame:
    """The roll rates of `ROLLS` by month, with Wilson's interval: `month, series, n, roll_rate` and its bounds.

    A rate over fewer loans than the smallest cell allows is missing.
    """
    smallest, rows = thresholds[SMALLEST].bound, []
    for month, group in found.groupby("month", sort=True):
        for name, (start, end) in ROLLS.items():
            of = group[group["state"].isin(start)]
            rate = wilson(int(of["then"].isin(end).sum()), len(of))
            shown = rate.bounded if len(of) >= smallest else (np.nan,) * 3
            rows.append((month, name, len(of), *shown))
    columns = ["month", "series", "n", "roll_rate", "roll_rate_lower", "roll_rate_upper"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[3:], float))
