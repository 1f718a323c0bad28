"""How values written as text are read: every way of writing that fits them must give the same values.

A way of writing numbers or dates is a `Dialect`. Where two fit and differ (is 1,234 more than a thousand, is
01/02/2020 in January?) the customs that other columns of the same file show decide, and without any the values stay
text: a wrong date or amount is worse than none.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskbench.data.study.schema import Kind

SAMPLE = 200  # values on which a dialect must show promise before all are read
PROMISE = 0.9  # share of values that must fit for the rest to be worth a word

Parse = Callable[[pa.Array], pa.Array]


@dataclass(frozen=True)
class Dialect:
    """One way of writing: what it gives, its name, how to read it, and the custom that it follows.

    `parse` gives null where a value is not written so. `needs` is a pattern that some value must show, where the
    dialect differs from a plainer one only by it.
    """

    kind: Kind
    title: str
    parse: Parse
    custom: str = ""
    needs: str = ""


@dataclass(frozen=True)
class Read:
    """Values read in one dialect: `custom` is what they alone show, `settled` the custom of others that decided."""

    values: pa.Array
    dialect: Dialect
    custom: str = ""
    settled: str = ""


@dataclass(frozen=True)
class Unread:
    """Why values were not read.

    Either `rivals` all fit and differ, or nearly all values fit `dialect` and not the few marked `misfits`, or the
    dialects in `mixed` fit only between them, or none of this: they are simply something else.
    """

    rivals: tuple[Dialect, ...] = ()
    dialect: Dialect | None = None
    misfits: np.ndarray | None = None
    mixed: tuple[Dialect, ...] = ()


def read_values(values: pa.Array, dialects: Sequence[Dialect], customs: frozenset[str]) -> Read | Unread:
    """Read distinct values in whichever dialect fits all of them.

    >>> from riskbench.data.reading.numbers import NUMBERS
    >>> read_values(pa.array(["1,5", "1.234,5"]), NUMBERS, frozenset()).values.to_pylist()
    [1.5, 1234.5]
    >>> sorted({rival.custom for rival in read_values(pa.array(["1,234"]), NUMBERS, frozenset()).rivals})
    ['decimal comma', 'decimal point']
    """
    fits: list[tuple[Dialect, pa.Array]] = []
    nearly: list[tuple[Dialect, pa.Array]] = []
    for dialect, parsed in _promising(values, dialects):
        if parsed.null_count == 0:
            fits.append((dialect, parsed))
        elif parsed.null_count <= (1 - PROMISE) * len(values):
            nearly.append((dialect, parsed))
    if not fits:
        if nearly:
            dialect, parsed = min(nearly, key=lambda pair: pair[1].null_count)
            return Unread(dialect=dialect, misfits=parsed.is_null().to_numpy(zero_copy_only=False))
        return Unread(mixed=_mixture(values, dialects))
    agreeing = _agreeing(fits)
    if len(agreeing) == len(fits):
        shown = {dialect.custom for dialect, _ in fits}
        return Read(fits[0][1], fits[0][0], custom=shown.pop() if len(shown) == 1 else "")
    decided = [pair for pair in fits if pair[0].custom in customs]
    if decided and len(_agreeing(decided)) == len(decided):
        return Read(decided[0][1], decided[0][0], settled=decided[0][0].custom)
    return Unread(rivals=tuple(dialect for dialect, _ in fits))


def have_shape(values: pa.Array, shape: str) -> bool:
    """Whether most of some values match a pattern, so that closer looks are worth their time."""
    sample = _sample(values)
    return pc.sum(pc.match_substring_regex(sample, shape)).as_py() >= PROMISE * len(sample)


def _promising(values: pa.Array, dialects: Sequence[Dialect]) -> Iterator[tuple[Dialect, pa.Array]]:
    sample = _sample(values)
    for dialect in dialects:
        if dialect.parse(sample).null_count > (1 - PROMISE) * len(sample):
            continue
        if not dialect.needs or pc.any(pc.match_substring_regex(values, dialect.needs)).as_py():
            yield dialect, dialect.parse(values)


def _agreeing(fits: Sequence[tuple[Dialect, pa.Array]]) -> list[Dialect]:
    """The dialects that give the values of the first one."""
    first = fits[0][1]
    return [dialect for dialect, parsed in fits if parsed.type == first.type and parsed.equals(first)]


def _mixture(values: pa.Array, dialects: Sequence[Dialect]) -> tuple[Dialect, ...]:
    """The dialects that fit only between them, so that the column mixes ways of writing."""
    sample = _sample(values)
    missing = np.ones(len(sample), dtype=bool)
    taken: list[Dialect] = []
    for dialect in dialects:
        left = missing & dialect.parse(sample).is_null().to_numpy(zero_copy_only=False)
        if left.sum() < missing.sum():
            missing, taken = left, [*taken, dialect]
    return tuple(taken) if len(taken) > 1 and not missing.any() else ()


def _sample(values: pa.Array) -> pa.Array:
    """Values from all over: a file may change its ways further down."""
    return values.take(pa.array(np.unique(np.linspace(0, len(values) - 1, SAMPLE, dtype=np.int64))))
