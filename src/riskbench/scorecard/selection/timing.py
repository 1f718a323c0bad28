"""When candidates are known: whether what stands behind them is dated before the decision, and which come too late."""

from collections.abc import Iterable

import pandas as pd

from riskbench.core.thresholds import Thresholds
from riskbench.data.study import Study
from riskbench.scorecard.feature_sources import columns_behind

NOT_DATED = "not dated"
READ_AS_OF = "read as of the decision"


def dates_known(study: Study, applications: pd.DataFrame, candidates: Iterable[str]) -> pd.DataFrame:
    """One row a candidate: feature, when it is known, and the share of rows it dates after the decision.

    `known` is "read as of the decision" where every column behind the candidate comes from dated rows, and "not dated"
    where only the study's word says that it was known. The share is of an engineered feature that reads a date beside
    the moment of the decision; NaN elsewhere.
    """
    dated = {c for t in study.tables.values() if t.join in ("latest", "aggregate") for c in t.aggregates or t.columns}
    rows = []
    for name in map(str, candidates):
        read = columns_behind(study, name)
        dates = sorted(read & set(study.with_role("date")))
        share = _share_after(applications, dates, study.base.as_of)
        known = READ_AS_OF if read <= dated else NOT_DATED
        if share is not None:
            known = f"{', '.join(dates)}: after the decision in {share:.1%} of the rows"
        rows.append((name, known, share))
    return pd.DataFrame(rows, columns=["feature", "known", "after_decision"]).astype({"after_decision": float})


def known_too_late(known: pd.DataFrame, thresholds: Thresholds) -> dict[str, str]:
    """The candidates of `dates_known` that are dated after the decision too often, each with the reason."""
    limit = thresholds["features.after_decision"].bound
    late = known[known["after_decision"] > limit]
    told = zip(late["feature"].astype(str), late["known"].astype(str), strict=True)
    return {name: f"leakage suspected: {when}, over {limit:.1%}" for name, when in told}


def _share_after(applications: pd.DataFrame, dates: list[str], as_of: str | None) -> float | None:
    if as_of is None or as_of not in applications or not dates or not set(dates) <= set(applications):
        return None
    decided = pd.to_datetime(applications[as_of])
    late = pd.concat([pd.to_datetime(applications[name]) > decided for name in dates], axis=1).any(axis=1)
    return float(late.mean())
