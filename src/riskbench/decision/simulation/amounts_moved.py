"""How much is asked for and how much is lent, by what the policy does, and by what holds an amount down."""

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.decision.simulation.simulation import Simulation

BY_BAND = "the band"


def amounts_table(simulated: Simulation, rule: pd.Series) -> pd.DataFrame:
    """One row for what the amounts of applications that are lent to are held down by, in full first.

    `rule` names by row what decided: a table of limits, a cap, or nothing where the band did. Returns `held_by`, `n`,
    `asked` and `amount` lent, in currency, and `lent_share` of the sum asked for. Raises `NotEvaluated` where no
    amounts are known, or nothing is lent.
    """
    if not simulated.amounts_known:
        raise NotEvaluated("the study records no amounts")
    lent_to = simulated.applications[simulated.approved]
    if lent_to.empty:
        raise NotEvaluated("nothing is lent")
    named = rule[simulated.approved].replace("", BY_BAND)
    held = pd.Series(np.where(lent_to["lent"] < lent_to["asked"], named, "nothing: lent in full"), index=lent_to.index)
    parts = lent_to.assign(
        held_by=held, asked=lent_to["weight"] * lent_to["asked"], amount=lent_to["weight"] * lent_to["lent"]
    )
    found = parts.groupby("held_by", sort=True).agg(n=("pd", "size"), asked=("asked", "sum"), amount=("amount", "sum"))
    table = found.sort_values("n", ascending=False, kind="stable").reset_index()
    return table.assign(lent_share=table["amount"] / table["asked"])
