"""What DuckDB does with numbers, where a line of Python does not say it; NULL never comes here.

A function raises `Beyond`, or Python's own ArithmeticError or ValueError, where DuckDB refuses or another rule than the
one here might hold; the case is then DuckDB's.
"""

import math

from riskbench.data.features.closures.kinds import Beyond

_EXACT = 2**53


def over(a: float, b: float) -> float:
    """The quotient of floats; by zero it is an infinity, or NaN.

    >>> over(-1.0, 0.0), over(0.0, 0.0)
    (-inf, nan)
    """
    if b:
        return a / b
    return math.nan if not a or a != a else math.copysign(math.inf, a) * math.copysign(1.0, b)


def whole_over(a: int, b: int) -> int | None:
    """The quotient of integers cut towards zero; NULL by zero."""
    if not b:
        return None
    return a // b if (a < 0) == (b < 0) else -(-a // b)


def remainder(a: int, b: int) -> int | None:
    """What is left of a division cut towards zero: it has the sign of `a`; NULL by zero."""
    return int(math.copysign(abs(a) % abs(b), a)) if b else None


def greater(a: float, b: float) -> bool:
    """Whether a > b where NaN is larger than all else, and equals itself."""
    return b == b if a != a else a > b


def equal(a: float, b: float) -> bool:
    """Whether a = b where NaN equals itself."""
    return a == b or (a != a and b != b)


def largest(*values: float | None) -> float | None:
    """The first of the largest values that are there."""
    best = None
    for value in values:
        if value is not None and (best is None or value > best or (value != value and best == best)):
            best = value
    return best


def smallest(*values: float | None) -> float | None:
    """The first of the smallest values that are there."""
    best = None
    for value in values:
        if value is not None and (best is None or value < best or (best != best and value == value)):
            best = value
    return best


def sign(value: float) -> int:
    """-1, 0 or 1."""
    return (value > 0) - (value < 0)


def floor(value: float) -> float:
    """The next whole number below; of -0.0 itself."""
    return float(math.floor(value)) or value * 0.0


def ceil(value: float) -> float:
    """The next whole number above; -0.0 for what lies between -1 and 0."""
    return math.copysign(float(math.ceil(value)), value)


def trunc(value: float) -> float:
    """The whole part."""
    return math.copysign(float(math.trunc(value)), value)


def rounded(value: float, digits: int = 0) -> float:
    """The nearest number of so many digits after the point, halves away from zero.

    >>> rounded(-2.5), rounded(2.345, 2), rounded(1250.0, -2)
    (-3.0, 2.35, 1300.0)
    """
    if not math.isfinite(value):
        raise Beyond
    power = 10.0 ** abs(digits)
    moved = value * power if digits > 0 else value / power
    if math.isinf(moved):
        raise Beyond
    whole = trunc(moved)
    if abs(moved - whole) >= 0.5:
        whole += math.copysign(1.0, moved)
    return whole / power if digits > 0 else whole * power


def whole(value: float) -> int:
    """A float as an integer, halves to the even one; raises where it is none."""
    return round(value)


def decimal_as_whole(value: int, scale: int) -> int:
    """A decimal as an integer, halves away from zero."""
    power = 10**scale
    return int(math.copysign((abs(value) + power // 2) // power, value))


def decimal_as_float(value: int, scale: int) -> float:
    """A decimal as a float, as far as dividing by a power of ten gives it exactly rounded."""
    if abs(value) > _EXACT or scale > 22:
        raise Beyond
    return value / 10.0**scale


def decimal(value: int, width: int) -> int:
    """The value itself, if it has no more than so many digits."""
    if abs(value) >= 10**width:
        raise Beyond
    return value


def within(value: int, least: int, most: int) -> int:
    """The value itself, if an integer of that type holds it."""
    if not least <= value <= most:
        raise Beyond
    return value
