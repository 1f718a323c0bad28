"""Sums of products of columns by group: all that a simulation needs to know of its applications.

One type with two producers: numpy for frames in memory, Ibis for tables of any size. Whoever reads `Sums` cannot tell
which of them filled it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import mul

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table
from numpy.typing import NDArray

Term = tuple[str, ...]  # columns that are multiplied, in alphabetical order; () counts rows
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sums:
    """One entry a group, in the order of its keys: `keys` has the columns of the groups, `sums` one array a term.

    A column that the data did not have and that is 1 for everybody (`ones`, such as a weight) is left out of a product.
    """

    keys: pd.DataFrame
    sums: Mapping[Term, Floats]
    ones: frozenset[str] = frozenset()

    def of(self, *columns: str) -> Floats:
        """The sums of the product of these columns; without columns, the number of rows. KeyError where never asked."""
        return self.sums[_term(columns, self.ones)]

    def where(self, chosen: NDArray[np.bool_]) -> "Sums":
        """Some of the groups."""
        return Sums(self.keys[chosen], {term: values[chosen] for term, values in self.sums.items()}, self.ones)


def frame_sums(frame: pd.DataFrame, by: Sequence[str], terms: Iterable[Term], ones: Iterable[str] = ()) -> Sums:
    """The sums of a frame in memory, by the columns of `by`; a product with a missing factor adds nothing.

    `terms` are products of numeric or boolean columns; those of `ones` may be absent, and are then 1 for everybody.

    >>> found = frame_sums(pd.DataFrame({"g": ["a", "b", "a"], "x": [1.0, 2.0, 3.0]}), ["g"], [("x", "x")])
    >>> found.of("x", "x").tolist(), found.of().tolist()
    ([10.0, 4.0], [2.0, 1.0])
    """
    absent = frozenset(ones) - set(frame.columns)
    groups = frame.groupby(list(by), sort=True, dropna=False, observed=True)
    codes, keys = groups.ngroup().to_numpy(), groups.size().reset_index()[list(by)]
    columns = {name: frame[name].to_numpy(float) for term in terms for name in _term(term, absent)}
    sums = {
        term: np.bincount(codes, _known_product([columns[name] for name in term]), minlength=len(keys))
        for term in {(), *(_term(term, absent) for term in terms)}
        if term
    }
    return Sums(keys, sums | {(): np.bincount(codes, minlength=len(keys)).astype(float)}, absent)


def table_sums(table: Table, by: Sequence[str], terms: Iterable[Term], ones: Iterable[str] = ()) -> Sums:
    """The same sums of an Ibis table, by one query; unknown numbers are NULL there, not NaN."""
    absent = frozenset(ones) - set(table.columns)
    asked = sorted({_term(term, absent) for term in terms} - {()})
    numbers = {term: reduce(mul, (table[name].cast("float64") for name in term)).sum() for term in asked}
    named = {f"sum_{i}": number.fill_null(0.0) for i, number in enumerate(numbers.values())}
    found = table.group_by(*by).aggregate(rows_=ibis._.count(), **named).order_by(list(by)).to_pandas()
    sums = {term: found[f"sum_{i}"].to_numpy(float) for i, term in enumerate(asked)}
    return Sums(found[list(by)], sums | {(): found["rows_"].to_numpy(float)}, absent)


def _term(columns: Iterable[str], left_out: frozenset[str]) -> Term:
    return tuple(sorted(name for name in columns if name not in left_out))


def _known_product(factors: Sequence[Floats]) -> Floats:
    product = reduce(mul, factors)
    return np.where(np.isnan(product), 0.0, product)
