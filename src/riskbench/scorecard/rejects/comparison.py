"""What the champion and the methods of reject inference say of the same applications: a range, no confidence interval.

The champion is shrunk and calibrated, the methods' cards are not; so it stands in the first row and inside every range.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskbench.core.results import CheckResult, Estimate
from riskbench.metrics.discrimination import auc
from riskbench.scorecard.rejects.methods import CHAMPION, METHODS

RANGES = (  # name, what is said of whom and how many they are: columns of `compare`; title
    ("declined.mean_pd", "declined_pd", "declined", "Mean PD of the declined, and the range of the methods"),
    ("everyone.mean_pd", "everyone_pd", "everyone", "Mean PD of all applications, and the range of the methods"),
    (
        "accepted.bad_rate",
        "accepted_bad_rate",
        "accepted",
        "Bad rate among the accepted at the policy's approval rate, and the range of the methods",
    ),
    (
        "swap_ins.bad_rate",
        "swap_in_bad_rate",
        "swap_ins",
        "Inferred bad rate of swap-ins, and the range of the methods",
    ),
)


def compare(pds: pd.DataFrame, y: ArrayLike, declined: ArrayLike, share: float) -> pd.DataFrame:
    """One row a column of `pds`, the champion first and then the methods: what it says of the same applications.

    `y`: 1 bad, 0 good, NaN unknown; `declined`: boolean by row; `share`, in (0, 1): of applications accepted, those
    with the lowest PD of the method. Every rate but the AUC is a mean of the method's own PDs. Returns the numbers of
    applications `declined`, `everyone` and `accepted`, then `declined_pd`, `everyone_pd`, `accepted_bad_rate`,
    `swap_ins` (declined then, accepted now), `swap_in_bad_rate`, `moved` (share of applications decided otherwise than
    by the first column) and `auc` with its 95 % interval on the known.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie in (0, 1), got {share!r}")
    label, refused = np.asarray(y, float), np.asarray(declined, bool)
    known, lent = ~np.isnan(label), round(share * len(label))
    rows, usual = [], None
    for method in pds:
        risk = pds[method].to_numpy(float)
        accepted = np.zeros(len(risk), bool)
        accepted[np.argsort(risk, kind="stable")[:lent]] = True
        usual = accepted if usual is None else usual
        swapped, area = risk[accepted & refused], auc(label[known], risk[known])
        rows.append(
            {
                "method": method,
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
    return pd.DataFrame(rows)


def ranges(compared: pd.DataFrame, sample: str) -> list[CheckResult]:
    """What the champion says and, as bounds, the least and the most that it or a method says: one figure a question.

    `compared` is of `compare`; `n` of a figure counts the applications that the champion's value is a mean of.
    """
    by_method = compared.set_index("method")
    return [
        CheckResult(f"{name}.{sample}", title, _range(by_method[column], int(by_method[counted][CHAMPION])), unit="%")
        for name, column, counted, title in RANGES
    ]


def upper_end(compared: pd.DataFrame) -> str:
    """By which assumption the range of the declined ends where it does, as a sentence."""
    method = str(compared.set_index("method")["declined_pd"].idxmax())
    assumed = {m.title: m.assumption for m in METHODS}.get(method)
    if assumed is None:
        return "No method says more of the declined than the champion."
    return f"The upper end is that of an assumption which is chosen, not estimated ({method}): {assumed}"


def conclusion(compared: pd.DataFrame) -> str:
    """The conclusion as a template of the figures `hidden` (of the declined), `lent` (of the accepted) and `rho`."""
    return (
        "Mean PD of the declined by the champion and, in brackets, the range of the methods: {hidden}. Bad rate among"
        " as many accepted as the policy approves, by PD alone: {lent}. Correlation of what is hidden in decision and"
        f" default: {{rho}}. {upper_end(compared)} No label of a declined application was seen: the ranges show what"
        " the assumptions do, not where the truth lies."
    )


def verdict(errors: pd.DataFrame) -> str:
    """How the methods compare with the champion by the truth of a synthetic portfolio, as sentences.

    `errors` is of `data.synthetic.truth.errors`, with the champion in the first row.
    """
    others = errors.iloc[1:]
    inside = "inside" if errors["bias"].min() <= 0 <= errors["bias"].max() else "outside"
    better, worse = others.loc[others["upper"] < 0], others.loc[others["lower"] > 0]
    return (
        f"Closer to the true PDs of the declined than the champion: {len(better)} of {len(others)} methods; farther"
        f" off: {len(worse)}; not to be told from it: {len(others) - len(better) - len(worse)}. The champion misses"
        f" the mean PD by {_points(errors['bias'].iloc[0])}, the methods by"
        f" {_points(others['bias'].min())} to {_points(others['bias'].max())}: the truth lies {inside} the range."
        " Which of them would do best could not be known without it."
    )


def _range(said: pd.Series, n: int) -> Estimate:
    method = f"champion; range: lowest and highest of champion and {len(said) - 1} methods, no confidence interval"
    values = said.dropna()
    if CHAMPION not in values:
        return Estimate.missing("there is none by the champion", n, method)
    return Estimate(float(values[CHAMPION]), float(values.min()), float(values.max()), n=n, method=method)


def _points(share: float) -> str:
    return f"{100 * share:+.1f} percentage points".replace("-", "\N{MINUS SIGN}")
