"""Direct identifiers: how a national ID and a phone number of the synthetic country look.

A national ID is eleven digits: a body of ten, not beginning with 0, and a check digit by ISO/IEC 7064 MOD 11,10,
which detects every single wrong digit. A phone number begins with +999 7; no country has the code 999, so neither
number can be anybody's.
"""

import re

import numpy as np

BODY_DIGITS = 10
SMALLEST_BODY, LARGEST_BODY = 10**9, 10**10 - 1
PHONE_PREFIX = "+9997"
PHONE_DIGITS = 8

_ELEVEN_DIGITS = re.compile(r"[1-9][0-9]{10}")


def check_digits(bodies: np.ndarray) -> np.ndarray:
    """The check digit of each ten-digit body (integers in [10^9, 10^10)), by ISO/IEC 7064 MOD 11,10.

    Raises `ValueError` when a body has not ten digits.
    """
    bodies = np.asarray(bodies, dtype=np.int64)
    outside = (bodies < SMALLEST_BODY) | (bodies > LARGEST_BODY)
    if outside.any():
        raise ValueError(f"the body of a national ID must have ten digits, got {bodies[outside].flat[0]}")
    product = np.full(bodies.shape, 10, dtype=np.int64)
    for place in range(BODY_DIGITS - 1, -1, -1):
        total = (bodies // 10**place + product) % 10
        product = np.where(total == 0, 10, total) * 2 % 11
    return (11 - product) % 10


def make_national_ids(bodies: np.ndarray) -> np.ndarray:
    """Eleven-digit IDs (integers) of ten-digit bodies; distinct bodies give distinct IDs.

    >>> make_national_ids(np.array([3339200596])).tolist()
    [33392005961]
    """
    return np.asarray(bodies, dtype=np.int64) * 10 + check_digits(bodies)


def valid_national_ids(numbers: np.ndarray) -> np.ndarray:
    """Which integers are eleven digits long with the right check digit."""
    numbers = np.asarray(numbers, dtype=np.int64)
    bodies = numbers // 10
    long_enough = (bodies >= SMALLEST_BODY) & (bodies <= LARGEST_BODY)
    return long_enough & (check_digits(np.where(long_enough, bodies, SMALLEST_BODY)) == numbers % 10)


def valid_national_id(text: str) -> bool:
    """Whether `text` is exactly a national ID: eleven digits, the last of them the check digit of the others.

    >>> valid_national_id("33392005961"), valid_national_id("33392005962")
    (True, False)
    """
    return bool(_ELEVEN_DIGITS.fullmatch(text)) and bool(valid_national_ids(np.array([int(text)]))[0])
