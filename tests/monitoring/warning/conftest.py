"""A lender whose every count is known: months that are alike, and one that a test changes."""

import datetime as dt
from collections.abc import Callable

import pandas as pd
import pytest

from riskbench.monitoring.counts.baseline import Baseline, frozen
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import Yardstick
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.evaluate import evaluate
from riskbench.monitoring.warning.observed import Observed
from riskbench.monitoring.warning.warnings import Warnings

COLUMNS = ["day", "segment", "subject", "cell", "n", "total", "squares"]
AT = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)  # the look after January 2026
DEVELOPMENT = [f"2025-{month:02d}" for month in range(1, 13)]

Counted = Callable[..., CountTable]


def month(
    label: str,
    n: int = 1000,
    *,
    approved: float = 0.6,
    mean: float = 550.0,
    pd_: float = 0.1,
    low: float = 0.5,
    missing: float = 0.1,
    segment: str = "",
    bad: float | None = 0.1,
) -> CountTable:
    """`n` applications on the 15th of a month. Scores vary by 20 points, PDs by .05; loans of the 28th by month 3."""
    lent, under, gone = round(approved * n), round(low * n), round(missing * n)
    cells = [
        ("action", "approve", lent, 0.0, 0.0),
        ("action", "decline", n - lent, 0.0, 0.0),
        ("score", "< 550", under, mean * under, (mean**2 + 400) * under),
        ("score", ">= 550", n - under, mean * (n - under), (mean**2 + 400) * (n - under)),
        ("pd", "", n, pd_ * n, (pd_**2 + 0.0025) * n),
        ("feature:channel", "app", under, 0.0, 0.0),
        ("feature:channel", "web", n - under, 0.0, 0.0),
        ("missing:income", "missing", gone, 0.0, 0.0),
        ("missing:income", "known", n - gone, 0.0, 0.0),
    ]
    if bad is not None:
        bads = round(bad * lent)
        cells += [("outcome:3", "bad", bads, pd_ * bads, pd_**2 * bads)]
        cells += [("outcome:3", "good", lent - bads, pd_ * (lent - bads), pd_**2 * (lent - bads))]
    rows = [(f"{label}-{28 if 'outcome' in cell[0] else 15}", segment, *cell) for cell in cells if cell[2]]
    return CountTable.of(pd.DataFrame(rows, columns=COLUMNS).assign(model="m"))


def outcomes(table: CountTable) -> CountTable:
    return CountTable(table.frame[table.frame["subject"].str.startswith("outcome:")])


def months(labels: list[str], **more) -> CountTable:
    return CountTable.merged(month(label, **more) for label in labels)


def baseline(development: CountTable, rest: CountTable | None = None, dated: str = "day") -> Baseline:
    record = {"study": "s", "run": "r", "yardstick": Yardstick(model="m", edges=(550.0,)), "dated": dated}
    applied = CountTable(development.frame[~development.frame["subject"].str.startswith("outcome:")])
    return frozen(record, applied, rest or CountTable.empty())


def rules(*of: dict) -> Warnings:
    """Rules of these keys; what every rule has is filled in."""
    common = {"name": "r", "severity": "warning", "advice": "look"}
    return Warnings.model_validate({"schema_version": 1, "rules": [common | rule for rule in of]})


def monthly(kind: str, **more) -> dict:
    often = {} if "q" in more else {"false_alarm": "once in 200 looks"}
    return {"kind": kind, "period": "month", **often, **more}


@pytest.fixture(scope="session")
def reference() -> CountTable:
    """Twelve months that are alike."""
    return months(DEVELOPMENT)


@pytest.fixture(scope="session")
def say(reference: CountTable) -> Callable[..., list[Reading]]:
    """What one rule says after a last month of these properties."""

    def said(rule: dict, last: CountTable | None = None, **more) -> list[Reading]:
        now = month("2026-01", **more) if last is None else last
        known = CountTable.merged([outcomes(reference), now])
        return evaluate(rules(rule), Observed(AT, baseline(reference), known))

    return said
