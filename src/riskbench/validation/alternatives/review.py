"""The answer for a reviewer: what was found, at what cost, for whom, and what is to be done about it.

An alternative is less discriminatory where, on the holdout, it is as good (the line `alternatives.auc_lost`: the AUC
lost is within green and the upper end of its interval within amber), its approval gap is smaller beyond chance (p by
Holm's method over all cards put forward, `alternatives.disparity_p`), and no other attribute's gap grows beyond chance.
Where the interval of the AUC lost reaches from green into red, the holdout cannot tell whether a card is as good.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.words import format_number
from riskbench.metrics.multiple_tests import holm
from riskbench.validation.alternatives.found import Found, Nominee

LESS, COSTLY, UNSURE = "less discriminatory", "costs too much", "cost not known well enough"
CHANCE, SHIFTED = "not beyond chance", "at the cost of other groups"
TOO_FEW = "the holdout has too few labelled applications to say of every card put forward whether it is as good"
CHECK, TITLE, LIMIT = "less_discriminatory", "Less discriminatory alternatives", "alternatives.less_discriminatory"


def verdicts(found: Found) -> pd.DataFrame:
    """The cards put forward, one row an attribute and card: what was changed, lost and gained on the holdout.

    Columns: card (its number), attribute, change, auc_lost, profit_change, gap_change, each with its interval,
    p_holm (of the change of the gap) and result. A profit or gap below 0 is less than the champion's.
    """
    if not found.nominees:
        raise NotEvaluated(
            f"none of {len(found.tried) - 1:,} cards within the tolerance has a smaller gap on development"
        )
    gaps = [found.difference(of.tried, "approval_gap", of.attribute) for of in found.nominees]
    p_values = holm([np.nan if gap.p_value is None else gap.p_value for gap in gaps])
    rows = []
    for nominee, gap, p in zip(found.nominees, gaps, p_values, strict=True):
        rows.append(
            {"card": nominee.number, "attribute": nominee.attribute, "change": nominee.change}
            | lost(found, nominee).columns("auc_lost")
            | found.difference(nominee.tried, "profit").columns("profit_change")
            | gap.columns("gap_change")
            | {"p_holm": p, "result": _result(found, nominee, gap, p)}
        )
    return pd.DataFrame(rows)


def verdict_print(found: Found) -> str:
    """What the verdicts rest on, as sentences that stand under their table."""
    limit, p = (found.thresholds[key] for key in ("alternatives.auc_lost", "alternatives.disparity_p"))
    return (
        f"{len(found.tried) - 1:,} cards were tried. {LESS.capitalize()}: loses at most {limit.green:g} of AUC, the "
        f"upper end of its interval at most {limit.amber:g}, p by Holm's method at most {p.bound:g}, and no other "
        "attribute's gap grows beyond chance. Profit: realised by labelled applications, per unit that they asked for. "
        "A feature that loses its sign beside a change is left out with it."
    )


def checks(found: Found) -> list[CheckResult]:
    """`<attribute>.less_discriminatory.<sample>`: how many cards put forward for it are, judged; one where none can."""
    applicants, limit = found.applicants, found.thresholds[LIMIT]
    results = []
    for attribute in map(str, applicants.groups):
        title = f"{TITLE}: {attribute.replace('_', ' ')}"
        name = f"{attribute}.{CHECK}.{applicants.holdout}"
        results.append(CheckResult(name, title, less_discriminatory(found, attribute), limit))
    alone = f"groups.{CHECK}.{applicants.holdout}"
    return results or [CheckResult(alone, TITLE, less_discriminatory(found), limit)]


def less_discriminatory(found: Found, attribute: str = "") -> Estimate:
    """How many different cards put forward are less discriminatory, for one attribute or any.

    Missing, and not 0, where the holdout is too small to say of a card whether it is as good, or the budget too small
    to call it a search (`alternatives.cards_an_attribute`).
    """
    try:
        if reason := found.applicants.why_not(attribute):
            raise NotEvaluated(reason)
        tried = len(found.tried) - 1
        table = verdicts(found) if found.nominees else pd.DataFrame(columns=["card", "attribute", "result"])
    except NotEvaluated as lack:
        return Estimate.missing(str(lack))
    mine = table[table["attribute"].eq(attribute) | (attribute == "")]
    kept, unsure = (mine.loc[mine["result"].eq(result), "card"].nunique() for result in (LESS, UNSURE))
    if unsure and not kept:
        return Estimate.missing(TOO_FEW, tried)
    least = int(found.thresholds["alternatives.cards_an_attribute"].bound) * len(found.applicants.compared)
    if not kept and (budget := found.effort.budget) < least:
        return Estimate.missing(f"a search takes a budget of {least} cards, and this one had {budget}", tried)
    return Estimate(kept, n=tried, method="of the cards tried; n counts these")


def widest_gap(found: Found) -> Estimate:
    """The approval gap of the attribute that the champion treats most unlike on development, on the holdout."""
    try:
        e = found.level(found.tried[0], "approval_gap", found.widest)
    except NotEvaluated as lack:
        return Estimate.missing(str(lack))
    return replace(e, method=f"{found.told(found.widest)}; {e.method}")


def compared(found: Found) -> str:
    """The attribute of `widest_gap` and those that it was compared with, for the sentence that gives the gap."""
    try:
        names = ", ".join(found.told(attribute) for attribute in found.yardstick.judged.groups)
        return f"{found.told(found.widest)}, on development the widest of those compared ({names})"
    except NotEvaluated:
        return "the attribute of the widest gap"


def cards_tried(found: Found) -> Estimate:
    """How many different cards were refitted beside the champion."""
    try:
        return Estimate(len(found.tried) - 1, method="different cards refitted on development")
    except NotEvaluated as lack:
        return Estimate.missing(str(lack))


def best(found: Found) -> Nominee | None:
    """The card put forward that takes most of a gap away among those that are less discriminatory."""
    if not found.nominees:
        return None
    table = verdicts(found)
    kept = table[table["result"].eq(LESS)].sort_values("gap_change", kind="stable")
    return None if kept.empty else found.nominees[int(kept.index[0])]


def lost(found: Found, nominee: Nominee) -> Estimate:
    """The AUC that a card loses against the champion, above 0 where it is less."""
    e = found.difference(nominee.tried, "auc")
    if e.value is None or e.lower is None or e.upper is None:
        return e
    return Estimate(-e.value, -e.upper, -e.lower, e.level, e.n, e.method, p_value=e.p_value)


def advice(found: Found) -> str:
    """What a reviewer should do, in one sentence."""
    count = less_discriminatory(found)
    if not count.evaluated:
        return f"Record that no alternative could be judged: {count.reason}."
    chosen = best(found)
    if chosen is None:
        return "Keep the champion and file this search: no card put forward is as good and treats groups more alike."
    gap = found.difference(chosen.tried, "approval_gap", chosen.attribute).value or 0.0
    cost = lost(found, chosen).value or 0.0
    return (
        f"Decide, and write down why, whether alternative {chosen.number} ({chosen.change}) takes the champion's "
        f"place: it narrows the approval gap by {chosen.attribute.replace('_', ' ')} by "
        f"{format_number(-100 * gap, decimals=1)} percentage points, with an AUC "
        f"{'lower' if cost >= 0 else 'higher'} by {format_number(abs(cost), decimals=4)}."
    )


def _result(found: Found, nominee: Nominee, gap: Estimate, p: float) -> str:
    limit, cost = found.thresholds["alternatives.auc_lost"], lost(found, nominee)
    if cost.value is None or cost.lower is None or cost.upper is None:
        return UNSURE
    if limit.judge(cost.lower) == "green" and limit.judge(cost.upper) == "red":
        return UNSURE
    if limit.judge(cost.value) != "green" or limit.judge(cost.upper) == "red":
        return COSTLY
    if (gap.value or 0.0) >= 0 or not p <= found.thresholds["alternatives.disparity_p"].bound:
        return CHANCE
    others = [name for name in found.yardstick.judged.groups if name != nominee.attribute]
    grown = [found.difference(nominee.tried, "approval_gap", name).lower or 0.0 for name in others]
    return SHIFTED if any(lower > 0 for lower in grown) else LESS
