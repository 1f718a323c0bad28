"""The rules that speak of single decisions and of what they share: those that need not wait for a day to end."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from riskbench.core.thresholds import Thresholds
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.evaluate import readings
from riskbench.monitoring.warning.kinds.duplicates import Duplicates
from riskbench.monitoring.warning.kinds.high_risk_application import HighRiskApplication
from riskbench.monitoring.warning.kinds.velocity import Velocity
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.observed import Observed
from riskbench.monitoring.warning.warnings import Warnings
from riskbench.monitoring.watch.of_study import of_study

DAY = dt.timedelta(days=1)  # looked back where no rule says how far


@dataclass(frozen=True)
class LiveRules:
    """How to ask the rules, and how far back they look."""

    evaluate: Callable[[Observed], Sequence[Reading]]
    reach: dt.timedelta


def reach_of(warnings: Warnings) -> dt.timedelta:
    """The longest window of the rules on links and repetitions; a day where there is none."""
    return max((rule.within for rule in warnings.rules if isinstance(rule, Velocity | Duplicates)), default=DAY)


def live_rules(warnings: Warnings, study: str, thresholds: Thresholds | None = None) -> LiveRules | None:
    """The rules on links, repetitions and single applications of a study; None where there are none of them."""
    chosen = [rule for rule in warnings.rules if isinstance(rule, Velocity | Duplicates | HighRiskApplication)]
    if not chosen:
        return None
    alone = warnings.model_copy(update={"rules": chosen})
    # none of these rules reads counts: the sums of none are laid out once, and not at every decision
    empty = Look.at(Observed(dt.datetime.now(dt.UTC)), thresholds)

    def said(observed: Observed) -> list[Reading]:
        return [of_study(reading, study) for reading in readings(alone, replace(empty, observed=observed))]

    return LiveRules(said, reach_of(warnings))
