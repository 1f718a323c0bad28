"""What the champion and the methods of reject inference say, side by side: a band, no interval of confidence.

The champion is shrunk and calibrated, the methods' cards are not; so it stands in the first row and inside every band.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskbench.core.results import CheckResult, Estimate
from riskbench.metrics.discrimination import auc
from riskbench.scorecard.rejects.reject_inference import CHAMPION, METHODS, TITLES

COUNTS = ["declined", "everyone", "accepted"]
RATES = ["declined_pd", "everyone_pd", "accepted_bad_rate", "swap_ins", "swap_in_bad_rate", "moved"]
COLUMNS = ["method", "title", *COUNTS, *RATES, "auc", "auc_lower", "auc_upper"]
BANDS = (
    ("declined.mean_pd", "declined_pd", "declined", "Mean PD of the declined, and the band of the methods"),
    ("everyone.mean_pd", "everyone_pd", "everyone", "Mean PD of all applications, and the band of the methods"),
    (
        "accepted.bad_rate",
        "accepted_bad_rate",
        "accepted",
        "Bad rate among the accepted at the policy's approval share, and the band of the methods",
    ),
    ("swap_ins.bad_rate", "swap_in_bad_rate", "swap_ins", "Inferred bad rate of swap-ins, and the band of the methods"),
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
    """One row a column of `pds`, the champion first and then the methods: what it says of the same applications.

    `y`: 1 bad, 0 good, NaN unknown; `declined`: boolean by row; `share`, in (0, 1): of applications accepted, those
    with the lowest PD of the method. Every rate but the AUC is a mean of the method's own PDs. Returns the numbers of
    applications `declined`, `everyone` and `accepted`, then `declined_pd`, `everyone_pd`, `accepted_bad_rate`,
    `swap_ins` (declined then, accepted now), `swap_in_bad_rate`, `moved` (share of applications decided otherwise than
    by the first column) and `auc` with its interval on the known.
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
                "declined": int(refused.sum()),
                "everyone": len(risk),
                "accepted": lent,
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


def bands(compared: pd.DataFrame, sample: str) -> list[CheckResult]:
    """What the champion says and, as bounds, the least and the most that it or a method says: one figure a question.

    `compared` is of `compare`; `n` of a figure counts the applications that the champion's value is a mean of.
    """
    return [
        CheckResult(f"{name}.{sample}", title, _band(compared, column, counted), unit="%")
        for name, column, counted, title in BANDS
    ]


def nothing_said() -> pd.DataFrame:
    """The table of `compare` without a row, for a study without declined applications."""
    return pd.DataFrame(columns=COLUMNS).astype({"method": "str", "title": "str"} | dict.fromkeys(COLUMNS[2:], float))


def conclusion(compared: pd.DataFrame, population: str) -> str:
    """The conclusion as a template of hidden, lent and rho, or of hidden alone where nobody was declined.

    >>> conclusion(nothing_said(), "booked")
    'The study holds booked loans only: nothing can be said of the declined ({hidden:status}).'
    """
    if compared.empty:
        holds = "has no declined applications" if population == "through_the_door" else "holds booked loans only"
        return f"The study {holds}: nothing can be said of the declined ({{hidden:status}})."
    return (
        "Mean PD of the declined by the champion and, in brackets, the band of the methods: {hidden}. Bad rate among as"
        " many accepted as the policy lends to, by PD alone: {lent}. Correlation of what is hidden in decision and"
        f" default: {{rho}}. {highest(compared)} No label of a declined application was seen: the bands show what the"
        " assumptions do, not where the truth lies."
    )


def highest(compared: pd.DataFrame) -> str:
    """By which assumption the band of the declined ends where it does, as a sentence."""
    name = compared.set_index("method")["declined_pd"].idxmax()
    assumed = {method.name: method.assumption for method in METHODS}.get(str(name))
    if assumed is None:
        return "No method says more of the declined than the champion."
    return f"The upper end is that of an assumption which is chosen, not estimated ({TITLES[str(name)]}): {assumed}"


def _band(compared: pd.DataFrame, column: str, counted: str) -> Estimate:
    values = compared.set_index("method")[column].dropna()
    n = int(compared.set_index("method")[counted][CHAMPION])
    method = f"champion; band: lowest and highest of champion and {len(compared) - 1} methods, no confidence"
    if CHAMPION not in values:
        return Estimate.missing("there is none by the champion", n, method)
    return Estimate(float(values[CHAMPION]), float(values.min()), float(values.max()), n=n, method=method)
