"""What a policy means, once more and in the plainest words: one application, step by step, as a reader would do it."""

import math
import operator
from typing import Any

from riskbench.decision.policy.grids import Grid
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.rates import all_in_rate

SEVERITY = ["approve", "limit", "refer", "decline"]
OPERATORS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def decided(policy: Policy, row: dict[str, Any]) -> dict[str, Any]:
    """The decision as `engines.answer` writes it."""
    band = next(b for b in policy.bands if b.lower <= row["score"] < b.upper or row["score"] == b.upper == math.inf)
    action, rule, unknown, hits, alerts = band.action, "", False, [], []
    asks = [(r.name, *rule_asks(r, row)) for r in policy.rules]
    for item in policy.freshness:
        age = row[f"age_hours:{item.source}"]
        what = item.on_missing if missing(age) else item.action if age > item.within_hours else "pass"
        asks.append((f"stale:{item.source}", what, missing(age)))
    for name, what, because_unknown in asks:
        if what == "alert":
            alerts.append(name)
        elif what != "pass":
            hits.append(name)
            better = SEVERITY.index(what) > SEVERITY.index(action) or (what == action and not rule)
            action, rule, unknown = (what, name, because_unknown) if better else (action, rule, unknown)
    amount = rate = all_in = None
    if action in ("approve", "limit"):
        own = band.limit_amount or (row["amount"] * band.limit_share if band.limit_share else row["amount"])
        most = own = min(row["amount"], own)
        for table in policy.limits:
            value = limit(table, row, band.name)
            if value is None and table.on_missing != "pass":
                hits.append(table.name)
                if SEVERITY.index(table.on_missing) > SEVERITY.index(action):
                    action, rule, unknown = table.on_missing, table.name, True
            elif value is not None:
                hits += [table.name] if value < row["amount"] else []
                if value < most:
                    most, least = value, table.name
        if policy.caps.amount:
            hits += ["cap:amount"] if policy.caps.amount.value < row["amount"] else []
            if policy.caps.amount.value < most:
                most, least = policy.caps.amount.value, "cap:amount"
    if action in ("approve", "limit"):
        action = "limit" if most < row["amount"] else action
        rule = least if most < own else ""
        if policy.smallest_amount and most < policy.smallest_amount.value:
            action, rule = policy.smallest_amount.action, "smallest_amount"
            hits.append(rule)
    if action in ("approve", "limit") and policy.price:
        price, term = policy.price, row[policy.price.term]
        rate = cell(price, row, band.name)
        if rate is None or missing(term) or term not in price.terms:
            if price.on_missing != "pass":
                action, rule, unknown = price.on_missing, "price", rate is None or missing(term)
                hits.append(rule)
            rate = None
        else:
            convention = policy.caps.all_in_rate.convention if policy.caps.all_in_rate else "effective"
            all_in = all_in_rate(rate, int(term), price.fee, convention).hex()
    amount = most if action in ("approve", "limit") else 0.0
    return {
        "action": action, "band": band.name, "rule": rule, "unknown": unknown, "amount": amount.hex(),
        "rate": None if rate is None else rate.hex(), "all_in_rate": all_in,
        "hits": ";".join(hits), "alerts": ";".join(alerts),
    }  # fmt: skip


def missing(cell: Any) -> bool:
    return cell is None or cell != cell


def rule_asks(rule: Any, row: dict[str, Any]) -> tuple[str, bool]:
    known = [c for c in rule.when if not missing(row[c.variable])]
    if not all(holds(c, row[c.variable]) for c in known):
        return "pass", False
    return (rule.action, False) if len(known) == len(rule.when) else (rule.on_missing, True)


def holds(condition: Any, cell: Any) -> bool:
    value = "yes" if condition.value is True else condition.value
    if condition.op in ("in", "not in"):
        return (cell in value) == (condition.op == "in")
    return OPERATORS[condition.op](cell, value)


def cell(grid: Grid, row: dict[str, Any], band: str) -> float | None:
    """The value of the line for a known variable; None where it is missing, or no line has its level."""
    value = row[grid.by] if grid.by else None
    if grid.by and missing(value):
        return None
    for line in grid.lines:
        if line.lower is not None and (line.lower <= value < line.upper or value == line.upper == math.inf):
            return line.of(band)
        if line.lower is None and (line.levels is None or value in line.levels):
            return line.of(band)
    return None


def limit(table: Any, row: dict[str, Any], band: str) -> float | None:
    value = cell(table, row, band)
    for name, of in ((table.times, operator.mul), (table.less, operator.sub)):
        if name:
            value = None if value is None or missing(row[name]) else of(value, row[name])
    return None if value is None or math.isnan(value) else max(0.0, value)
