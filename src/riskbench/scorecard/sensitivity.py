"""What the methods of reject inference say, side by side: a band between them, which is no interval of confidence."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskbench.core.results import CheckResult, Estimate
from riskbench.metrics.discrimination import auc
from riskbench.scorecard.reject_inference import NO_DECLINED, NOTHING, TITLES

RATES = ["declined_pd", "everyone_pd", "accepted_bad_rate", "swap_ins", "swap_in_bad_rate", "moved"]
COLUMNS = ["method", "title", *RATES, "auc", "auc_lower", "auc_upper"]
BANDS = (
    ("declined.mean_pd", "declined_pd", "Mean PD of the declined, and the band of the methods"),
    ("everyone.mean_pd", "everyone_pd", "Mean PD of all applications, and the band of the methods"),
    (
        "accepted.bad_rate",
        "accepted_bad_rate",
        "Bad rate among the accepted at the policy's approval share, and the band of the methods",
    ),
    ("swap_ins.bad_rate", "swap_in_bad_rate", "Inferred bad rate of swap-ins, and the band of the methods"),
)


def populations(applications: pd.DataFrame, declined: pd.Series, pd_: pd.Series, samples: list[str]) -> pd.DataFrame:
    """Who is known and who is not, by sample: number, share of the sample, mean PD, and the bad rate where known."""
    y = applications["y"]
    groups = {
        "known good or bad": y.notna(),
        "declined": declined,
        "accepted, no outcome yet or not taken": ~declined & y.isna(),
    }
    rows = []
    for sample in samples:
        inside = applications["sample"] == sample
        for name, group in groups.items():
            here = inside & group
            rows.append((sample, name, here.sum(), here.sum() / inside.sum(), pd_[here].mean(), y[here].mean()))
    return pd.DataFrame(rows, columns=["sample", "applications", "n", "share", "mean_pd", "bad_rate"])


def compare(pds: pd.DataFrame, y: ArrayLike, declined: ArrayLike, share: float) -> pd.DataFrame:
    """One row a method (column of `pds`, the first being doing nothing): what it says of the same applications.

    `y`: 1 bad, 0 good, NaN unknown; `declined`: boolean by row; `share`, in (0, 1): of applications accepted, those
    with the lowest PD of the method. Every rate but the AUC is a mean of the method's own PDs. Returns `declined_pd`,
    `everyone_pd`, `accepted_bad_rate`, `swap_ins` (declined then, accepted now), `swap_in_bad_rate`, `moved` (share of
    applications decided otherwise than by doing nothing) and `auc` with its interval on the known.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie in (0, 1), got {share!r}")
    label, refused = np.asarray(y, float), np.asarray(declined, bool)
    known, lent = ~np.isnan(label), round(share * len(label))
    rows, usual = [], None
    for name in pds:
        risk = pds[name].to_numpy(float)
        accepted = np.zeros(len(risk), bool)
        accepted[np.argsort(risk, kind="stable")[:lent]] = True
        usual = accepted if usual is None else usual
        swapped, area = risk[accepted & refused], auc(label[known], risk[known])
        rows.append(
            {
                "method": name,
                "title": TITLES.get(str(name), str(name)),
                "declined_pd": risk[refused].mean(),
                "everyone_pd": risk.mean(),
                "accepted_bad_rate": risk[accepted].mean(),
                "swap_ins": len(swapped),
                "swap_in_bad_rate": swapped.mean() if len(swapped) else np.nan,
                "moved": float((accepted != usual).mean()),
                "auc": area.value,
                "auc_lower": area.lower,
                "auc_upper": area.upper,
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def bands(compared: pd.DataFrame, n: int, sample: str) -> list[CheckResult]:
    """What doing nothing says and, as bounds, the least and the most that a method says: one figure a question.

    `compared` is of `compare`, or of `nothing_said` where nobody was declined; `n` counts the applications.
    """
    return [
        CheckResult(f"{name}.{sample}", title, _band(compared, column, n), unit="%", dims={"sample": sample})
        for name, column, title in BANDS
    ]


def nothing_said() -> pd.DataFrame:
    """The table of `compare` without a row, for a study without declined applications."""
    return pd.DataFrame(columns=COLUMNS).astype({"method": "str", "title": "str"} | dict.fromkeys(COLUMNS[2:], float))


def _band(compared: pd.DataFrame, column: str, n: int) -> Estimate:
    values = compared.set_index("method")[column].dropna()
    method = f"doing nothing; bounds: lowest and highest of {len(values)} methods, no interval of confidence"
    if compared.empty:
        return Estimate.missing(NO_DECLINED)
    if NOTHING not in values:
        return Estimate.missing("there is none by doing nothing", n, method)
    return Estimate(float(values[NOTHING]), float(values.min()), float(values.max()), n=n, method=method)
