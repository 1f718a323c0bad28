"""What a policy would do to a portfolio: who is approved, how bad they are, and what they earn.

Expected figures come from the PD and hold for every applicant; observed ones exist only where an outcome is known,
which for declined applicants it usually is not. Both are shown side by side, never mixed. Where bads were drawn more
often than goods, every application counts with the weight that gives the population's mix back.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.oversampling import moved, outcome_weights
from riskbench.decision.policy import LENDING, SEVERITY, Economics, Policy, apply, requested_amounts
from riskbench.metrics.arguments import probabilities
from riskbench.metrics.economics import loan_profit
from riskbench.metrics.intervals import normal_quantile, proportion

LEVEL = 0.95
UNIT_EXPOSURE = "no amounts are known: each loan counts as one unit"
REFERRED = "referred applications wait for a person: they lend nothing here"
REWEIGHTED = "bads are oversampled in the data: rates and sums are weighted to the bad rate of the population"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Simulation:
    """Decisions row by row, tables by action and by band, the swap set and the checks.

    `by_action` and `by_band` have one row each with `n`, `share` of applications, `mean_pd`, `n_labelled`,
    `expected_bad_rate` (mean PD of the labelled, to compare with) `observed_bad_rate` and its interval `lower`,
    `upper`, `amount` lent and `expected_profit`. `swaps` crosses the policy in force with this one; it has no rows, and
    `swap_difference` no value, where earlier decisions are unknown. `notes` are sentences the reader must see.
    """

    decisions: pd.DataFrame
    by_action: pd.DataFrame
    by_band: pd.DataFrame
    swaps: pd.DataFrame
    swap_difference: Estimate
    checks: tuple[CheckResult, ...]
    notes: tuple[str, ...]


def simulate(
    policy: Policy, frame: pd.DataFrame, *, sample: str, thresholds: Thresholds, shift: float = 0.0
) -> Simulation:
    """Apply `policy` to applications and add up what follows.

    `frame` has `score`, `pd` in [0, 1] and the variables of the rules; where known also `amount` (requested), `y` (1 =
    bad, 0 = good, NaN = unlabelled) and `legacy` (boolean: the policy in force approved). `shift` is what the
    population's log odds of bad lie above those of the data, see `data/oversampling.py`. Raises ValueError as
    `policy.apply` does, and for a PD outside [0, 1], labels other than 0 and 1 or a `legacy` that is not boolean.
    """
    if not len(frame):
        raise ValueError("a simulation needs at least one application, got none")
    decisions = apply(policy, frame)
    loans = _loans(policy.economics, frame, decisions, shift)
    lending = loans["action"].isin(LENDING)
    swaps, swap_difference = _swap_set(loans)
    notes = [UNIT_EXPOSURE] * ("amount" not in frame) + [REFERRED] * bool((loans["action"] == "refer").any())
    notes += [REWEIGHTED] * (shift != 0)
    return Simulation(
        decisions=decisions,
        by_action=_summary(loans, "action", list(SEVERITY)),
        by_band=_summary(loans, "band", [band.name for band in sorted(policy.bands, key=lambda b: -b.lower)]),
        swaps=swaps,
        swap_difference=swap_difference,
        checks=(
            CheckResult(
                f"portfolio.expected_profit.{sample}",
                "Expected profit of the approved portfolio, per unit lent",
                _per_unit_lent(loans, UNIT_EXPOSURE if "amount" not in frame else ""),
                thresholds["policy.expected_profit"],
                unit="%",
            ),
            CheckResult(
                f"portfolio.approval_rate.{sample}",
                "Applications approved, limited ones included",
                _share_lent(lending.to_numpy(), loans["weight"].to_numpy()),
                unit="%",
            ),
            CheckResult(
                f"portfolio.expected_bad_rate.{sample}",
                "Expected bad rate of the approved portfolio",
                _mean(*_risk(loans[lending])),
                unit="%",
            ),
            CheckResult(
                f"portfolio.swap_bad_rate_difference.{sample}",
                "Expected bad rate of those swapped in less that of those swapped out",
                swap_difference,
                unit="%",
            ),
        ),
        notes=tuple(notes),
    )


def profit_curve(
    pd_: ArrayLike, amount: ArrayLike, economics: Economics, points: int = 200, weight: ArrayLike = 1.0
) -> pd.DataFrame:
    """Approve everyone up to each PD: what share that is, how bad they are and what they earn.

    `pd_` and `amount` (requested; 1 for unit exposure) are columns of one length, `weight` (see `outcome_weights`) a
    column or one number. Returns at most `points` rows by
    rising `cut_off` with `approval_share`, `bad_rate` (expected), `profit` per unit requested, the quantity a lender
    maximises, and `profit_lent` per unit lent, each with an interval for the sampling of applicants. Equal PDs are
    approved together.
    """
    risk, asked = probabilities(pd_), np.asarray(amount, dtype=float)
    if risk.shape != asked.shape or not risk.size:
        raise ValueError(f"pd and amount must be columns of one length, at least 1, got {risk.size} and {asked.size}")
    order = np.argsort(risk, kind="stable")
    risk, asked = risk[order], asked[order]
    w = np.broadcast_to(np.asarray(weight, dtype=float), risk.shape)[order]
    last = np.flatnonzero(np.append(np.diff(risk) > 0, True))  # the last of each run of equal PDs
    last = last[np.unique(np.linspace(0, len(last) - 1, min(points, len(last))).round().astype(int))]
    n, total, apply_cost = len(risk), w.sum(), economics.cost_per_application
    earned = _earned(risk, asked, economics)

    def upto(values: Floats) -> Floats:
        return np.cumsum(values)[last]

    # Sums over all applicants, each approved one bringing earned − cost, each other −cost, over amounts a.
    profit = upto(w * (earned - apply_cost)) - apply_cost * (total - upto(w))
    profit_squared = upto((w * (earned - apply_cost)) ** 2) + apply_cost**2 * ((w**2).sum() - upto(w**2))
    approved_cross = upto(w**2 * (earned - apply_cost) * asked)
    by_lent = profit, upto(w * asked), profit_squared, approved_cross, upto((w * asked) ** 2)
    cross = approved_cross - apply_cost * ((w**2 * asked).sum() - upto(w**2 * asked))
    by_asked = profit, (w * asked).sum(), profit_squared, cross, ((w * asked) ** 2).sum()
    ratio, lower, upper = _ratio(*by_asked, n)
    lent_ratio, lent_lower, lent_upper = _ratio(*by_lent, n)
    return pd.DataFrame(
        {
            "cut_off": risk[last],
            "approval_share": upto(w) / total,
            "bad_rate": upto(w * risk) / upto(w),
            "profit": ratio,
            "lower": lower,
            "upper": upper,
            "profit_lent": lent_ratio,
            "lent_lower": lent_lower,
            "lent_upper": lent_upper,
        }
    )


def _earned(risk: Floats, amount: Floats, economics: Economics) -> Floats:
    return loan_profit(risk, economics.net_margin, economics.lgd, amount, economics.cost_per_account)


def _loans(economics: Economics, frame: pd.DataFrame, decisions: pd.DataFrame, shift: float) -> pd.DataFrame:
    """What the sums need of each application: action, band, PD, label, amounts, expected profit and weight."""
    if "pd" not in frame:
        raise ValueError(f"a simulation needs a column pd, got {', '.join(map(str, frame.columns))}")
    risk = probabilities(frame["pd"])
    labels = frame["y"].to_numpy(float) if "y" in frame else np.full(len(frame), np.nan)
    if not (np.isnan(labels) | (labels == 0) | (labels == 1)).all():
        raise ValueError("y must be 1 (bad), 0 (good) or missing")
    lending = decisions["action"].isin(LENDING).to_numpy()
    lent = decisions["amount"].to_numpy(float)
    earned = np.where(lending, _earned(risk, lent, economics), 0.0) - economics.cost_per_application
    columns = {"pd": risk, "y": labels, "asked": requested_amounts(frame), "lent": lent, "profit": earned}
    loans = decisions[["action", "band"]].assign(**columns, weight=outcome_weights(labels, shift))
    loans.attrs["shift"] = shift
    if "legacy" in frame:
        if not pd.api.types.is_bool_dtype(frame["legacy"]):
            raise ValueError(f"legacy must be boolean (True = approved before), got {frame['legacy'].dtype}")
        loans["legacy"] = frame["legacy"]
    return loans


def _summary(loans: pd.DataFrame, by: str, order: list[str]) -> pd.DataFrame:
    rows = []
    for name in order:
        cell = loans[loans[by] == name]
        rows.append({by: name, **_cell(cell, loans["weight"].sum())})
    return pd.DataFrame(rows)


def _cell(cell: pd.DataFrame, total: float) -> dict[str, float]:
    labelled = cell[cell["y"].notna()]
    observed = proportion(int(labelled["y"].sum()), len(labelled))
    value, lower, upper = moved(
        [_number(x) for x in (observed.value, observed.lower, observed.upper)], cell.attrs["shift"]
    )
    weight = cell["weight"]
    return {
        "n": len(cell),
        "share": weight.sum() / total,
        "mean_pd": _weighted(cell["pd"], weight),
        "n_labelled": len(labelled),
        "expected_bad_rate": _weighted(labelled["pd"], labelled["weight"]),
        "observed_bad_rate": value,
        "lower": lower,
        "upper": upper,
        "amount": (weight * cell["lent"]).sum(),
        "expected_profit": (weight * cell["profit"]).sum(),
    }


def _weighted(values: pd.Series, weight: pd.Series) -> float:
    return float((values * weight).sum() / weight.sum()) if len(values) else np.nan


def _risk(loans: pd.DataFrame) -> tuple[Floats, Floats]:
    return loans["pd"].to_numpy(), loans["weight"].to_numpy()


def _swap_set(loans: pd.DataFrame) -> tuple[pd.DataFrame, Estimate]:
    """Earlier decision × new action, and how much worse those swapped in are expected to be than those swapped out."""
    total = loans["weight"].sum()
    columns = ["legacy", "action", *_cell(loans, total)]
    if "legacy" not in loans:
        return pd.DataFrame(columns=columns), Estimate.missing("decisions of the policy in force are unknown")
    before = [("approve", loans["legacy"]), ("decline", ~loans["legacy"])]
    cells = [
        {"legacy": name, "action": action, **_cell(loans[mask & (loans["action"] == action)], total)}
        for name, mask in before
        for action in SEVERITY
    ]
    gained = _risk(loans[~loans["legacy"] & loans["action"].isin(LENDING)])
    lost = _risk(loans[loans["legacy"] & (loans["action"] == "decline")])
    return pd.DataFrame(cells, columns=columns), _mean_difference(gained, lost)


def _per_unit_lent(loans: pd.DataFrame, note: str) -> Estimate:
    lent, profit = (loans["weight"].to_numpy() * loans[name].to_numpy(float) for name in ("lent", "profit"))
    method = "; ".join(
        filter(None, ["expected profit / amount lent, linearised over the sampling of applicants", note])
    )
    if not lent.sum():
        return Estimate.missing("nothing is lent", len(loans), method)
    sums = profit.sum(), lent.sum(), (profit**2).sum(), (profit * lent).sum(), (lent**2).sum()
    value, lower, upper = (float(x) for x in _ratio(*sums, len(loans)))
    if len(loans) == 1:
        return Estimate(value, n=1, method=method)
    return Estimate(value, lower, upper, LEVEL, len(loans), method)


def _ratio(p: ArrayLike, a: ArrayLike, pp: ArrayLike, pa: ArrayLike, aa: ArrayLike, n: int) -> tuple[Floats, ...]:
    """Ratio Σp / Σa with its linearised interval, from the sums of p, a and their products over n applicants."""
    p, a, pp, pa, aa = (np.asarray(x, dtype=float) for x in (p, a, pp, pa, aa))
    ratio = p / a
    residuals = np.maximum(pp - 2 * ratio * pa + ratio**2 * aa, 0.0)
    reach = normal_quantile(LEVEL) * np.sqrt(residuals * (n / max(n - 1, 1))) / a
    return ratio, ratio - reach, ratio + reach


def _share_lent(lending: NDArray[np.bool_], weight: Floats) -> Estimate:
    if (weight == weight[0]).all():
        return proportion(int(lending.sum()), len(lending))
    method = "weighted share, linearised over the sampling of applicants"
    lent = weight * lending
    sums = lent.sum(), weight.sum(), (lent**2).sum(), (lent * weight).sum(), (weight**2).sum()
    value, lower, upper = (float(x) for x in _ratio(*sums, len(lending)))
    return Estimate(value, max(0.0, lower), min(1.0, upper), LEVEL, len(lending), method)


def _mean(risk: Floats, weight: Floats) -> Estimate:
    method = "mean PD, normal interval over the sampling of applicants"
    if len(risk) < 2:
        return Estimate.missing("fewer than two applications are approved", len(risk), method)
    value, variance = _mean_and_variance(risk, weight)
    reach = normal_quantile(LEVEL) * np.sqrt(variance)
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach), LEVEL, len(risk), method)


def _mean_difference(gained: tuple[Floats, Floats], lost: tuple[Floats, Floats]) -> Estimate:
    method = "difference of mean PDs, normal interval (Welch)"
    more, fewer = len(gained[0]), len(lost[0])
    if min(more, fewer) < 2:
        reason = f"{more} are swapped in and {fewer} out; a comparison takes two of each"
        return Estimate.missing(reason, more + fewer, method)
    (mean_in, variance_in), (mean_out, variance_out) = _mean_and_variance(*gained), _mean_and_variance(*lost)
    reach = normal_quantile(LEVEL) * np.sqrt(variance_in + variance_out)
    value = mean_in - mean_out
    return Estimate(value, value - reach, value + reach, LEVEL, more + fewer, method)


def _mean_and_variance(values: Floats, weight: Floats) -> tuple[float, float]:
    """The weighted mean of independent cases and the variance of that mean."""
    n, total = len(values), weight.sum()
    mean = float((weight * values).sum() / total)
    return mean, float(((weight * (values - mean)) ** 2).sum() / total**2 * n / (n - 1))


def _number(value: float | None) -> float:
    return np.nan if value is None else value
