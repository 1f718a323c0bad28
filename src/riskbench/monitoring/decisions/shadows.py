"""Challengers and shadows of the policy beside its champion, and challenging models beside the card.

Every alternative of the policy decides the same applications as the champion; what became of them is not asked here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import LEVEL, Estimate
from riskbench.decision.decide import decide
from riskbench.decision.paired import Ratio, change
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import LENDING
from riskbench.metrics.arguments import Bools, Floats
from riskbench.metrics.intervals import normal_quantile, proportion
from riskbench.monitoring.population.window import Window

NONE = "the policy has neither challengers nor shadows"
COUNTED = ["n", "agreement", "lower", "upper", "only_champion", "only_other", "champion_pd", "other_pd"]
CHANGED = ["pd_change", "pd_change_lower", "pd_change_upper"]
RANKED = ["rank_correlation", "rank_lower", "rank_upper"]


@dataclass(frozen=True, eq=False)
class Beside:
    """The champion's actions, those of each alternative by name, and the PD of every application, in one order."""

    champion: pd.Series
    others: Mapping[str, pd.Series]
    kinds: Mapping[str, str]
    pd: pd.Series


def beside(policy: Policy, decisions: pd.DataFrame, frame: pd.DataFrame) -> Beside:
    """What each challenger and shadow of `policy` would decide of all rows of `frame`, beside the champion.

    `frame` is what `decision.decide` takes, with pd; `decisions` is what the champion decided. Sources are taken to be
    fresh, and a challenger decides everybody, not its share.
    """
    challengers = {arm.name for arm in (policy.arms.challengers if policy.arms else [])}
    names = [other.name for other in policy.alternatives]
    others = {name: decide(policy.arm(name), frame, assume_fresh=True)["action"] for name in names}
    kinds = {name: "challenger" if name in challengers else "shadow" for name in names}
    return Beside(decisions["action"], others, kinds, frame["pd"])


def beside_champion(found: Beside, challengers: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row an alternative of the policy, then one a challenging model, in the window.

    `agreement` is the share of the same action as the champion's, with Wilson's interval; `only_champion` and
    `only_other` count whom one of the two lends to alone; `champion_pd` and `other_pd` are mean PDs of whom each lends
    to, and `pd_change` (with bounds) the second less the first, on the same applications. Of a model, a column of PDs
    in `challengers`, `rank_correlation` says how far it ranks applications as the card does. Columns that say
    nothing are left out.
    """
    rows = []
    for name, action in found.others.items():
        counted = _counted(found, action, window.current)
        rows.append({"beside": name, "kind": found.kinds[name], **counted})
    for model in challengers:
        ranks = spearman(challengers[model].to_numpy(float)[window.current], found.pd.to_numpy(float)[window.current])
        rows.append(
            {"beside": str(model), "kind": "model", "n": ranks.n, **dict(zip(RANKED, ranks.bounded, strict=True))}
        )
    columns = ["beside", "kind", *COUNTED, *CHANGED, *RANKED]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys([*COUNTED[1:], *CHANGED, *RANKED], float))
    return table.dropna(axis="columns", how="all")


def beside_by_month(found: Beside, window: Window) -> pd.DataFrame:
    """The alternatives of the policy by month: `month, series`, `value` (the agreement), then as the other table.

    Raises NotEvaluated where the window has no months or the policy no alternatives.
    """
    if not found.others:
        raise NotEvaluated(NONE)
    rows = []
    for name, action in found.others.items():
        for month in window.by_month():
            inside = window.current & (window.month == month).to_numpy()
            rows.append({"month": month, "series": name, **_counted(found, action, inside)})
    table = pd.DataFrame(rows, columns=["month", "series", *COUNTED])
    return table.rename(columns={"agreement": "value"})


def _counted(found: Beside, action: pd.Series, inside: Bools) -> dict[str, float | int | None]:
    lends, other = (side[inside].isin(LENDING).to_numpy() for side in (found.champion, action))
    risk, n = found.pd[inside].to_numpy(float), int(inside.sum())
    agreed = proportion(int((action[inside] == found.champion[inside]).sum()), n, LEVEL)
    own, its = (Ratio(risk * side, side.astype(float)) for side in (lends, other))
    means = [side.value if side.defined else np.nan for side in (own, its)]
    figures = (n, *agreed.bounded, int((lends & ~other).sum()), int((other & ~lends).sum()), *means)
    return dict(zip(COUNTED, figures, strict=True)) | dict(zip(CHANGED, change(own, its).bounded, strict=True))


def spearman(first: Floats, second: Floats) -> Estimate:
    """Spearman's rank correlation with its interval; missing below ten cases, or where one side does not vary.

    The interval is Fisher's z with the variance of Bonett and Wright, Psychometrika 65 (2000).

    >>> spearman(np.arange(10.0), np.arange(10.0) ** 2).value > 0.999
    True
    """
    known = np.isfinite(first) & np.isfinite(second)
    n, method = int(known.sum()), "Spearman; Fisher's z with the variance of Bonett and Wright (2000)"
    if n < 10 or min(np.ptp(first[known]), np.ptp(second[known])) == 0:
        return Estimate.missing("it takes ten cases that differ", n, method)
    one, other = (pd.Series(side[known]).rank().to_numpy(float) for side in (first, second))
    value = min(1.0, max(-1.0, float(np.corrcoef(one, other)[0, 1])))
    reach = normal_quantile(LEVEL) * float(np.sqrt((1 + value**2 / 2) / (n - 3)))
    z = np.arctanh(min(max(value, -1 + 1e-12), 1 - 1e-12))
    return Estimate(value, float(np.tanh(z - reach)), float(np.tanh(z + reach)), LEVEL, n, method)
