"""The short sections of a policy in one table: caps, freshness, arms and shadows."""

import pandas as pd

from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.tables import arms_table, caps_table, freshness_table


def other_sections(policy: Policy) -> pd.DataFrame:
    """One row a thing that the policy states: `section`, `of`, `says` and `because`, in words."""
    caps = [("cap", row.cap, f"at most {row.at_most}", row.source) for row in caps_table(policy).itertuples()]
    fresh = [
        ("freshness", row.source, f"within {row.within}, else {row.action}; unknown: {row.on_missing}", row.reason)
        for row in freshness_table(policy).itertuples()
    ]
    arms = [
        (arm, name, f"decides {decides}{f'; own {own}' if own else ''}", because)
        for arm, name, _, decides, own, because in arms_table(policy).to_numpy().tolist()
        if policy.alternatives
    ]
    return pd.DataFrame([*caps, *fresh, *arms], columns=["section", "of", "says", "because"])
