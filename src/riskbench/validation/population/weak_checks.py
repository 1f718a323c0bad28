"""Weak segments of a run: the search among its applicants, what is judged of it, and a placebo of it."""

import numpy as np
import pandas as pd

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.validation.population.applicants import Applicants
from riskbench.validation.population.segments import segments_of
from riskbench.validation.population.weak_segments import Enough, Search, search


def search_applicants(applicants: Applicants, seed: int = 0, carried: int = 20) -> Search:
    """`search` among the labelled applications of the holdout, its customers halved by `seed`."""
    rows = applicants.judged & applicants.applications["y"].notna().to_numpy()
    found, scores = segments_of(applicants).of(rows), applicants.scores[rows]
    half = applicants.halves(seed)[rows]
    return search(found, scores["y"], scores["pd"], half, Enough.by(applicants.thresholds), carried)


def placebo(applicants: Applicants, seed: int = 0, times: int = 2, carried: int = 20) -> Estimate:
    """How many of `times` searches confirm any segment where outcomes are drawn from the PDs, so that none is weak.

    At most one in twenty should, of either kind. `n` counts the searches of both kinds. Missing where no holdout
    application has a label. Raises ValueError for fewer than one search.
    """
    if times < 1:
        raise ValueError(f"placebos must be at least 1, got {times}")
    rows = applicants.judged & applicants.applications["y"].notna().to_numpy()
    if not rows.any():
        return Estimate.missing("no application of the holdout has a label", 0)
    found, risk = segments_of(applicants).of(rows), applicants.scores["pd"][rows].to_numpy()
    half, enough, draw = applicants.halves(seed)[rows], Enough.by(applicants.thresholds), np.random.default_rng(seed)
    results = [search(found, draw.random(len(risk)) < risk, risk, half, enough, carried) for _ in range(times)]
    alarms = [table["confirmed"].any() for r in results for table in (r.calibration, r.discrimination)]
    return Estimate(int(sum(alarms)), n=len(alarms), method="searches on outcomes drawn from the PDs themselves")


def weakest(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """The first rows of a table of `Search` as a page shows them, with the p-value for all carried together."""
    return table.drop(columns="p_value").head(most)


def weak_checks(result: Search, sample: str, thresholds: Thresholds) -> list[CheckResult]:
    """How many segments were confirmed weak, of either kind, and how weak one must be to be confirmed.

    A search that could find next to nothing and finds nothing proves nothing: it is not evaluated.
    """
    limit, power = thresholds["population.weak_segments"], thresholds["population.detectable_excess"]
    blunt = result.power.value is not None and power.judge(result.power.value) == "red"
    bads = _count(result, result.calibration, result.searched, blunt)
    ranking = _count(result, result.discrimination, result.ranked, blunt)
    excess = "Excess of its bad rate with which a tenth of the cases, once carried, is confirmed four times in five"
    return [
        CheckResult(f"segments.underestimated.{sample}", "Segments with more bads than expected", bads, limit),
        CheckResult(f"segments.badly_ranked.{sample}", "Segments ranked worse than their PDs imply", ranking, limit),
        CheckResult(f"segments.detectable_excess.{sample}", excess, result.power, power, unit="%"),
    ]


def _count(result: Search, table: pd.DataFrame, searched: int, blunt: bool) -> Estimate:
    if result.reason or not searched:
        return Estimate.missing(result.reason or "no segment has cases enough", searched)
    if blunt and not table["confirmed"].any():
        told = f"with so few cases a tenth of them must exceed its bad rate by {result.power.value:.0%} to be confirmed"
        return Estimate.missing(told, searched)
    method = (
        f"of {searched:,} segments searched in either half of the customers, {len(table)} carried to the other; "
        f"Holm's method over those at half the level for each half, one-sided"
    )
    return Estimate(int(table["confirmed"].sum()), n=searched, method=method)
