"""What a model did in each month: how many it decided, how, and what became of it as far as that is known."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskbench.core.results import Estimate
from riskbench.metrics import auc, proportion
from riskbench.metrics.pd_tests import jeffreys
from riskbench.scorecard.bands import band_codes, band_edges
from riskbench.scorecard.stability import psi_of_columns

APPROVED = ("approve", "limit")  # approved includes limited
FEWEST = 30  # of each class: with fewer the AUC has no normal error


@dataclass(frozen=True)
class MonthOfModel:
    """One model in one month of decisions; each figure has its interval, or the reason why it is missing."""

    model: str
    month: str
    decisions: int
    matured: int
    approval: Estimate
    override: Estimate
    psi: Estimate
    expected: Estimate
    observed: Estimate
    auc: Estimate


def monthly(rows: pd.DataFrame, developed: Mapping[str, pd.Series], overrides_known: bool = True) -> list[MonthOfModel]:
    """Each model and month of `rows`, by model and month.

    `rows` as `join` gives them; `developed` holds by model the scores of its development, against which PSI stands.
    Whether people overrode anything is known of a log alone. Outcomes count once every loan of the month is matured;
    until then bad loans are still to come.
    """
    return [
        _month(str(model), str(month), group, developed.get(str(model)), overrides_known)
        for (model, month), group in rows.groupby(["model", "month"], sort=True)
    ]


def _month(
    model: str, month: str, rows: pd.DataFrame, developed: pd.Series | None, overrides_known: bool
) -> MonthOfModel:
    n = len(rows)
    labelled = rows[rows["label"].isin(["good", "bad"]) & rows["pd"].notna()]
    y = (labelled["label"] == "bad").to_numpy(float)
    pds = labelled["pd"].to_numpy(float)
    lack = _open(rows) or ("" if len(y) else "no loan is good or bad")
    expected = observed = ranked = Estimate.missing(lack, len(y))
    if not lack:
        expected = Estimate(float(pds.mean()), n=len(y), method="mean PD")
        observed = jeffreys(len(y), int(y.sum()), float(pds.mean()))
        ranked = _ranked(y, pds)
    overridden = proportion(int(rows["override"].sum()), n)
    return MonthOfModel(
        model,
        month,
        n,
        len(y),
        proportion(int(rows["action"].isin(APPROVED).sum()), n),
        overridden if overrides_known else Estimate.missing("a run knows no overrides, a decision log does", n),
        _psi(rows["score"].dropna(), developed),
        expected,
        observed,
        ranked,
    )


def _open(rows: pd.DataFrame) -> str:
    still = int((rows["label"] == "immature").sum())
    return f"the windows of {still:,} loans are still open" if still else ""


def _ranked(y: np.ndarray, pds: np.ndarray) -> Estimate:
    bad = int(y.sum())
    if min(bad, len(y) - bad) < FEWEST:
        return Estimate.missing(f"it needs {FEWEST} bad and good loans, and {bad} of {len(y)} are bad", len(y))
    return auc(y, pds)


def _psi(scores: pd.Series, developed: pd.Series | None) -> Estimate:
    if developed is None or not len(developed):
        return Estimate.missing("the run of this model is not here, so its development is not known", len(scores))
    both = pd.concat([developed, scores], ignore_index=True)
    before = np.arange(len(both)) < len(developed)
    return psi_of_columns(band_codes(both, band_edges(developed)), before, ~before)["score"]
