"""A policy against the policy in force: who would be approved now and was not, and the other way round."""

import numpy as np
import pandas as pd
from ibis.expr.types import Table

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import Estimate
from riskbench.decision import weighted
from riskbench.decision.policy.economics import Economics
from riskbench.decision.policy.section import SEVERITY
from riskbench.decision.simulation.portfolio_sums import part_sums, part_sums_of_table, parts_table, with_every_part
from riskbench.decision.simulation.simulation import Simulation
from riskbench.metrics.intervals import normal_quantile

BY = ("in_force", "action")
UNKNOWN = "decisions of the policy in force are unknown"


def swap_set(simulated: Simulation) -> pd.DataFrame:
    """One row for each decision `in_force` and action of `this_policy`, with the columns of `parts_table`.

    Raises `NotEvaluated` where earlier decisions are unknown.
    """
    if "in_force" not in simulated.applications:
        raise NotEvaluated(UNKNOWN)
    sums = part_sums(simulated.applications, BY)
    return swap_table(parts_table(sums, simulated.policy.economics, simulated.shift))


def swap_set_of_table(applications: Table, economics: Economics) -> pd.DataFrame:
    """The same of an Ibis table of any size: `in_force`, `action`, `pd`, `lent` and `y` of each application."""
    return swap_table(parts_table(part_sums_of_table(applications, BY), economics))


def swap_table(parts: pd.DataFrame) -> pd.DataFrame:
    """All eight cells, in words, in the order of actions; cells of nobody count 0."""
    cells = pd.DataFrame([(earlier, name) for earlier in (True, False) for name in SEVERITY], columns=list(BY))
    whole = with_every_part(parts, cells).rename(columns={"action": "this_policy"})
    return whole.assign(in_force=whole["in_force"].map({True: "approve", False: "decline"}))


def swapped_in_less_out(simulated: Simulation) -> Estimate:
    """Expected bad rate of those swapped in (declined then, approved now) less that of those swapped out.

    Below 0 the policy exchanges riskier applications for safer ones. It takes two of each, and earlier decisions.
    """
    method = "difference of mean PDs, normal interval (Welch)"
    decided = simulated.applications
    if "in_force" not in decided:
        return Estimate.missing(UNKNOWN)
    gained = decided[~decided["in_force"] & simulated.approved]
    lost = decided[decided["in_force"] & (decided["action"] == "decline")]
    n = len(gained) + len(lost)
    if min(len(gained), len(lost)) < 2:
        reason = f"{len(gained)} are swapped in and {len(lost)} out; a comparison takes two of each"
        return Estimate.missing(reason, n, method)
    value = weighted.mean(gained["pd"], gained["weight"]) - weighted.mean(lost["pd"], lost["weight"])
    variances = [weighted.variance_of_mean(side["pd"], side["weight"]) for side in (gained, lost)]
    reach = normal_quantile(weighted.LEVEL) * np.sqrt(sum(variances))
    return Estimate(value, value - reach, value + reach, weighted.LEVEL, n, method)
