"""What the lender did against what the policy says, and what came of it.

The policy of a run was not in force when these applications were decided, so nobody overrode it; the cells are called
overrides by what they would be. In a low-side override the lender approved what the policy would decline, in a
high-side override it declined what the policy would approve. Outcomes exist where a loan was booked: of a high-side
override nothing is known. Bad rates are told at the rate of the data.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.data import oversampling
from riskbench.data.applications import decisions_in_force
from riskbench.metrics.intervals import difference, proportion
from riskbench.metrics.pd_tests import jeffreys
from riskbench.validation.fairness.groups import shown_groups
from riskbench.validation.population.applicants import Applicants

CELLS = {  # what the policy says and whether the lender approved
    ("lend", True): "both approve",
    ("refer", True): "policy refers, lender approved",
    ("decline", True): "low-side override",
    ("lend", False): "high-side override",
    ("refer", False): "policy refers, lender declined",
    ("decline", False): "both decline",
}
LOW_SIDE, AGREED = CELLS["decline", True], CELLS["lend", True]
COLUMNS = ["n", "labelled", "expected_bad_rate", "observed_bad_rate", "lower", "upper", "jeffreys_p"]
JEFFREYS_KEY = "validation.jeffreys"


def outcomes_of_decisions(applicants: Applicants) -> pd.DataFrame:
    """One row an application of the holdout: `cell`, `why` (what kept the policy from lending), `y` and `pd`.

    Where a study holds booked loans only, the lender approved each. Raises `NotEvaluated` where its decisions are not
    known otherwise.
    """
    approved = _approved(applicants)
    policy = applicants.decisions["action"].replace({"approve": "lend", "limit": "lend"})
    cell = pd.MultiIndex.from_arrays([policy, approved]).map(CELLS)
    rule, reason = applicants.decisions["rule"], applicants.decisions["reason"]
    why = ("rule " + rule.str.replace("_", " ")).where(rule != "", reason).where(policy != "lend", "")
    told = pd.DataFrame({"cell": cell, "why": why, "y": applicants.scores["y"], "pd": applicants.scores["pd"]})
    return told[applicants.judged]


def by_cell(told: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """One row a cell of `CELLS`: `cell, share, n, labelled`, expected and observed bad rate, Jeffreys' interval and p.

    Rates are of the labelled, and left out where those are fewer than `smallest`; p is of the test that the PD is not
    too low.
    """
    parts = {name: told[told["cell"] == name] for name in CELLS.values()}
    rows = [(name, len(part) / max(1, len(told)), *_rates(part, smallest)) for name, part in parts.items()]
    return pd.DataFrame(rows, columns=["cell", "share", *COLUMNS]).astype(dict.fromkeys(COLUMNS[2:], float))


def by_rule(told: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """The columns of `by_cell` for what kept the policy from lending, among those whom the lender approved.

    The rule that gave the reason, or the band of the score; those of fewer than `smallest` people are pooled. No rows
    where the policy would lend to all of them.
    """
    approved = told["cell"].isin([name for (_, lender), name in CELLS.items() if lender])
    lent_anyway = told[approved & (told["why"] != "")]
    shown = shown_groups(lent_anyway["why"], smallest).to_numpy()
    rows = [(why, *_rates(part, smallest)) for why, part in lent_anyway.groupby(shown) if why]
    table = pd.DataFrame(rows, columns=["why", *COLUMNS]).astype(dict.fromkeys(COLUMNS[2:], float))
    return table.sort_values(["n", "why"], ascending=[False, True], ignore_index=True)


def outcome_points(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells of `by_cell` with an outcome, as a figure draws them: label, predicted, observed, lower, upper."""
    names = {"cell": "label", "expected_bad_rate": "predicted", "observed_bad_rate": "observed"}
    known = cells.dropna(subset="observed_bad_rate").rename(columns=names)
    return known[["label", "predicted", "observed", "lower", "upper"]]


def override_checks(applicants: Applicants, break_even: float) -> list[CheckResult]:
    """Whether PDs hold where the policy would decline, and whether it would decline the right ones.

    `break_even` is the PD at which a loan earns nothing, fixed costs aside. Not evaluated without the lender's
    decisions, or without a labelled loan in the cell.
    """
    sample, limits = applicants.sample, applicants.thresholds
    try:
        told, lack = outcomes_of_decisions(applicants), ""
    except NotEvaluated as reason:
        told, lack = pd.DataFrame(columns=["cell", "why", "y", "pd"]), str(reason)
    low, agreed = (told[(told["cell"] == name) & told["y"].notna()] for name in (LOW_SIDE, AGREED))

    def check(name: str, title: str, value: Callable[[], Estimate], key: str, unit: str = "%") -> CheckResult:
        reason = lack or ("" if len(low) else "no loan that the policy would decline was booked and has a label")
        found = Estimate.missing(reason, len(low)) if reason else value()
        return CheckResult(f"overrides.{name}.{sample}", title, found, limits[key], unit)

    return [
        check(
            "low_side_jeffreys",
            "Test that the PD is not too low among low-side overrides (p-value)",
            lambda: _p_value(low),
            JEFFREYS_KEY,
            unit="",
        ),
        check(
            "low_side_gap",
            "Bad rate of low-side overrides less that of loans that both approve",
            lambda: _gap(low["y"], agreed["y"]),
            "population.low_side_gap",
        ),
        check(
            "low_side_loss",
            "Bad rate of low-side overrides less the break-even PD",
            lambda: _above(low["y"], break_even, oversampling.shift(applicants.study, applicants.applications)),
            "population.low_side_loss",
        ),
    ]


def low_side_share(applicants: Applicants) -> Estimate:
    """Share of the lender's approvals in the holdout that the policy would decline."""
    try:
        told = outcomes_of_decisions(applicants)
    except NotEvaluated as reason:
        return Estimate.missing(str(reason))
    approved = told["cell"].isin([name for (_, lender), name in CELLS.items() if lender])
    return proportion(int((told["cell"] == LOW_SIDE).sum()), int(approved.sum()))


def _approved(applicants: Applicants) -> pd.Series:
    """Whether the lender approved each application."""
    if applicants.study.base.decision is None and applicants.study.population == "booked":
        return pd.Series(True, index=applicants.applications.index)
    return decisions_in_force(applicants.study, applicants.applications)


def _rates(part: pd.DataFrame, smallest: int) -> tuple:
    known = part[part["y"].notna()]
    if len(known) < max(1, smallest):
        return len(part), len(known), *[np.nan] * 5
    expected = float(known["pd"].mean())
    e = jeffreys(len(known), int(known["y"].sum()), expected)
    return len(part), len(known), expected, e.value, e.lower, e.upper, e.p_value


def _gap(low: pd.Series, agreed: pd.Series) -> Estimate:
    bads, n = int(low.sum() + agreed.sum()), len(low) + len(agreed)
    if bads in (0, n):
        return Estimate.missing("all outcomes are alike", n)
    return difference(int(low.sum()), len(low), int(agreed.sum()), len(agreed))


def _p_value(low: pd.DataFrame) -> Estimate:
    e = jeffreys(len(low), int(low["y"].sum()), float(low["pd"].mean()))
    return Estimate(e.p_value, n=e.n, method="Jeffreys test, one-sided", p_value=e.p_value)


def _above(y: ArrayLike, level: float, shift: float) -> Estimate:
    """The bad rate, moved to the population's, less a PD taken as known; Jeffreys' interval."""
    bad = np.asarray(y, dtype=float)
    e = jeffreys(len(bad), int(bad.sum()), level)
    value, lower, upper = (float(oversampling.moved(x or 0.0, shift)) - level for x in (e.value, e.lower, e.upper))
    return Estimate(value, lower, upper, e.level, e.n, "Jeffreys interval; the break-even PD is taken as known")
