"""What a policy reads: one row an application, put together from the tables of a run."""

import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.data.applications import amounts, decisions_in_force
from riskbench.data.study import Study


def policy_frame(
    study: Study, applications: pd.DataFrame, features: pd.DataFrame, scores: pd.DataFrame
) -> pd.DataFrame:
    """Every feature that a rule may read, and beside them `score`, `pd`, `y` and, where the study has them, two more.

    `pd` is the PD as it is applied, `y` the outcome (1 = bad, 0 = good, NaN = unlabelled), `amount` what was asked for
    and `in_force` whether the policy in force approved; both stand before a feature of that name. The tables have the
    same rows in the same order.
    """
    own = ["application", *(name for name in ("amount", "in_force") if name in features)]
    frame = features.drop(columns=own).assign(score=scores["score"], pd=scores["pd_applied"], y=applications["y"])
    for name, column in (("amount", amounts), ("in_force", decisions_in_force)):
        try:
            frame[name] = column(study, applications)
        except NotEvaluated:  # the simulation says what it could not do without it
            continue
    return frame
