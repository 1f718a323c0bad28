"""How far estimates lie from the true PDs of a synthetic portfolio. Only errors leave this file, never a true PD.

The truth is drawn again from size and seed, in memory. No real portfolio has one, and none may reach a model.
"""

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import LEVEL
from riskbench.data.study import Study
from riskbench.data.synthetic import macro
from riskbench.data.synthetic.block import make_block
from riskbench.metrics.intervals import normal_quantile

FEWEST = 100  # a mean over fewer would give single truths away


def errors(study: Study, pds: pd.DataFrame, among: ArrayLike) -> pd.DataFrame:
    """One row a column of `pds`: how far its PDs lie from the true ones `among` some applications.

    `pds` has a row for every application of the study, in the order of their keys, and first the column that the
    others are compared with; `among` is boolean by row. Returns `mean_pd`, `bias` (mean PD less mean true PD),
    `mean_absolute_error`, `rank_correlation` (Spearman) and `change`: the mean absolute error less that of the first
    column, with the 95 % interval `lower`, `upper` of a paired mean over applications.

    Raises `NotEvaluated` for a study whose truth nobody knows and for fewer than 100, ValueError for other rows.
    """
    if study.source.kind != "synthetic":
        raise NotEvaluated("no real portfolio has known true PDs")
    chosen = np.asarray(among, dtype=bool)
    true = _true_pd(study.source.applications, study.source.seed, study.samples.until)
    if len(pds) != len(true) or chosen.shape != (len(pds),):
        raise ValueError(f"pds and among must have one row an application, {len(true)}, got {len(pds)}")
    if chosen.sum() < FEWEST:
        raise NotEvaluated(f"errors are told of at least {FEWEST} applications, got {chosen.sum()}")
    true = true[chosen]
    judged = pds.to_numpy(float)[chosen]
    off = np.abs(judged - true[:, None])
    change = off - off[:, [0]]
    reach = normal_quantile(LEVEL) * change.std(axis=0, ddof=1) / np.sqrt(len(true))
    with np.errstate(invalid="ignore"):  # PDs that are all equal rank nobody: NaN
        ranks = pd.DataFrame(judged).rank().corrwith(pd.Series(true).rank())
    return pd.DataFrame(
        {
            "method": list(pds.columns),
            "mean_pd": judged.mean(axis=0),
            "bias": judged.mean(axis=0) - true.mean(),
            "mean_absolute_error": off.mean(axis=0),
            "rank_correlation": ranks.to_numpy(),
            "change": change.mean(axis=0),
            "lower": change.mean(axis=0) - reach,
            "upper": change.mean(axis=0) + reach,
        }
    )


def in_points(told: pd.DataFrame) -> pd.DataFrame:
    """`errors` as a table for the reader: differences of PDs in percentage points, as the headings say."""
    differences = ["bias", "mean_absolute_error", "change", "lower", "upper"]
    headings = {name: f"{name.replace('_', ' ')}, points" for name in differences[:3]}
    return told.assign(**{name: 100 * told[name] for name in differences}).rename(columns=headings)


def _true_pd(applications: int, seed: int, until: dt.date | None) -> NDArray[np.float64]:
    """The true PD of each application that was decided by `until`."""
    _, unemployment = macro.draw(seed)
    found: list[NDArray[np.float64]] = []
    decided: list[NDArray[np.datetime64]] = []
    while sum(map(len, found)) < applications:
        block = make_block(seed, len(found), unemployment)
        found.append(block["truth"]["true_pd"])
        decided.append(block["decisions"]["decided_at"])
    true, day = np.concatenate(found)[:applications], np.concatenate(decided)[:applications]
    return true if until is None else true[day.astype("datetime64[D]") <= np.datetime64(until)]
