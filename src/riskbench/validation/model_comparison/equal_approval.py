"""As many approved by one model as by another: who is bad among them, and what they earn.

The only comparison in money that is fair: a model that approves fewer has fewer bads for that alone. Each model
approves its safest cases until the same weighted share is reached; of cases with one PD at the border an equal part is
taken. Bootstrap samples of cases, the same for every model, give paired intervals; the models stay as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame

from riskbench.core.results import LEVEL, CheckResult, Estimate
from riskbench.metrics.arguments import labels, lacks_a_class, share
from riskbench.metrics.intervals import require_resamples
from riskbench.validation.model_comparison.judged import CHAMPION, Judged, title_of

Floats = NDArray[np.float64]
PERCENTILES = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
GAINS = ("bad_rate_gain", "profit_gain")
COLUMNS = ["approval_rate", "bad_rate", *(f"{of}{end}" for of in GAINS for end in ("", "_lower", "_upper")), "moved"]


@dataclass(frozen=True)
class Resampling:
    """`replicates` bootstrap samples, drawn from `seed`."""

    replicates: int = 300
    seed: int = 0

    def __post_init__(self) -> None:
        require_resamples(self.replicates)


def equal_approval(judged: Judged, rates: Sequence[float], resampling: Resampling) -> DataFrame:
    """One row a model and approval rate, the champion first: who is bad among the approved, and what they earn.

    Columns: model, `approval_rate`, `bad_rate` among the approved, `bad_rate_gain` (the champion's less the model's)
    and `profit_gain` (what an application earns more by the model than by the champion, in the study's currency), both
    with bounds, and `moved`, the share of applications that model and champion decide differently. Above 0 is better.
    Profit is missing where `judged.earned` is. Raises ValueError for rates outside (0, 1].
    """
    for rate in rates:
        if not share(rate, "approval rate"):
            raise ValueError("approval rate must lie in (0, 1], got 0")
    wanted = np.asarray(rates, dtype=float)
    ranked = {name: _Ranking.of(judged.pds[name]) for name in (CHAMPION, *judged.challengers)}
    found = _sums(judged, ranked, judged.weight, wanted)
    lower, upper = _bounds(judged, ranked, wanted, resampling)
    rows: list[dict[str, Any]] = []
    for name, ranking in ranked.items():
        for place, rate in enumerate(rates):
            row = {"model": name, "approval_rate": rate, "bad_rate": found[name][0, place] / rate}
            if name != CHAMPION:
                gain, low, high = (of[name][:, place] for of in ({name: found[name] - found[CHAMPION]}, lower, upper))
                ours, theirs = (each.approved(judged.weight, rate) for each in (ranked[CHAMPION], ranking))
                row |= _three("bad_rate_gain", -gain[0] / rate, -high[0] / rate, -low[0] / rate)
                row |= {} if judged.earned is None else _three("profit_gain", gain[1], low[1], high[1])
                row["moved"] = _moved(ours, theirs, judged.weight)
            rows.append(row)
    return DataFrame(rows, columns=["model", *COLUMNS]).astype(dict.fromkeys(COLUMNS, float))


def approval_gains(judged: Judged, table: DataFrame, rate: float, sample: str, currency: str) -> list[CheckResult]:
    """`<challenger>.profit_gain.<sample>` and `.bad_rate_gain.` at one approval rate of the table, for information."""
    at = table[np.isclose(table["approval_rate"], rate)].set_index("model").to_dict("index")
    why = lacks_a_class(labels(judged.y))
    method = f"at {rate:.0%} approved by each model, paired bootstrap over applications"
    results = []
    for name in judged.challengers:
        for of, title, unit in (
            ("profit_gain", "Profit an application gained over the champion at equal approval", currency),
            ("bad_rate_gain", "Bad rate among the approved, the champion's less that", "%"),
        ):
            lack = why or (judged.lack if of == "profit_gain" else "")
            value, lower, upper = (float(at[name][f"{of}{end}"]) for end in ("", "_lower", "_upper"))
            n = len(judged.y)
            e = Estimate.missing(lack, n, method) if lack else Estimate(value, lower, upper, LEVEL, n, method)
            results.append(CheckResult(f"{name}.{of}.{sample}", f"{title} {_by(of)} {title_of(name)}", e, unit=unit))
    return results


@dataclass(frozen=True)
class _Ranking:
    """Cases by rising PD: `order`, and the place of the last case of each run of equal PDs."""

    order: NDArray[np.int64]
    last: NDArray[np.int64]

    @classmethod
    def of(cls, pds: ArrayLike) -> "_Ranking":
        risk = np.asarray(pds, dtype=float)
        order = np.argsort(risk, kind="stable")
        return cls(order, np.flatnonzero(np.append(np.diff(risk[order]) > 0, True)))

    def sums(self, weight: Floats, values: Floats, rates: Floats) -> Floats:
        """For each of the values its weighted sum over the cases approved at each rate, per unit of all weight."""
        w = weight[self.order]
        upto = np.concatenate([[0.0], np.cumsum(w)[self.last]])
        sums = (np.concatenate([[0.0], np.cumsum(w * value[self.order])[self.last]]) for value in values)
        return np.stack([np.interp(rates * upto[-1], upto, of) / upto[-1] for of in sums])

    def approved(self, weight: Floats, rate: float) -> Floats:
        """The part of each case that is approved: 1, 0, or a fraction for those with the PD at the border."""
        w = weight[self.order]
        ends = np.cumsum(w)[self.last]
        starts = np.concatenate([[0.0], ends[:-1]])
        part = np.clip((rate * ends[-1] - starts) / np.where(ends > starts, ends - starts, 1.0), 0.0, 1.0)
        found = np.empty(len(w))
        found[self.order] = np.repeat(part, np.diff(np.concatenate([[-1], self.last])))
        return found


def _sums(judged: Judged, ranked: Mapping[str, _Ranking], weight: Floats, rates: Floats) -> dict[str, Floats]:
    """By model the bads and the profit among the approved, per unit of all weight; the second is 0 where unknown."""
    values = np.stack([judged.y, np.zeros_like(judged.y) if judged.earned is None else judged.earned])
    return {name: ranking.sums(weight, values, rates) for name, ranking in ranked.items()}


def _bounds(
    judged: Judged, ranked: Mapping[str, _Ranking], rates: Floats, resampling: Resampling
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """By model the percentiles of its sums less the champion's, over bootstrap samples of cases."""
    gains: dict[str, list[Floats]] = {name: [] for name in ranked}
    n = len(judged.y)
    for replicate in range(resampling.replicates):
        chosen = np.random.default_rng([resampling.seed, replicate]).integers(0, n, n)
        drawn = _sums(judged, ranked, judged.weight * np.bincount(chosen, minlength=n), rates)
        for name, of in drawn.items():
            gains[name].append(of - drawn[CHAMPION])
    lower, upper = ({name: np.quantile(of, q, axis=0) for name, of in gains.items()} for q in PERCENTILES)
    return lower, upper


def _three(name: str, value: float, lower: float, upper: float) -> dict[str, float]:
    return {name: float(value), f"{name}_lower": float(lower), f"{name}_upper": float(upper)}


def _moved(champion: Floats, other: Floats, weight: Floats) -> float:
    """Weighted share decided differently, where two cases at a border are decided independently of each other."""
    return float((weight * (champion * (1 - other) + other * (1 - champion))).sum() / weight.sum())


def _by(of: str) -> str:
    return "by" if of == "profit_gain" else "of"
