"""Policies and applications at random, with the values at which engines might part ways."""

import math
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from riskbench.decision.policy.policy import Policy

CUTS = [-1.0, 0.0, 0.1, 0.1 + 0.2, 1.0, 7.5, 2.0**53]
NUMBERS = ["n1", "n2", "income", "debts", "pd"]
TEXTS = ["t1", "t2"]
LEVELS = ["a", "b", "a ", "A", "ä", "a\u0308", "it's", "x;y", 'q"\\', "yes", "", "中文"]
SOURCES = ["bureau", "payments"]
TERMS = [1, 6, 12]
CURRENCY = [0.01, 99.99, 100.0, 333.33, 1000.0, 2.0**53]
HOURS = [0.5, 24.0, 24.000000000000004]
ECONOMICS = {"lgd": 0.6, "margin": 0.22, "funding_cost": 0.04}

STOPS = st.sampled_from(["refer", "decline"])
ON_MISSING = st.sampled_from(["refer", "decline", "pass"])
NUMBER_CELLS = st.one_of(
    st.sampled_from([None, math.nan, -math.inf, math.inf, -0.0, 5e-324, -1.0, 1.0, 6.0, 12.0, 13.0, 2.0**53 + 2]),
    st.sampled_from([edge for cut in CUTS for edge in (math.nextafter(cut, -9e99), cut, math.nextafter(cut, 9e99))]),
    st.floats(),
)
TEXT_CELLS = st.sampled_from([None, *LEVELS, "never seen", "no"])
AMOUNTS = st.one_of(st.sampled_from([0.01, 0.02, 99.99, 100.0, 333.33, 1e300]), st.floats(0.01, 1e6))
AGES = st.sampled_from([None, math.nan, -1.0, 0.0, *HOURS, math.inf])


def tiles(draw: st.DrawFn) -> list[dict[str, float]]:
    """Parts that follow one another over the whole range, in any order."""
    cuts = draw(st.lists(st.sampled_from(CUTS), max_size=4, unique=True).map(sorted))
    parts = [{"from": a, "to": b} for a, b in pairwise([-math.inf, *cuts, math.inf])]
    return draw(st.permutations(parts))


def condition(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.booleans()):
        op, value = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="])), draw(st.sampled_from([*CUTS, 1, -0.0]))
        if draw(st.booleans()) and op in ("==", "!="):
            op, value = (
                {"==": "in", "!=": "not in"}[op],
                draw(st.lists(st.sampled_from(CUTS), min_size=1, max_size=3, unique=True)),
            )
        return {"variable": draw(st.sampled_from([*NUMBERS, "score", "amount"])), "op": op, "value": value}
    op, value = draw(st.sampled_from(["==", "!=", "in", "not in"])), draw(st.sampled_from([*LEVELS, True]))
    if op in ("in", "not in"):
        value = draw(st.lists(st.sampled_from(LEVELS), min_size=1, max_size=4, unique=True))
    return {"variable": draw(st.sampled_from(TEXTS)), "op": op, "value": value}


def rules(draw: st.DrawFn, most: int = 4) -> list[dict[str, Any]]:
    return [
        {
            "name": f"rule {n}",
            "when": [condition(draw) for _ in range(draw(st.integers(1, 3)))],
            "action": draw(STOPS),
            "reason": f"reason {n}",
            "on_missing": draw(ON_MISSING),
        }
        for n in range(draw(st.integers(0, most)))
    ]


def grid(draw: st.DrawFn, lending: list[str], cells: st.SearchStrategy[float]) -> dict[str, Any]:
    """Lines by a number, by a text with or without a rest, or by nothing; values for all bands or each."""
    by = draw(st.sampled_from(["", *NUMBERS, *TEXTS]))
    if by in NUMBERS:
        lines = tiles(draw)
    elif by:
        levels = draw(st.lists(st.sampled_from(LEVELS), min_size=2, max_size=5, unique=True))
        lines = [{"levels": levels[:1]}, {"levels": levels[1:]}, *[{}] * draw(st.integers(0, 1))]
    else:
        lines = [{}]
    one, each = cells, st.fixed_dictionaries(dict.fromkeys(lending, cells))
    lines = [line | {"value": draw(each if lending and draw(st.booleans()) else one)} for line in lines]
    return {"by": by, "lines": lines, "on_missing": draw(ON_MISSING), "reason": "by the table"}


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Every section that decides, each there or not."""
    bands = []
    for n, part in enumerate(tiles(draw)):
        action = draw(st.sampled_from(["approve", "approve", "limit", "refer", "decline"]))
        limits = [{"limit_share": 0.1}, {"limit_share": 1 / 3}, {"limit_amount": draw(st.sampled_from(CURRENCY))}]
        bands.append(
            {
                "name": f"band {n}",
                "action": action,
                **part,
                **(draw(st.sampled_from(limits)) if action == "limit" else {}),
            }
        )
    lending = [band["name"] for band in bands if band["action"] in ("approve", "limit")]
    numbers = st.sampled_from(["", *NUMBERS])
    limit_cells = st.sampled_from([0.0, 0.1, 3.0, *CURRENCY])
    content: dict[str, Any] = {"schema_version": 2, "bands": bands, "rules": rules(draw), "economics": ECONOMICS}
    content["limits"] = [
        grid(draw, lending, limit_cells) | {"name": f"table {n}", "times": draw(numbers), "less": draw(numbers)}
        for n in range(draw(st.integers(0, 3)))
    ]
    content["freshness"] = [
        {"source": source, "within_hours": draw(st.sampled_from(HOURS)), "reason": "old",
         "action": draw(st.sampled_from(["refer", "alert"])),
         "on_missing": draw(st.sampled_from(["refer", "alert", "pass"]))}
        for source in draw(st.lists(st.sampled_from(SOURCES), unique=True))
    ]  # fmt: skip
    if draw(st.booleans()):
        content["smallest_amount"] = {
            "value": draw(st.sampled_from(CURRENCY)),
            "action": draw(STOPS),
            "reason": "little",
        }
    if draw(st.booleans()):
        price = grid(draw, lending, st.sampled_from([0.0, 0.01, 0.025]))
        fee = draw(st.sampled_from([0.0, 0.03]))
        content["price"] = price | {"term": draw(st.sampled_from(NUMBERS)), "terms": TERMS, "fee": fee}
    caps = {
        "amount": {"value": draw(st.sampled_from(CURRENCY)), "source": "board"},
        "all_in_rate": {"value": 10.0, "convention": draw(st.sampled_from(["nominal", "effective"])), "source": "law"},
    }
    content["caps"] = {name: cap for name, cap in caps.items() if draw(st.booleans())}
    return Policy.model_validate(content)


@st.composite
def applications(draw: st.DrawFn) -> dict[str, Any]:
    """One application: score, amount, variables and ages, some of them missing."""
    scores = st.one_of(st.sampled_from([-math.inf, math.inf, -0.0, *CUTS]), NUMBER_CELLS.filter(_is_number))
    return {
        "score": draw(scores),
        "amount": draw(AMOUNTS),
        **{name: draw(NUMBER_CELLS) for name in NUMBERS},
        **{name: draw(TEXT_CELLS) for name in TEXTS},
        **{f"age_hours:{source}": draw(AGES) for source in SOURCES},
    }


def _is_number(cell: float | None) -> bool:
    return cell is not None and cell == cell
