"""Vintages as they age: the share gone bad by each month on book, beside what is expected at the same age.

An age is judged of a vintage when all its loans are that old: its first loans alone would be another vintage.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.data.periods import periods
from riskbench.metrics.incidence import cumulative_incidence
from riskbench.metrics.intervals import jeffreys_interval
from riskbench.monitoring.outcomes.booked import Booked
from riskbench.monitoring.outcomes.expected import FIRST_PAYMENT, Lines, Part, against, expected_bads
from riskbench.monitoring.outcomes.months_judged import adjusted

COLUMNS = ["month", "n", "bads", "observed", "lower", "upper", "expected", "ratio", "ratio_lower", "ratio_upper"]
COLUMNS += ["p_value", "p_adjusted", "beyond", "reason"]
OLDEST = ["month", "month_on_book", "ratio", "ratio_lower", "ratio_upper"]
DEVELOPMENT = "months of development"
BEYOND = 1.959964  # standard errors: two-sided 5 %


def by_month(lines: Lines, age: str) -> pd.DataFrame:
    """Observed and expected share bad at one age ("1", ...; "fpd": first payment missed) of each month of decision.

    Returns `COLUMNS`: bounds of `observed` by Jeffreys, `expected` by development's loans of the same PDs, terms
    and age, their `ratio` with bounds, `p_value` of the test of `against` (small: more than expected), `p_adjusted` the
    same for all months after development together, `beyond` ("above", "below", else "") where observed and expected
    differ by more than chance allows in one of twenty months, and `reason` why a month is not judged. Loans of fraud
    that the study keeps apart take no part from the month of their flag on. Raises NotEvaluated where months on book
    are not known.
    """
    booked = lines.booked
    booked.require_ages()
    reached = ~np.isnat(booked.known[:, 0 if age == FIRST_PAYMENT else int(age) - 1])
    then = booked.loans["developed"].to_numpy(bool)
    rows, developed = [], []
    for month, at in booked.loans.groupby("month", sort=True).indices.items():
        young = int((~reached[at]).sum())
        row = {"month": month, "n": len(at), "reason": f"{young} of {len(at)} loans are younger" if young else ""}
        rows.append(row | ({} if young else _row(lines.parts(age, np.asarray(at)))))
        developed.append(bool(then[at].any()))
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"bads": "Int64"})
    return table.assign(p_adjusted=adjusted(table["p_value"], developed))


def heat(lines: Lines) -> pd.DataFrame:
    """`by_month` of every month on book at which a loan of development was bad, with the column `month_on_book`.

    Raises NotEvaluated where months on book are not known, or no loan of development was bad at any.
    """
    lines.booked.require_ages()
    ages = [m for m in lines.booked.ages if not lines.reason(str(m))]
    if not ages:
        raise NotEvaluated(lines.reason(str(lines.booked.ages[-1])))
    tables = [by_month(lines, str(m)).assign(month_on_book=m) for m in ages]
    return pd.concat(tables, ignore_index=True)[["month", "month_on_book", *COLUMNS[1:]]]


def oldest(lines: Lines) -> pd.DataFrame:
    """Of each month of decision the oldest age that can be judged: `month, month_on_book, ratio` and its bounds."""
    try:
        judged = heat(lines).dropna(subset="ratio")
    except NotEvaluated:
        return pd.DataFrame(columns=OLDEST)
    return judged.sort_values(OLDEST[:2])[OLDEST].drop_duplicates("month", keep="last")


def curves(booked: Booked, quarters: int = 4) -> pd.DataFrame:
    """Share gone bad by month on book, of the months of development together and of the newest quarters each.

    Columns `vintage`, `month_on_book`, `at_risk`, `share_bad` and its bounds, by Aalen and Johansen: loans not yet that
    old count as long as they were watched, and one that has left cannot go bad. Ages at which fewer than a tenth of a
    vintage was watched are left out. Raises NotEvaluated where months on book are not known.
    """
    booked.require_ages()
    developed = booked.loans["developed"].to_numpy(bool)
    quarter = periods(booked.loans["month"], "quarter").to_numpy()
    named = {DEVELOPMENT: developed}
    watched = ~np.isnat(booked.known[:, 0])
    newest = sorted(set(quarter[~developed & watched]))[-quarters:]
    rows = []
    for name, those in (named | {q: quarter == q for q in newest}).items():
        found = cumulative_incidence(*booked.until_event(those), len(booked.ages))
        frame = pd.DataFrame({"vintage": name, "month_on_book": booked.ages, "at_risk": found.at_risk})
        frame = frame.assign(share_bad=found.value, share_bad_lower=found.lower, share_bad_upper=found.upper)
        rows.append(frame[_enough(booked, those)])
    return pd.concat(rows, ignore_index=True).astype({"at_risk": int})


def _enough(booked: Booked, those: np.ndarray) -> np.ndarray:
    reached = ~np.isnat(booked.known[those])
    return reached.mean(axis=0) >= 0.1


def _row(parts: Sequence[Part]) -> dict[str, object]:
    n, bads = sum(part.bad.size for part in parts), int(sum(part.bad.sum() for part in parts))
    rate, found = jeffreys_interval(bads, n), against(parts)
    row: dict[str, object] = {"n": n, "bads": bads, "observed": rate.value, "lower": rate.lower, "upper": rate.upper}
    if found.statistic is None:
        return row | {"reason": found.reason}
    beyond = ("above" if found.statistic > 0 else "below") if abs(found.statistic) > BEYOND else ""
    return row | {
        "expected": expected_bads(parts) / n,
        **found.columns("ratio"),
        "p_value": found.p_value,
        "beyond": beyond,
    }


def drawn(table: pd.DataFrame) -> pd.DataFrame:
    """A table of `by_month` as two series to draw, expected and observed: `month, series, value, lower, upper`.

    Raises NotEvaluated where no month is judged.
    """
    known = table[table["expected"].notna()]
    if known.empty:
        raise NotEvaluated(next(iter(table["reason"]), "no loan is booked"))
    expected = known[["month"]].assign(series="expected", value=known["expected"], lower=np.nan, upper=np.nan)
    observed = known[["month", "lower", "upper"]].assign(series="observed", value=known["observed"])
    return pd.concat([expected, observed], ignore_index=True)


def with_fraud(missed: pd.DataFrame, booked: Booked) -> pd.DataFrame:
    """The table of first payments missed, with how many of them were flagged as fraud by now, `frauds`."""
    flagged = booked.fraud.any(axis=1) & (booked.missed_first == 1)
    by_month = pd.Series(flagged).groupby(booked.loans["month"].to_numpy()).sum()
    judged = missed["bads"].notna()
    return missed.assign(frauds=missed["month"].map(by_month).astype("Int64").where(judged))


def marks_told(cells: pd.DataFrame) -> str:
    """How many cells of `heat` stand out, after development as well, and how many would by chance."""
    judged = cells[cells["ratio"].notna()]
    above, below = (int((judged["beyond"] == side).sum()) for side in ("above", "below"))
    return (
        f"Of {len(judged)} cells {above} lie above (▲) and {below} below (▼) what is expected at their age; by chance "
        f"about {len(judged) / 20:.0f} would lie beyond. Cells of one row hold the same loans and move together."
    )
