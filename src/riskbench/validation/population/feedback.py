"""The feedback loop: what the card's own decisions will keep its next development sample from seeing.

Outcomes are known of loans alone. Once the policy decides, whoever it does not lend to gives no label, and the bands of
the score where that is nearly everybody become blind: no later card can tell whether the PDs there still hold. Small
random approvals keep an eye open; how many it takes follows from the precision that is wanted.
"""

import math
from dataclasses import dataclass

import pandas as pd

from riskbench.core.results import LEVEL, CheckResult, Estimate
from riskbench.metrics.arguments import share
from riskbench.metrics.intervals import normal_quantile, proportion
from riskbench.validation.population.applicants import Applicants

NO_DATES = "the study has no decision dates, so how many apply in a month is not known"
LENDING = ("approve", "limit")


def by_band(applicants: Applicants, bands: int = 10) -> pd.DataFrame:
    """One row a band of the score, the riskiest first, on the holdout.

    `band, scores, n, labelled` (known today), `lent` (whom this policy lends to: the next who may be labelled),
    `censored` (the share that it does not lend to), `mean_pd` and `blind`: so few are lent to that a development sample
    of today's size would hold fewer labels in the band than a bad rate takes.
    """
    rows = pd.DataFrame(
        {
            "band": applicants.bands(bands)["score"] + 1,
            "score": applicants.scores["score"],
            "labelled": applicants.scores["y"].notna(),
            "lent": applicants.decisions["action"].isin(LENDING),
            "pd": applicants.scores["pd_applied"],
        }
    )[applicants.judged]
    grouped = rows.groupby("band")
    table = pd.DataFrame(
        {
            "scores": grouped["score"].min().map("{:g}".format) + " to " + grouped["score"].max().map("{:g}".format),
            "n": grouped.size(),
            "labelled": grouped["labelled"].sum(),
            "lent": grouped["lent"].sum(),
            "censored": 1 - grouped["lent"].mean(),
            "mean_pd": grouped["pd"].mean(),
        }
    ).reset_index()
    next_labels = table["lent"] * applicants.developing.sum() / max(1, applicants.judged.sum())
    return table.assign(blind=next_labels < applicants.thresholds["validation.grade_cases"].bound)


def feedback_checks(applicants: Applicants, table: pd.DataFrame) -> list[CheckResult]:
    """The share without an outcome today, and the share in bands of which the next card will be blind."""
    sample, limits = applicants.sample, applicants.thresholds
    n = int(table["n"].sum())
    blind = table[table["blind"]]
    named = f" (bands {', '.join(map(str, blind['band']))} of {len(table)})" if len(blind) else ""
    return [
        CheckResult(
            f"applications.unobserved.{sample}",
            "Applications that never became a loan, so that their outcome is not known",
            unobserved_share(applicants),
            limits["population.unobserved"],
            unit="%",
        ),
        CheckResult(
            f"bands.blind_share.{sample}",
            f"Applications in score bands of which the next card will be blind{named}",
            proportion(int(blind["n"].sum()), n),
            limits["population.blind_share"],
            unit="%",
        ),
    ]


def unobserved_share(applicants: Applicants) -> Estimate:
    """Share of the holdout's applications that never became loans; missing where the study holds loans alone."""
    if applicants.study.population == "booked":
        return Estimate.missing("the study holds booked loans only: who else applied is not known")
    return proportion(int((~applicants.booked & applicants.judged).sum()), int(applicants.judged.sum()))


def censored_share(table: pd.DataFrame) -> Estimate:
    """Share of all applications that the policy does not lend to, refusals and referrals alike."""
    return proportion(int((table["n"] - table["lent"]).sum()), int(table["n"].sum()))


def random_approvals(rate: float, margin: float, level: float = LEVEL) -> Estimate:
    """How many random approvals estimate a bad rate near `rate` within ± `margin`: z² p(1 − p) / margin², rounded up.

    By the normal approximation, for all together. Raises ValueError unless rate lies in [0, 1] and margin in (0, 1).

    >>> random_approvals(0.5, 0.05).value
    385
    """
    share(rate, "rate")
    share(margin, "margin", open_interval=True)
    needed = math.ceil(normal_quantile(level) ** 2 * rate * (1 - rate) / margin**2)
    return Estimate(needed, method=f"z² p(1 − p) / margin² at a level of {level:.0%}")


@dataclass(frozen=True)
class RandomApprovals:
    """What it takes to know the bad rate of those not lent to.

    Approvals `a_month`, their `share` of those turned down in a month, and how many of them turn bad if the mean PD is
    right.
    """

    a_month: Estimate
    share: Estimate
    bads: Estimate


def approvals_needed(applicants: Applicants, margin: float, months: int) -> RandomApprovals:
    """Random approvals to know the bad rate of those not lent to within ± `margin` after `months`.

    Where the policy lends to everybody all three are missing; without decision dates the share is. Raises ValueError
    for less than one month, or a margin outside (0, 1).
    """
    if months < 1:
        raise ValueError(f"months must be 1 or more, got {months}")
    turned_down = applicants.judged & ~applicants.decisions["action"].isin(LENDING).to_numpy()
    if not turned_down.any():
        return RandomApprovals(*[Estimate.missing("the policy lends to everybody")] * 3)
    risk = float(applicants.scores.loc[turned_down, "pd_applied"].mean())
    total = random_approvals(risk, margin).value or 0
    needed = math.ceil(total / months)
    method = f"{total:,} in all at a mean PD of {risk:.1%}, over {months} months"
    decided = applicants.applications.loc[applicants.judged, "month"]
    part = Estimate.missing(NO_DATES)
    if not (decided == "").all():
        part = Estimate(needed * decided.nunique() / int(turned_down.sum()), n=int(turned_down.sum()), method=method)
    return RandomApprovals(Estimate(needed, method=method), part, Estimate(needed * risk, method=method))
