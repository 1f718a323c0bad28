"""What noise, gaps and a missing feed do to a card: ranking, level, grades, decisions and points, case by case.

Everything is measured on the same applications, scored once as they are and once spoilt. Decisions are those of a
cut-off that lets a given share in today; a policy has more rules than that, and they are not asked here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from riskbench import metrics
from riskbench.core.results import LEVEL, CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.study.calibration import MasterScale
from riskbench.scorecard.calibration.master_scale import grades
from riskbench.validation.attack import exported

COLUMNS = ["attack", "auc", "auc_change", "lower", "upper", "mean_pd", "grades_changed", "decisions_changed"]
NOISE, GAPS = (0.05, 0.10, 0.25), (0.01, 0.05, 0.20)


@dataclass(frozen=True, eq=False)
class Target:
    """What is attacked: a card as exported, and the applications of one sample with their outcomes.

    `y`: 1 = bad, missing without a label. `special` are the values of a feature that are no amount, and take no noise.
    `approved` is the share that the cut-off lets in, in (0, 1).
    """

    document: Mapping[str, Any]
    X: pd.DataFrame
    y: pd.Series
    scale: MasterScale
    special: Mapping[str, list[float]]
    approved: float = 0.7

    def __post_init__(self) -> None:
        if not 0 < self.approved < 1:
            raise ValueError(f"approved must lie in (0, 1), got {self.approved!r}")

    @cached_property
    def features(self) -> list[str]:
        """The features of the card."""
        return list(self.document["logit"]["names"])

    @cached_property
    def codes(self) -> pd.DataFrame:
        """The bins of the applications as they are."""
        return exported.positions(self.document, self.X)

    @cached_property
    def pds(self) -> NDArray[np.float64]:
        """The PDs of the applications as they are."""
        return exported.pds(self.document, self.codes)

    @cached_property
    def cutoff(self) -> float:
        """The PD below which the share `approved` lies."""
        return float(np.quantile(self.pds, self.approved))


def noise_table(target: Target, seed: int = 0) -> pd.DataFrame:
    """One row an attack by chance: noise of some parts of a standard deviation, and gaps in some of the values.

    Columns as `COLUMNS`: `auc_change` with DeLong's interval for the same cases, `mean_pd` after the attack, and the
    shares of applications whose grade or whose side of the cut-off changes.
    """
    calm = pd.DataFrame([_measured(target, "as they are", target.codes)], columns=COLUMNS)
    calm[["auc_change", "lower", "upper"]] = np.nan
    attacks = [(f"noise of {share:.0%} of the SD", _noisy, share) for share in NOISE]
    attacks += [(f"{share:.0%} of the values missing", _gappy, share) for share in GAPS]
    rows = [
        _measured(
            target, told, exported.positions(target.document, spoil(target, share, np.random.default_rng([seed, i])))
        )
        for i, (told, spoil, share) in enumerate(attacks)
    ]
    return pd.concat([calm, pd.DataFrame(rows, columns=COLUMNS)], ignore_index=True)


def outage_table(target: Target) -> pd.DataFrame:
    """One row a feature of the card whose feed is out, so that everybody's value is missing; the worst first.

    Columns as `COLUMNS`, and `points`, by which scores change on average: below 0, applicants lose by it.
    """
    before = exported.scores(target.document, target.codes).mean()
    of, rows = exported.features(target.document), []
    for name in target.features:
        codes = target.codes.assign(**{name: len(of[name]["labels"]) - 1})
        rows.append((*_measured(target, name, codes), float(exported.scores(target.document, codes).mean() - before)))
    table = pd.DataFrame(rows, columns=[*COLUMNS, "points"])
    return table.sort_values(["auc_change", "attack"], kind="stable").reset_index(drop=True)


def stress_checks(outages: pd.DataFrame, sample: str, thresholds: Thresholds) -> list[CheckResult]:
    """`champion.worst_outage.<sample>`: the change of AUC when the feed that matters most is out."""
    known = outages.dropna(subset="auc_change")
    if known.empty:
        worst, title = Estimate.missing("the sample lacks goods or bads", 0), "Change of AUC by the worst outage"
    else:
        row = known.sort_values("auc_change", kind="stable").iloc[0]
        worst = Estimate(float(row["auc_change"]), float(row["lower"]), float(row["upper"]), LEVEL, n=len(known))
        title = f"Change of AUC by the worst outage: {row['attack']}"
    return [CheckResult(f"champion.worst_outage.{sample}", title, worst, thresholds["attack.outage_auc"])]


def _measured(target: Target, told: str, codes: pd.DataFrame) -> tuple[Any, ...]:
    spoilt = exported.pds(target.document, codes)
    known = target.y.notna().to_numpy()
    y = target.y.to_numpy(dtype=float)[known]
    area, change = metrics.auc(y, spoilt[known]), metrics.delong(y, spoilt[known], target.pds[known])
    graded = (grades(pds, target.scale) for pds in (spoilt, target.pds))
    moved = float(np.not_equal(*graded).mean())
    decided = float(((spoilt <= target.cutoff) != (target.pds <= target.cutoff)).mean())
    return told, area.value, change.value, change.lower, change.upper, float(spoilt.mean()), moved, decided


def _noisy(target: Target, share: float, rng: Generator) -> pd.DataFrame:
    """Every number that is an amount, plus normal noise of a share of its standard deviation."""
    X = target.X[target.features].copy()
    for name in map(str, X.select_dtypes("number")):
        amounts = (X[name].notna() & ~X[name].isin(target.special.get(name, []))).to_numpy()
        values = X[name].to_numpy(dtype=float, copy=True)
        if amounts.sum() > 1:
            values[amounts] += rng.normal(0, share * values[amounts].std(ddof=1), int(amounts.sum()))
        X[name] = values
    return X


def _gappy(target: Target, share: float, rng: Generator) -> pd.DataFrame:
    """Every value missing with one probability."""
    X = target.X[target.features]
    return X.mask(rng.random(X.shape) < share)
