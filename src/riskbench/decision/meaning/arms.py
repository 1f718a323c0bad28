"""Which arm decides for a customer: the same one every time, in Python and in a database, and nobody can choose it.

The customer is hashed with the policy's key, and the digest, as lower-case hexadecimal text, is compared with the
shares, cumulated in the order of the file and written in the same way. So the comparison is one of texts, exact in
every engine, and a larger share keeps all customers whom a challenger had.
"""

import math
from bisect import bisect_right
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate
from numbers import Integral
from typing import Any

import ibis
import pandas as pd
from ibis.expr.types import Column

from riskbench.decision.policy.arms import CHAMPION
from riskbench.decision.policy.policy import Policy

SEPARATOR = "\x1f"  # between key and customer, so that no two pairs are one text
DIGITS = 64  # of a SHA-256 in hexadecimal
SHADOWED = ("action", "rule", "amount")  # what a table says of a shadow's decision


def arm_names(policy: Policy) -> tuple[str, ...]:
    """The champion, then the challengers in the order of the file."""
    return (CHAMPION, *(challenger.name for challenger in (policy.arms.challengers if policy.arms else [])))


def shadow_column(shadow: str, column: str) -> str:
    """The column that holds what a shadow would have decided.

    >>> shadow_column("strict", "action")
    'shadow:strict:action'
    """
    return f"shadow:{shadow}:{column}"


def arm_of(policy: Policy, customer: str | int | None) -> str:
    """The name of the arm that decides for a customer: "champion", or that of a challenger.

    Where the policy has no arms, or nobody knows the customer (None, or an empty text), it is the champion. Raises
    ValueError where `customer` is neither a text nor a whole number.

    >>> from riskbench.decision.policy.arms import Arms
    >>> arms = Arms.model_validate({"key": "2026-1", "challengers": [{"name": "b", "because": "?", "share": 0.5}]})
    >>> policy = Policy.model_construct(arms=arms)
    >>> [arm_of(policy, customer) for customer in ("ann", "bob", "eve", None)]
    ['champion', 'champion', 'b', 'champion']
    """
    text = _as_text(customer)
    if not policy.arms or not text:
        return CHAMPION
    digest = sha256(f"{policy.arms.key}{SEPARATOR}{text}".encode()).hexdigest()
    position = bisect_right(_thresholds(tuple(c.share for c in policy.arms.challengers)), digest)
    return policy.arms.challengers[position].name if position < len(policy.arms.challengers) else CHAMPION


def arms_of(policy: Policy, customers: pd.Series) -> pd.Series:
    """`arm_of` of every customer, on the same index."""
    codes, found = pd.factorize(customers)
    arms = [arm_of(policy, customer) for customer in found]
    return pd.Series(pd.array([*arms, CHAMPION], dtype="str").take(codes), index=customers.index, name="arm")


def _sha256_of(text: Column) -> Column:
    return text.hexdigest("sha256")


def arm_column(policy: Policy, customer: Column, hexdigest: Callable[[Column], Column] = _sha256_of) -> Column:
    """`arm_of` as an expression over a column of texts or whole numbers.

    The database must have SHA-256: DuckDB and Spark have it through Ibis, PostgreSQL by `postgres.hexdigest`. Where it
    is lacking, add a column with what `arm_of` gives before the table is decided.
    """
    if not policy.arms:
        return ibis.literal(CHAMPION)
    if not (customer.type().is_string() or customer.type().is_integer()):
        raise ValueError(f"a customer is a text or a whole number, got a column of type {customer.type()}")
    text = customer.cast("string")
    digest = hexdigest(ibis.literal(policy.arms.key + SEPARATOR) + text)
    known = text.notnull() & (text != "")
    below = _thresholds(tuple(challenger.share for challenger in policy.arms.challengers))
    arms = [(known & (digest < b), c.name) for b, c in zip(below, policy.arms.challengers, strict=True)]
    return ibis.cases(*arms, else_=CHAMPION)


@lru_cache
def _thresholds(shares: tuple[float, ...]) -> list[str]:
    """For each share the text below which a digest is its own, unless an earlier share has it.

    A share is the decimal that the policy writes, so that 0.1 is one tenth of all digests.
    """
    cumulated = accumulate(Fraction(repr(share)) for share in shares)
    return [f"{math.ceil(share * 16**DIGITS):0{DIGITS}x}" for share in cumulated]


def _as_text(customer: Any) -> str:
    """What is hashed: a text as it is, a whole number in digits, nothing where nobody is known."""
    if isinstance(customer, str):
        return customer
    if customer is None or customer is pd.NA:
        return ""
    if isinstance(customer, Integral) and not isinstance(customer, bool):
        return str(int(customer))
    if isinstance(customer, float):
        if math.isnan(customer):
            return ""
        if customer.is_integer() and abs(customer) < 2**53:  # a column of whole numbers, some of which are missing
            return str(int(customer))
    raise ValueError(f"a customer is a text or a whole number, got a value of type {type(customer).__name__}")
