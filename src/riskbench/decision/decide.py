"""What a policy decides: applications in; action, band, rule, reason, the amount lent out and what it costs.

Nothing is decided by silence: an absent column, a missing score or values that cannot be compared are refused.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from riskbench.decision.meaning.arms import SHADOWED, arm_names, arms_of, shadow_column
from riskbench.decision.meaning.numpy_columns import COMPARE, numpy_columns, requested_amounts
from riskbench.decision.meaning.policy import ACTIONS, meaning_of
from riskbench.decision.meaning.reads import BETWEEN
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import SEVERITY
from riskbench.metrics.arguments import Bools

__all__ = ["COMPARE", "decide", "requested_amounts"]


def decide(policy: Policy, frame: pd.DataFrame, *, assume_fresh: bool = False) -> pd.DataFrame:
    """Decide every row of `frame`, each by itself, by the champion's policy.

    `frame` has a column `score` (points, larger is safer), every variable that the policy names, `age_hours:<source>`
    for each source of its freshness (missing: not known), and optionally `amount` (requested, currency; 1 for each row
    when absent). With `assume_fresh` sources without a column are taken to be fresh, as a simulation does that has no
    ages. Numbers are compared as doubles, truth as the text "yes" or "no".

    Returns, on the same index: `action`, `band`, `rule` (what decided; empty when the band did), `reason`, `amount`
    (lent: 0 for refer, until a person decides, and for decline), `unknown` (it decided because a value is missing),
    `hits` (all that asked for something) and `alerts`, names joined by ";"; and where the policy has a price, `rate` a
    month and `all_in_rate` a year, as shares, missing where nothing is lent or no price is given.

    Raises ValueError when a column is absent, a score is missing, or a variable cannot be compared with its constant.

    >>> import math
    >>> bands = [{"name": "low", "action": "decline", "from": -math.inf, "to": 500.0},
    ...          {"name": "high", "action": "approve", "from": 500.0, "to": math.inf}]
    >>> costs = {"lgd": 0.5, "margin": 0.1, "funding_cost": 0.02}
    >>> policy = Policy.model_validate({"schema_version": 2, "bands": bands, "economics": costs})
    >>> list(decide(policy, pd.DataFrame({"score": [499, 500]})).action)
    ['decline', 'approve']
    """
    meaning = meaning_of(policy, numpy_columns(policy, frame, assume_fresh))
    causes, bands = meaning.causes, meaning.bands
    texts = [*(cause.reason for cause in causes), *(f"score in band {name}" for name in bands)]
    columns: dict[str, Any] = {
        "action": _texts([*ACTIONS, SEVERITY[0]], meaning.action),
        "band": _texts(bands, meaning.band),
        "rule": _texts([*(cause.rule for cause in causes), ""], meaning.cause),
        "reason": _texts(texts, np.where(meaning.cause < 0, len(causes) + meaning.band, meaning.cause)),
        "amount": meaning.amount,
        "unknown": np.array([*(cause.unknown for cause in causes), False])[meaning.cause],
        "hits": _joined(meaning.hits, len(frame)),
        "alerts": _joined(meaning.alerts, len(frame)),
    }
    if policy.price:
        columns |= {"rate": meaning.rate, "all_in_rate": meaning.all_in_rate}
    return pd.DataFrame(columns, index=frame.index)


def decide_with_arms(
    policy: Policy, frame: pd.DataFrame, customer: str = "", *, assume_fresh: bool = False
) -> pd.DataFrame:
    """Decide every row by the policy of its arm, and beside it by every shadow.

    `customer` names the column by which arms are drawn (`meaning.arms`); empty: everybody is the champion's. Returns
    the columns of `decide`, then `arm`, then for each shadow `shadow:<name>:action`, and so `rule` and `amount`. Rates
    are there if an arm has a price, and missing where that of the row has none. Raises as `decide` does.
    """
    if customer and customer not in frame:
        raise ValueError(f"arms are drawn by {customer}, which is not among the columns")
    nobody = pd.Series(None, index=frame.index, dtype="str")
    arms = arms_of(policy, frame[customer] if customer else nobody).to_numpy()
    parts, positions = [], []
    for name in arm_names(policy):
        rows = np.flatnonzero(arms == name)
        parts.append(decide(policy.arm(name), frame.iloc[rows], assume_fresh=assume_fresh))
        positions.append(rows)
    decided = pd.concat(parts).iloc[np.argsort(np.concatenate(positions))].assign(arm=pd.array(arms, dtype="str"))
    for shadow in policy.shadow:
        beside = decide(policy.arm(shadow.name), frame, assume_fresh=assume_fresh)
        for column in SHADOWED:
            decided[shadow_column(shadow.name, column)] = beside[column].array
    return decided


def _texts(texts: Sequence[str], positions: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """The texts at these positions; -1 is the last."""
    return pd.array(list(texts), dtype="str").take(positions)


def _joined(truths: Mapping[str, Bools], rows: int) -> pd.api.extensions.ExtensionArray:
    """The names whose truth holds in a row, in their order: few combinations occur, and each is put together once."""
    found, combinations = np.zeros(rows, dtype=np.int64), [""]
    for name, truth in truths.items():
        if truth.any():
            codes, kept = pd.factorize(2 * found + truth)
            joined = [f"{combinations[k // 2]}{BETWEEN}{name}" if k % 2 else combinations[k // 2] for k in kept]
            found, combinations = codes, joined
    return _texts([text.removeprefix(BETWEEN) for text in combinations], found)
