"""What decides: the rules and limits of a policy and the band of the score, and which of them never do."""

from collections.abc import Sequence

import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.decision.meaning.numpy_columns import numpy_columns
from riskbench.decision.meaning.policy import meaning_of
from riskbench.decision.meaning.reads import BETWEEN
from riskbench.decision.policy.policy import Policy
from riskbench.monitoring.population.window import Window

BAND = "band of the score"


def names_of(policy: Policy, frame: pd.DataFrame) -> list[str]:
    """What may decide besides the band, in the order of the policy: rules, limits, the smallest amount, the price.

    `frame` has what the policy reads, as `decision.decide` takes it. Sources that may be stale are left out: the ages
    of data are not known of the applications of a run.
    """
    causes = meaning_of(policy, numpy_columns(policy, frame.iloc[:1], True)).causes
    return [name for name in dict.fromkeys(cause.rule for cause in causes) if not name.startswith("stale:")]


def deciding(decisions: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """One column of truths for each name and one for the band: what decided each application, exactly one of them.

    `decisions` has the rule that decided, empty where the band did.

    >>> deciding(pd.DataFrame({"rule": ["age", ""]}), ["age"]).to_dict("list")
    {'age': [True, False], 'band of the score': [False, True]}
    """
    return pd.DataFrame({name or BAND: (decisions["rule"] == name).to_numpy() for name in [*names, ""]})


def oftenest(truths: pd.DataFrame, window: Window, most: int = 4) -> pd.DataFrame:
    """The columns of `deciding` that decide oftenest in the window, the band and those that never do left out.

    Raises NotEvaluated where the band of the score decides alone.
    """
    shares = truths.drop(columns=BAND)[window.current].mean()
    names = shares[shares > 0].sort_values(ascending=False, kind="stable").index[:most]
    if names.empty:
        raise NotEvaluated("no rule or limit decides an application of the window: the band of the score decides alone")
    return truths[list(names)]


def never(decisions: pd.DataFrame, names: Sequence[str], window: Window) -> str:
    """Which rules and limits nobody meets, in the reference or the window, as a sentence.

    `decisions` has hits: all that asked for something, whether or not it decided.
    """
    if not names:
        return "The policy has neither rules nor limits: the band of the score decides alone."
    inside = decisions[window.reference | window.current]
    met = {part for text in inside["hits"].unique() for part in str(text).split(BETWEEN)}
    silent = [name for name in names if name not in met]
    idle = [name for name in names if name in met and not (inside["rule"] == name).any()]
    said = f"Nobody meets {', '.join(silent)}." if silent else "Every rule and limit is met by somebody."
    return f"{said} Met, but never what decides: {', '.join(idle)}." if idle else said
