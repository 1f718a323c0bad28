"""Loss given default from recoveries: what of a bad loan was lost in the end, against what the policy assumes.

Two questions, two denominators. Of what was lent, the share that is lost is what a policy assumes; of what was still
owed, it is what collections see. Interest that a bad loan paid before is left aside: it would offset part of the loss.
"""

import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.decision.paired import Ratio
from riskbench.decision.policy.economics import Economics

DOWNTURN = (
    "Means over the years that the data hold: no downturn is added, and a policy that must hold in one needs more."
)
NO_LOSSES = "the study names no columns of losses ([loan.losses])"
FEWEST = 30  # loans that went bad, below which a part is left empty


def bad_loans(losses: pd.DataFrame, y: pd.Series) -> pd.DataFrame:
    """The losses of loans that went bad, from the table `losses` of intake and the labels of the same rows.

    Raises `NotEvaluated` where the study names no columns of losses, or no loan went bad.
    """
    if "funded" not in losses:
        raise NotEvaluated(NO_LOSSES)
    if not (y == 1).any():
        raise NotEvaluated("no loan of the study went bad")
    return losses[(y == 1).to_numpy()]


def of_lent(losses: pd.DataFrame) -> Estimate:
    """Σ loss / Σ funded over loans that went bad, each with `funded`, `repaid`, `recovered` and `cost`: a ratio.

    >>> rows = {"funded": [100.0, 100.0], "repaid": [40.0, 0.0], "recovered": [20.0, 0.0], "cost": [0.0, 0.0]}
    >>> of_lent(pd.DataFrame(rows)).value  # (100 − 40 − 20 + 100) / 200
    0.7
    """
    return _ratio(losses, losses["funded"])


def of_bad(losses: pd.DataFrame, y: pd.Series) -> Estimate:
    """`of_lent` of the loans that went bad, `losses` and `y` as in `bad_loans`; missing where nothing is known."""
    try:
        return of_lent(bad_loans(losses, y))
    except NotEvaluated as lack:
        return Estimate.missing(str(lack))


def of_owed(losses: pd.DataFrame) -> Estimate:
    """Σ loss / Σ (funded − repaid): the share lost of what was still owed."""
    return _ratio(losses, losses["funded"] - losses["repaid"])


def by_part(losses: pd.DataFrame, part: pd.Series, name: str) -> pd.DataFrame:
    """One row a part of the loans that went bad, named in `name`.

    `n`, `lgd` of what was lent with its interval, `lgd_owed`, and `lgd_mean`, the mean over loans, which small loans
    move more; figures of fewer than 30 loans are left out. Raises `NotEvaluated` where the part is known of no loan.
    """
    rows = []
    for label, of in losses.groupby(part.reindex(losses.index), sort=True):
        enough = len(of) >= FEWEST
        found = of_lent(of) if enough else Estimate.missing("few loans")
        owed = of_owed(of).value if enough else None
        mean = float((_loss(of) / of["funded"]).mean()) if enough else None
        rows.append({name: label, "n": len(of), **found.columns("lgd"), "lgd_owed": owed, "lgd_mean": mean})
    if not rows:
        raise NotEvaluated("no loan that went bad belongs to any part")
    return pd.DataFrame(rows)


def by_band_and_year(losses: pd.DataFrame, band: pd.Series, month: pd.Series) -> pd.DataFrame:
    """The parts of `by_part` for the band that a decision puts a loan in and, where there are dates, for its year.

    `band` and `month` are by application. `part` says which of the two, `level` its name.
    """
    tables = [by_part(losses, band, "level").assign(part="band")]
    if (month != "").all():
        tables.append(by_part(losses, month.str[:4], "level").assign(part="year"))
    table = pd.concat(tables, ignore_index=True)
    return table[["part", *table.columns.drop("part")]]


def lgd_checks(losses: pd.DataFrame, y: pd.Series, economics: Economics, thresholds: Thresholds) -> list[CheckResult]:
    """The LGD of the data, of what was lent and of what was owed, and how far it lies above the policy's assumption.

    `losses` and `y` are as in `bad_loans`.
    """
    found = above = of_bad(losses, y)
    owed = of_owed(bad_loans(losses, y)) if found.value is not None else found
    if found.value is not None:
        value, lower, upper = (None if x is None else x - economics.lgd for x in found.bounded)
        above = Estimate(value, lower, upper, found.level, found.n, "LGD of the data less that assumed")
    return [
        CheckResult("losses.lgd_of_lent", "Lost of what was lent to loans that went bad", found, unit="%"),
        CheckResult("losses.lgd_of_owed", "Lost of what was still owed", owed, unit="%"),
        CheckResult(
            "losses.lgd_above_assumed",
            "LGD of the data less what the policy assumes",
            above,
            thresholds["simulation.lgd_above_assumed"],
            unit="%",
        ),
    ]


def break_even(economics: Economics, lgd: Estimate) -> Estimate:
    """The bad rate at which lending earns nothing, fixed costs aside, as the policy assumes it.

    The bounds are those of the LGD that was measured, around the policy's margin and funding: none where it was not.

    >>> costs = Economics(lgd=0.5, margin=0.25, funding_cost=0.05)
    >>> e = break_even(costs, Estimate(0.6, 0.4, 0.8, n=50))  # .2 / (.2 + .8), .2 / (.2 + .5) and .2 / (.2 + .4)
    >>> [round(x, 4) for x in e.bounded]
    [0.2857, 0.2, 0.3333]
    """
    value, margin = economics.break_even_pd, economics.net_margin
    if lgd.lower is None or lgd.upper is None:
        return Estimate(value, method="net margin / (net margin + LGD), as assumed: no LGD was measured")
    ends = margin / (margin + lgd.upper), margin / (margin + max(lgd.lower, 0.0))
    method = "net margin / (net margin + LGD), as assumed; bounds by the interval of the LGD measured"
    return Estimate(value, min(value, ends[0]), max(value, ends[1]), lgd.level, lgd.n, method)


def _loss(losses: pd.DataFrame) -> pd.Series:
    return losses["funded"] - losses["repaid"] - losses["recovered"] + losses["cost"]


def _ratio(losses: pd.DataFrame, whole: pd.Series) -> Estimate:
    if len(losses) < 2:
        return Estimate.missing("fewer than two loans went bad", len(losses))
    return Ratio(_loss(losses).to_numpy(float), whole.to_numpy(float)).estimate()
