"""What the simulation of a policy is judged by, beside the checks of its portfolio."""

import numpy as np

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.decision.simulation.charges import share_above_cap
from riskbench.decision.simulation.concentration import broken_caps
from riskbench.decision.simulation.replayed import Replayed
from riskbench.decision.simulation.vintages import vintages_above
from riskbench.metrics.intervals import proportion

NO_CAPS = "the policy has no cap on concentration (caps.concentration)"


def simulation_checks(replay: Replayed, error: float, thresholds: Thresholds) -> list[CheckResult]:
    """Loans above the cap on rates, levels above a cap on concentration, burdens above income, vintages that lost more.

    `error` is of `vintages.level_error`. What the study or the policy lacks is not evaluated, with that reason.
    """
    broken = _broken(replay)
    named = f" ({'; '.join(broken)})" if broken else ""
    caps = replay.policy.caps.concentration
    return [
        CheckResult(
            "loans.above_rate_cap",
            "Loans in the data that cost more than the cap on the all-in rate",
            _above_rate_cap(replay),
            thresholds["simulation.rates_above_cap"],
            unit="%",
        ),
        CheckResult(
            "loans.above_income", "Lent to although instalment and expenses exceed income", _above(replay), unit="%"
        ),
        CheckResult(
            "lent.above_cap",
            f"Levels with a larger share of what is lent than the policy allows{named}",
            Estimate(len(broken), n=len(caps)) if caps else Estimate.missing(NO_CAPS),
            thresholds["simulation.caps_broken"],
        ),
        CheckResult(
            "vintages.above_expected",
            "Vintages that lost more than the interval of their expected loss",
            _vintages(replay, error),
            thresholds["simulation.vintages_above_expected"],
        ),
    ]


def _above_rate_cap(replay: Replayed) -> Estimate:
    cap = replay.policy.caps.all_in_rate
    try:
        return share_above_cap(replay.charges.all_in(cap), cap)
    except NotEvaluated as lack:
        return Estimate.missing(str(lack))


def _above(replay: Replayed) -> Estimate:
    try:
        burden = replay.burden()
    except NotEvaluated as lack:
        return Estimate.missing(str(lack))
    known = burden[~np.isnan(burden)]
    return proportion(int((known > 1).sum()), len(known))


def _broken(replay: Replayed) -> list[str]:
    return broken_caps(replay.spreads(), replay.policy.caps.concentration)


def _vintages(replay: Replayed, error: float) -> Estimate:
    try:
        above, known = vintages_above(replay.vintages(error))
    except NotEvaluated as lack:
        return Estimate.missing(str(lack))
    method = "observed loss above the 95 % interval of what was expected, at the LGD that the policy assumes"
    return Estimate(above, n=known, method=method) if known else Estimate.missing("no vintage has matured loans")
