"""Randomness that does not depend on the size of a run: one stream for each (seed, table, block of customers, turn).

Customers are made in blocks of fixed size and a block always draws the same numbers. Thus the rows of a customer are
the same in a run of any size, in chunks of any size, and a change in one table does not move the others.
"""

from zlib import crc32

import numpy as np

BLOCK = 4_000  # customers; part of the data-generating process: another size is another portfolio


def stream(seed: int, table: str, block: int = 0, turn: int = 0) -> np.random.Generator:
    """The generator of one table's numbers for one turn of one block.

    >>> float(stream(1, "income").random()) == float(stream(1, "income").random())
    True
    """
    return np.random.Generator(np.random.Philox(np.random.SeedSequence((seed, crc32(table.encode()), block, turn))))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x)."""
    return 1 / (1 + np.exp(-x))


def choose(rng: np.random.Generator, shares: np.ndarray) -> np.ndarray:
    """One category for each row of `shares` (n x categories, rows sum to 1), as its position."""
    cuts = np.cumsum(shares, axis=1)[:, :-1]
    return (rng.random((len(shares), 1)) > cuts).sum(axis=1)
