"""Those who were declined have no outcome: their PDs at the level that reject inference gives them, low and high."""

from collections.abc import Mapping

import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit

from riskbench.core.errors import NotEvaluated
from riskbench.core.evidence import Evidence
from riskbench.core.results import Estimate
from riskbench.data.oversampling import moved
from riskbench.metrics.arguments import Floats

AS_THE_CARD = "as the card says"
NO_RANGE = "reject inference gives no range for those who were declined"


def range_of(evidence: Mapping[str, Evidence], holdout: str) -> Estimate:
    """What reject inference says of the mean PD of the declined; missing, with its reason, where it says nothing."""
    found = evidence.get(f"rejects.declined.mean_pd.{holdout}")
    if found is not None and isinstance(found.value, float):
        return Estimate(found.value, found.lower, found.upper, n=found.n, method=found.method)
    lack = evidence.get(f"rejects.declined.hidden.{holdout}")
    return Estimate.missing(lack.reason if lack and lack.reason else NO_RANGE)


def at_level(pd_: Floats, level: float) -> Floats:
    """PDs moved by one number on their log odds, so that their mean is `level`, in (0, 1); their order stays.

    >>> at_level(pd.Series([0.5, 0.5]).to_numpy(), 0.2).round(6).tolist()
    [0.2, 0.2]
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie in (0, 1), got {level:g}")
    low = high = 1.0
    while moved(pd_, -low).mean() > level:
        low *= 2
    while moved(pd_, high).mean() < level:
        high *= 2
    return moved(pd_, brentq(lambda by: float(moved(pd_, by).mean()) - level, -low, high, xtol=1e-12))


def assumed(pds: pd.Series, hidden: pd.Series, range_: Estimate) -> Mapping[str, pd.Series]:
    """The PDs of all applications under three assumptions about those who are `hidden`, by name.

    `range_` is what reject inference says of their mean PD: by the card, and the least and the most of its methods.
    The PDs of the others stay; an end of the range that is the card's own is left out. Raises `NotEvaluated` where
    there is no range, or nobody is hidden.
    """
    if range_.value is None or range_.lower is None or range_.upper is None:
        raise NotEvaluated(range_.reason or NO_RANGE)
    if not hidden.any():
        raise NotEvaluated("nobody was declined in this period")
    own, centre = pds[hidden].to_numpy(float), logit(range_.value)
    found = {"lowest": range_.lower, AS_THE_CARD: range_.value, "highest": range_.upper}
    # the range is of the holdout: another period keeps its own level, moved by as much on the log odds
    levels = {name: expit(logit(own.mean()) + logit(level) - centre) for name, level in found.items()}
    return {
        name: pds.mask(hidden, pd.Series(at_level(own, level), index=pds.index[hidden])) if name != AS_THE_CARD else pds
        for name, level in levels.items()
        if name == AS_THE_CARD or found[name] != range_.value
    }
