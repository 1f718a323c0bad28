"""What a policy decides: applications in; action, band, rule, reason and the amount lent out.

Nothing is decided by silence: an absent column, a missing score or values that cannot be compared are refused.
"""

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.rules import Condition, Rule
from riskbench.decision.policy.section import SEVERITY
from riskbench.metrics.arguments import Bools, Floats

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda series, values: series.isin(values),
    "not in": lambda series, values: ~series.isin(values),
}


def decide(policy: Policy, frame: pd.DataFrame) -> pd.DataFrame:
    """Decide every row of `frame`, each by itself.

    `frame` has a column `score` (points, larger is safer), every variable that the rules name, and optionally `amount`
    (requested, currency; 1 for each row when absent). Returns, on the same index, `action`, `band`, `rule` (empty when
    the band decided), `reason` and `amount` (lent: 0 for refer, until a person decides, and for decline).

    Raises ValueError when a column is absent, a score is missing, or a variable cannot be compared with its constant.

    >>> bands = [{"name": "low", "action": "decline", "from": -math.inf, "to": 500.0},
    ...          {"name": "high", "action": "approve", "from": 500.0, "to": math.inf}]
    >>> costs = {"lgd": 0.5, "margin": 0.1, "funding_cost": 0.02}
    >>> policy = Policy.model_validate({"schema_version": 2, "bands": bands, "economics": costs})
    >>> list(decide(policy, pd.DataFrame({"score": [499, 500]})).action)
    ['decline', 'approve']
    """
    requested = requested_amounts(frame)
    if "amount" not in frame and any(band.limit_amount for band in policy.bands):
        raise ValueError("a policy with limit_amount needs a column amount; without amounts use limit_share")
    bands = policy.bands_by_score
    band = np.searchsorted([b.upper for b in bands[:-1]], _scores(frame), side="right")
    severity = np.array([SEVERITY.index(b.action) for b in bands])[band]
    decided_by = np.full(len(frame), -1)  # the number of a rule; -1 is the band
    unknown = np.zeros(len(frame), dtype=bool)  # the rule decided because its variable is missing
    # From the last rule to the first: `>=` lets an earlier rule take over from a later one that is no more severe.
    for number, rule in reversed(list(enumerate(policy.rules))):
        asked_for, missing = _asked_for(rule, frame)
        takes_over = asked_for >= severity
        severity = np.where(takes_over, asked_for, severity)
        decided_by = np.where(takes_over, number, decided_by)
        unknown = np.where(takes_over, missing, unknown)
    limited = np.minimum(
        requested * np.array([b.limit_share or 1.0 for b in bands])[band],
        np.array([b.limit_amount or math.inf for b in bands])[band],
    )
    held, missed = (_texts([*reasons, ""])[decided_by] for reasons in _reasons(policy))
    of_band = _texts([f"score in band {b.name}" for b in bands])[band]
    texts = {
        "action": _texts(SEVERITY)[severity],
        "band": _texts([b.name for b in bands])[band],
        "rule": _texts([*(r.name for r in policy.rules), ""])[decided_by],
        "reason": np.where(decided_by < 0, of_band, np.where(unknown, missed, held)),
    }
    decided = pd.DataFrame(texts, index=frame.index, dtype="str")
    return decided.assign(amount=np.choose(severity, [requested, limited, 0.0, 0.0]))


def requested_amounts(frame: pd.DataFrame) -> Floats:
    """The column `amount` as positive floats, or 1 for each row when there is none (unit exposure)."""
    if "amount" not in frame:
        return np.ones(len(frame))
    amounts = frame["amount"].to_numpy(float)
    if not (np.isfinite(amounts) & (amounts > 0)).all():
        raise ValueError(f"amount must be positive and finite, got {amounts[~(amounts > 0) | np.isinf(amounts)][:3]}")
    return amounts


def _scores(frame: pd.DataFrame) -> Floats:
    if "score" not in frame:
        raise ValueError(f"a policy decides on a column score, got {', '.join(map(str, frame.columns))}")
    scores = frame["score"].to_numpy(float)
    if np.isnan(scores).any():
        raise ValueError(f"every row must have a score, got {int(np.isnan(scores).sum())} without")
    return scores


def _asked_for(rule: Rule, frame: pd.DataFrame) -> tuple[np.ndarray, Bools]:
    """The severity that the rule asks for in each row (-1: none), and where it cannot be told whether it holds."""
    if absent := [name for name in rule.variables if name not in frame]:
        raise ValueError(f"rule {rule.name} reads {', '.join(absent)}, which is not among the columns")
    holds, unknown = np.ones(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    for condition in rule.when:
        series = frame[condition.variable]
        missing = series.isna().to_numpy()
        holds[~missing] &= _compared(rule, condition, series[~missing])
        unknown |= missing
    unknown &= holds  # a known condition that does not hold settles it
    if_missing = -1 if rule.on_missing == "pass" else SEVERITY.index(rule.on_missing)
    return np.where(unknown, if_missing, np.where(holds, SEVERITY.index(rule.action), -1)), unknown


def _compared(rule: Rule, condition: Condition, known: pd.Series) -> Bools:
    if isinstance(known.dtype, pd.CategoricalDtype):
        known = known.astype(known.cat.categories.dtype)
    known = known.infer_objects()
    values = condition.value if isinstance(condition.value, list) else [condition.value]
    numbers = pd.api.types.is_numeric_dtype(known)
    if len(known) and any(isinstance(value, str) == numbers for value in values):
        raise ValueError(
            f"rule {rule.name} compares {condition.variable} ({known.dtype}) with {condition.value!r}: "
            "numbers compare with numbers, texts with texts"
        )
    return np.asarray(COMPARE[condition.op](known, condition.value), dtype=bool)


def _reasons(policy: Policy) -> tuple[list[str], list[str]]:
    """What is said where a rule held, and where its variable was missing."""
    return [r.reason for r in policy.rules], [f"{r.variables[0]} is unknown" for r in policy.rules]


def _texts(texts: Sequence[str]) -> np.ndarray:
    return np.array(texts, dtype=object)
