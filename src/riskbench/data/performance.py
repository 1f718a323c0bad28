"""How booked loans have paid, month on book by month on book, and since when each of it has been known.

One row a booked loan, without its customer. Whatever is said of a month on book stands beside the day from which it
was known, so that any earlier day can be asked what was known then (`known_by`).
"""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.data.engine import Engine
from riskbench.data.labels import window_ends
from riskbench.data.study import Study
from riskbench.data.study.sections import RepaymentOutcome

OF_A_MONTH = ("known", "dpd", "owed", "status", "bad")  # columns `known_1`, `dpd_1`, ... up to the horizon
SLOWEST = 0.99  # a month on book has closed for all loans when it has for that share of them
_DELAYS = {"day": "datetime64[s]", "month": "int64", "days": "int64", "n": "int64"}
Days = NDArray[np.datetime64]
Codes = NDArray[np.intp]


def performance_of(engine: Engine, joined: pd.DataFrame, applications: pd.DataFrame) -> pd.DataFrame:
    """One row a booked loan, in the order of the applications.

    `joined` are the applications as an engine has joined them, in the rows of `applications` (with application and
    label). Returns `application`, `decided_on`, `final_on` (the day from which its label is known) and `label`; and
    where the study has repayments, for each month m on book up to its horizon `known_m` (the day from which it is
    known; none where it is not yet), `dpd_m` (days past due, 0 where what is owed is immaterial; missing where the
    loan has left before), `owed_m` (material amount past due, in currency), `status_m`, and `bad_m` (1 where the loan
    was bad by then as the study defines bad, else 0, also of a loan that has left; missing from the month on in which
    it was flagged as a fraud that the study keeps apart). Without dates the days are missing.
    """
    outcome = engine.study.outcome
    rows = engine.frame(engine.table(outcome.table)) if isinstance(outcome, RepaymentOutcome) else None
    return performance_from(engine.study, joined, applications, rows)


def performance_from(
    study: Study,
    joined: pd.DataFrame,
    applications: pd.DataFrame,
    rows: pd.DataFrame | None,
    delays: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The same from `rows` of repayments that were read before, of these applications or of more.

    `delays` are those of all loans (`delays_of`), where the applications are but some of them.
    """
    outcome = study.outcome
    booked = (applications["label"] != "not_booked").to_numpy()
    loans = applications.loc[booked, ["application", "label"]].reset_index(drop=True)
    if study.base.as_of is None:
        nothing = np.full(len(loans), np.datetime64("NaT", "s"))
        return loans.assign(decided_on=nothing, final_on=nothing)[["application", "decided_on", "final_on", "label"]]
    decided = days_of(joined.loc[booked, study.as_of])
    final = window_ends(pd.Series(decided), outcome.horizon_months).astype("datetime64[s]")
    loans = pd.DataFrame({"application": loans["application"], "decided_on": decided, "final_on": final}).assign(
        label=loans["label"]
    )
    if not isinstance(outcome, RepaymentOutcome) or rows is None:
        return loans
    inside, at = _inside(study, outcome, joined.loc[booked, study.base.key], rows)
    slowest = _slowest(_delays(outcome, inside, at, decided) if delays is None else delays)
    months = _by_month(outcome, inside, at, (decided, slowest))
    told = [months[f"known_{m}"].where(months[f"dpd_{m}"].notna()) for m in range(1, outcome.horizon_months + 1)]
    latest = pd.concat([loans["final_on"], *told], axis=1).max(axis=1)
    return pd.concat([loans.assign(final_on=latest.astype("datetime64[s]")), months], axis=1)


def delays_of(study: Study, joined: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """How long after its decision each month on book of loans was written down: `day, month, days, n`.

    `joined` are booked loans, `rows` repayments of these or of more; empty where repayments have no dates.
    """
    outcome = study.outcome
    if not isinstance(outcome, RepaymentOutcome):
        raise ValueError("delays are those of repayments, and the study labels from a column")
    decided = days_of(joined[study.as_of])
    inside, at = _inside(study, outcome, joined[study.base.key], rows)
    return _delays(outcome, inside, at, decided)


def ages_of(performance: pd.DataFrame) -> list[int]:
    """The months on book that a table of performance tells of; [] where the study has no repayments.

    >>> ages_of(pd.DataFrame(columns=["application", "known_1", "bad_1", "known_2", "bad_2"]))
    [1, 2]
    """
    return sorted(int(name.removeprefix("known_")) for name in map(str, performance) if name.startswith("known_"))


def known_by(performance: pd.DataFrame, at: dt.date) -> pd.DataFrame:
    """The same table as it stood at the end of the day `at`: nothing that became known later.

    Loans decided later are not there, later months on book are missing, and a label not yet known is "immature". Loans
    without a date are left as they are.

    >>> loans = pd.DataFrame({"decided_on": pd.to_datetime(["2026-01-05"]), "final_on": pd.to_datetime(["2026-07-31"])})
    >>> known_by(loans.assign(label="bad"), dt.date(2026, 7, 30))["label"].tolist()
    ['immature']
    """
    end = pd.Timestamp(at)
    known = performance[~(performance["decided_on"] > end)].reset_index(drop=True)
    known["label"] = known["label"].mask(known["final_on"] > end, "immature")
    for m in ages_of(known):
        later = known[f"known_{m}"] > end
        for name in OF_A_MONTH:
            known[f"{name}_{m}"] = known[f"{name}_{m}"].mask(later)
    return known


def _inside(
    study: Study, outcome: RepaymentOutcome, loans: pd.Series, rows: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[Codes, Codes]]:
    """The rows of these loans up to the horizon, and of each its place: loan, and month on book less one."""
    loan = pd.Index(loans).get_indexer(pd.Index(rows[study.base.key]))
    month = rows[outcome.month].to_numpy(dtype=int)
    inside = (loan >= 0) & (month >= 1) & (month <= outcome.horizon_months)
    return rows[inside], (loan[inside], month[inside] - 1)


def _delays(outcome: RepaymentOutcome, rows: pd.DataFrame, at: tuple[Codes, Codes], decided: Days) -> pd.DataFrame:
    if outcome.dated is None:
        return pd.DataFrame({"day": decided[:0], "month": [], "days": [], "n": []}).astype(_DELAYS)
    taken = days_of(rows[outcome.dated]) - decided[at[0]]
    told = ~np.isnat(taken)
    days = taken[told].astype("timedelta64[D]").astype(np.int64)
    found = pd.DataFrame({"day": decided[at[0]][told], "month": at[1][told] + 1, "days": days})
    return found.groupby(["day", "month", "days"], as_index=False).size().rename(columns={"size": "n"}).astype(_DELAYS)


def _slowest(delays: pd.DataFrame) -> dict[int, int]:
    """By month on book, after how many days it was written down for that share of loans."""
    found = {}
    for month, of in delays.groupby("month"):
        loans = of.groupby("days")["n"].sum()
        upto = loans.to_numpy().cumsum()
        rank = int(np.ceil((upto[-1] - 1) * SLOWEST))
        found[int(str(month))] = int(loans.index[int(np.searchsorted(upto, rank, side="right"))])
    return found


def _by_month(
    outcome: RepaymentOutcome, rows: pd.DataFrame, at: tuple[Codes, Codes], closing: tuple[Days, Mapping[int, int]]
) -> pd.DataFrame:
    """The columns of `OF_A_MONTH` for each month on book; `closing` has the days of decision and the slowest delays."""
    shape = (len(closing[0]), outcome.horizon_months)
    material = rows[outcome.past_due].to_numpy(float) >= outcome.materiality
    dpd, owed, status = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, None, dtype=object)
    dpd[at] = np.where(material, rows[outcome.dpd].to_numpy(float), 0.0)
    owed[at] = np.where(material, rows[outcome.past_due].to_numpy(float), 0.0)
    status[at] = rows[outcome.status].to_numpy(object)
    known = _known(outcome, rows, at, closing)
    bad = (np.maximum.accumulate(np.nan_to_num(dpd, nan=0.0), axis=1) >= outcome.days_past_due).astype(float)
    if outcome.fraud != "good":
        fraud = np.maximum.accumulate(status == "fraud", axis=1)
        bad = np.where(fraud, 1.0 if outcome.fraud == "bad" else np.nan, bad)
    bad = np.where(np.isnat(known), np.nan, bad)
    columns = {"known": known, "dpd": dpd, "owed": owed, "status": status, "bad": bad}
    each = {f"{name}_{m + 1}": columns[name][:, m] for m in range(shape[1]) for name in OF_A_MONTH}
    return pd.DataFrame(each).astype({name: "str" for name in each if name.startswith("status_")})


def _known(
    outcome: RepaymentOutcome, rows: pd.DataFrame, at: tuple[Codes, Codes], closing: tuple[Days, Mapping[int, int]]
) -> Days:
    """From which day each month on book of each loan is known; NaT where it is not.

    A month closes for all loans after the same number of days, those without a row in it as well: else the loans that
    have left, or those that have not, would be counted sooner than the others. Without dates it is a calendar month
    or thirty days each, whichever is longer.
    """
    decided, slowest = closing
    months = np.arange(1, outcome.horizon_months + 1)
    closes = np.maximum(
        decided[:, None] + (30 * months).astype("timedelta64[D]"),
        np.stack([_months_later(decided, int(m)) for m in months], axis=1),
    )
    for month, days in slowest.items():
        closes[:, month - 1] = decided + np.timedelta64(days, "D")
    written = np.full(closes.shape, np.datetime64("NaT", "s"))
    if outcome.dated is not None and len(rows):
        written[at] = days_of(rows[outcome.dated])
    there = np.zeros(closes.shape, dtype=bool)
    there[at] = True
    silent = ~there & (closes > np.datetime64(outcome.observed_until))  # whether it has left is not known yet
    known = np.where(silent, np.datetime64("NaT", "s"), np.fmax(closes, written))
    return np.maximum.accumulate(known, axis=1)


def _months_later(days: Days, months: int) -> Days:
    """The same day so many calendar months later, or the last one of that month."""
    month = days.astype("datetime64[M]")
    inside = days.astype("datetime64[D]") - month.astype("datetime64[D]")
    last = (month + months + 1).astype("datetime64[D]") - 1
    return np.minimum((month + months).astype("datetime64[D]") + inside, last).astype("datetime64[s]")


def days_of(moments: pd.Series) -> Days:
    """The day (UTC, where a zone is given) of each moment."""
    found = pd.to_datetime(moments)
    if found.dt.tz is not None:
        found = found.dt.tz_convert("UTC").dt.tz_localize(None)
    return found.to_numpy("datetime64[D]").astype("datetime64[s]")
