"""Every logged decision decided again by a bundle, and which part of it made a difference.

It is decided by the engine for tables, not by the one for single applications that decided at the time: where both
agree, two ways of computing say the same.
"""

import gc
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.bundle.telling import CAP, PRICE, SMALLEST
from riskbench.decision.decide import decide
from riskbench.decision.meaning.reads import BETWEEN
from riskbench.decision.policy.arms import CHAMPION
from riskbench.decision.policy.policy import Policy
from riskbench.decision.replay.frames import DECIDED, Content, Logged, logged

ROWS = 20_000  # decided at once
MATCHED, BY_MODEL, BY_RULE, BY_AMOUNT = "matched", "by model", "by rule", "by limit or price"
STOPPED, CANNOT = "stopped", "cannot be replayed"
VERDICTS = (MATCHED, BY_MODEL, BY_RULE, BY_AMOUNT, STOPPED, CANNOT)
PD_TOLERANCE = 1e-12  # relative: both engines take an exponential, and may round it differently
_AGAIN = (*DECIDED, "score", "pd")


def replayed(contents: Iterable[Content], bundle: Bundle, rows: int = ROWS) -> Iterator[pd.DataFrame]:
    """Tables of at most `rows` decisions each, in order, with what was decided and what `bundle` decides.

    Columns: `id` of the decision, `bundle` that decided it and `arm`; of `decision.decide.decide` all but the reason,
    with `score` and `pd`, as logged and, under the name with `_again`, as decided now; `verdict` and `why_not`.

    A decision is by the arm that was logged, or by the champion where the bundle has no such arm. The verdict is the
    first of: `stopped` (nobody but a person was to decide), `cannot be replayed` (`why_not` says what is lacking),
    `matched`, `by model` (score or PD differs), `by rule` (band, rules or the age of a source), `by limit or price`.
    Not compared are the reasons by feature, which follow from the card and the inputs, and what shadows said.
    """
    waiting = iter(contents)
    while (found := _next(waiting, bundle, rows)) is not None:
        yield found


def _next(waiting: Iterator[Content], bundle: Bundle, rows: int) -> pd.DataFrame | None:
    # what is read holds no circles, and looking for them through all of it again and again takes a third of the time
    collecting = gc.isenabled()
    gc.disable()
    try:
        chunk = list(islice(waiting, rows))
        return _replayed(logged(chunk, bundle), bundle) if chunk else None
    finally:
        if collecting:
            gc.enable()


def _replayed(log: Logged, bundle: Bundle) -> pd.DataFrame:
    can = (log.why_not == "").to_numpy()
    again = _decided_again(log.columns[can], log.decided.loc[can, "arm"], bundle)
    found = log.decided.join(again.add_suffix("_again"))
    found["verdict"] = np.select(
        [log.why_not == STOPPED, ~can, *_same_until(found, _limits(bundle.effective_policy))],
        [STOPPED, CANNOT, BY_MODEL, BY_RULE, BY_AMOUNT],
        MATCHED,
    )
    found["why_not"] = log.why_not.where(found["verdict"] == CANNOT, "")
    return found


def _decided_again(columns: pd.DataFrame, arms: pd.Series, bundle: Bundle) -> pd.DataFrame:
    if columns.empty:
        return pd.DataFrame({name: pd.Series(dtype=float) for name in _AGAIN}, index=columns.index)
    policy, read = bundle.effective_policy, bundle.read_by_policy(columns)
    known = {CHAMPION, *(arm.name for arm in policy.alternatives)}
    by = arms.where(arms.isin(known), CHAMPION)
    decided = pd.concat([decide(policy.arm(str(arm)), read.loc[by == arm]) for arm in by.unique()]).loc[columns.index]
    return decided.assign(score=read["score"], pd=read["pd"]).reindex(columns=_AGAIN)


def _same_until(found: pd.DataFrame, limits: set[str]) -> list[Any]:
    """Where the model differs; where the rules do; where anything does: the first that holds is the verdict."""
    pd_differs = ~np.isclose(found["pd"], found["pd_again"], rtol=PD_TOLERANCE, atol=0, equal_nan=True)
    model = _differs(found, "score") | pd_differs
    (asked, by_limit), (asked_again, by_limit_again) = (_asked(found, side, limits) for side in ("", "_again"))
    rules = (asked != asked_again) | _differs(found, "band") | _differs(found, "alerts")
    rules |= _differs(found, "action") & ~by_limit & ~by_limit_again
    rest = np.logical_or.reduce([_differs(found, name) for name in DECIDED])
    return [model, rules, rest]


def _asked(found: pd.DataFrame, side: str, limits: set[str]) -> tuple[np.ndarray, np.ndarray]:
    """The rules that asked for something, and where it was no rule that decided, but a limit, a cap or a price.

    No rule asks for less than refer, so where money is lent all that asked are limits. Elsewhere they are known by
    their names in the bundle that decides now.
    """
    columns = found[[f"{name}{side}" for name in ("action", "rule", "hits")]].fillna("")
    codes, kinds = pd.factorize(pd.MultiIndex.from_frame(columns))  # few, among many decisions
    rules = [_rules_of(action, hits, limits) for action, _, hits in kinds]
    by_limit = [bool(rule) and rule not in own for (_, rule, _), own in zip(kinds, rules, strict=True)]
    return np.array([BETWEEN.join(own) for own in rules], dtype=object)[codes], np.array(by_limit, dtype=bool)[codes]


def _rules_of(action: str, hits: str, limits: set[str]) -> list[str]:
    lends = action in ("approve", "limit")
    return [] if lends else [name for name in hits.split(BETWEEN) if name and name not in limits]


def _limits(policy: Policy) -> set[str]:
    """The names of all that is no rule and yet decides, as rules are named in decisions."""
    arms = [policy.arm(name) for name in (CHAMPION, *(arm.name for arm in policy.alternatives))]
    return {PRICE, SMALLEST, CAP, *(table.name for arm in arms for table in arm.limits)}


def _differs(found: pd.DataFrame, name: str) -> np.ndarray:
    before, after = found[name], found[f"{name}_again"]
    both_missing = before.isna().to_numpy() & after.isna().to_numpy()
    return np.asarray((before != after).fillna(True), dtype=bool) & ~both_missing
