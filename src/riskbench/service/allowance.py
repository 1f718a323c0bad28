"""How many requests a key may make: a token bucket each, so that one caller cannot starve the others."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Allowances:
    """A bucket for each key, which holds `burst` requests and refills with `per_second`; a rate of 0 is no limit.

    >>> now = [0.0]
    >>> allowances = Allowances(per_second=2, burst=1, clock=lambda: now[0])
    >>> allowances.wait("a"), allowances.wait("a"), allowances.wait("b")
    (0, 1, 0)
    >>> now[0] = 0.5
    >>> allowances.wait("a")
    0
    """

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic):
        self._rate, self._burst, self._clock = per_second, burst, clock
        self._buckets: dict[str, _Bucket] = {}

    def wait(self, key: str, requests: int = 1) -> int:
        """0 where the requests are granted, and taken; else after how many whole seconds they may be tried again.

        A request that asks for more than a bucket ever holds is granted when the bucket is full.
        """
        if not self._rate:
            return 0
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(float(self._burst), now))
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._rate)
        bucket.at = now
        needed = min(requests, self._burst)
        if bucket.tokens >= needed:
            bucket.tokens -= requests
            return 0
        return max(1, math.ceil((needed - bucket.tokens) / self._rate))
