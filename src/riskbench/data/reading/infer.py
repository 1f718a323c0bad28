"""Columns of text become columns of numbers, truth values, dates, categories or text, each with its reason."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskbench.core.errors import DataError
from riskbench.data.reading import dates, numbers
from riskbench.data.reading.dialects import Dialect, Unread, have_shape, read_values
from riskbench.data.reading.numbers import INTEGERS, NUMBERS, are_codes, without_unit
from riskbench.data.reading.tape import in_rows
from riskbench.data.study.schema import Kind

MARKERS = ("na", "n/a", "null", "none", "nan", ".", "-", "?", "#n/a")  # of a missing value, among numbers and dates
INFINITE = tuple(f"{sign}{word}" for sign in ("", "+", "-") for word in ("inf", "infinity", "∞"))
NO_DATE = r"^(?:0000[-/.]?00[-/.]?00|00[-/.]00[-/.]0000)(?:[T ]00:00(?::00)?)?$"  # what databases write for it
TRUTHS = (("false", "true"), ("no", "yes"), ("f", "t"), ("n", "y"))
LEVELS, LEVEL_SHARE = 50, 0.05  # a category has at most so many levels, or levels per row if that is more


@dataclass(frozen=True)
class Typed:
    """A typed column and why. `open`: what the other columns show may settle it."""

    values: pa.Array
    kind: Kind
    how: str
    custom: str = ""
    open: bool = False


def infinite_numbers(rows: Iterable[int], column: str, file: str) -> DataError:
    """What is said of infinite numbers, whatever they came from."""
    shown = [int(row) for row in rows]
    remedy = "replace infinite values or leave them empty"
    return DataError("a number must be finite", file=file, column=column, rows=shown, remedy=remedy)


def infer_columns(columns: Mapping[str, pa.ChunkedArray], file: str) -> list[Typed]:
    """Type columns of text; where one leaves open how it is written, what the others show decides."""
    with ThreadPoolExecutor() as pool:
        first = list(pool.map(lambda name: infer_column(columns[name], name, file), columns))
    customs = frozenset(typed.custom for typed in first if typed.custom)
    return [
        infer_column(column, name, file, customs) if typed.open and customs else typed
        for typed, (name, column) in zip(first, columns.items(), strict=True)
    ]


def infer_column(
    column: pa.ChunkedArray, name: str, file: str, customs: frozenset[str] = frozenset(), *, as_text: bool = False
) -> Typed:
    """The type of one column of text. With `as_text` it is known to be text, and only ISO dates are more than that.

    Raises `DataError` for infinite numbers.
    """
    return _Cells(column, name, file).infer(customs, as_text=as_text)


class _Cells:
    """The distinct values of one column, and the rows that hold them."""

    def __init__(self, column: pa.ChunkedArray, name: str, file: str):
        # In one piece, which more than 2 GiB of text can only be with large offsets.
        encoded = pc.fill_null(pc.cast(column, pa.large_string()).combine_chunks(), "").dictionary_encode()
        self.name, self.file = name, file
        self.codes = encoded.indices.to_numpy()
        self.values = pc.utf8_trim_whitespace(pc.cast(encoded.dictionary, pa.string()))
        self.weights = np.bincount(self.codes, minlength=len(self.values))
        lower = pc.utf8_lower(self.values)
        self.blank = _mask(pc.equal(lower, ""))
        self.marker = _mask(pc.is_in(lower, pa.array(MARKERS)))
        self.infinite = _mask(pc.is_in(lower, pa.array(INFINITE)))
        self.no_date = _mask(pc.match_substring_regex(lower, NO_DATE))

    def infer(self, customs: frozenset[str], *, as_text: bool) -> Typed:
        present = ~self.blank & ~self.marker
        if not present.any():
            markers = self._which(self.marker)
            how = f"no value at all{f', only {markers}' if markers else ''}: text, for want of anything better"
            return Typed(pa.nulls(len(self.codes), pa.string()), "text", how)
        if not as_text and (truth := self._truth(present)):
            return truth
        date = self._date(present & ~self.no_date, customs, dates.ISO_DATES if as_text else dates.DATES)
        if isinstance(date, Typed):
            return date
        number = Unread() if as_text else self._number(present & ~self.infinite, customs)
        if isinstance(number, Typed):
            return number
        return self._text(date, number)

    def _truth(self, present: np.ndarray) -> Typed | None:
        if present.sum() > 8:  # two words, in a few mixtures of capitals
            return None
        lower = pc.utf8_lower(self._of(present))
        for no, yes in TRUTHS:
            if set(lower.to_pylist()) == {no, yes}:
                how = f"truth values, written {yes} and {no}"
                return Typed(self._spread(pc.equal(lower, yes), present), "boolean", how + self._missing(present))
        return None

    def _date(self, present: np.ndarray, customs: frozenset[str], dialects: Sequence[Dialect]) -> Typed | Unread:
        values = self._of(present)
        if not len(values) or not have_shape(values, dates.SHAPE):
            return Unread()
        reading = read_values(values, dialects, customs)
        if isinstance(reading, Unread) and reading.rivals and (shown := dates.custom_of_months(values)):
            reading = read_values(values, dialects, frozenset([shown]))
        if isinstance(reading, Unread):
            return self._where(reading, present)
        said = [f"dates written {reading.dialect.title}"]
        said += [f"{reading.settled}, as other columns or the months show"] if reading.settled else []
        said += dates.remarks(reading.dialect.title, reading.values, self.weights[present])
        values = self._spread(reading.values, present)
        return Typed(values, "date", "; ".join(said) + self._missing(present), reading.custom)

    def _number(self, present: np.ndarray, customs: frozenset[str]) -> Typed | Unread:
        if not present.any():  # infinite values are all there is
            raise infinite_numbers(self._rows(self.infinite), self.name, self.file)
        values, unit = without_unit(self._of(present))
        if are_codes(values) or not have_shape(values, numbers.SHAPE):
            return Unread()
        reading = read_values(values, INTEGERS, customs)
        if isinstance(reading, Unread):
            reading = read_values(values, NUMBERS, customs)
        if isinstance(reading, Unread):
            return self._where(reading, present)
        beyond = self.infinite.copy()
        beyond[present] = ~_mask(pc.is_finite(reading.values))
        if beyond.any():
            raise infinite_numbers(self._rows(beyond), self.name, self.file)
        whole = pa.types.is_integer(reading.values.type)
        title = reading.dialect.title
        said = [title if reading.dialect in INTEGERS else f"{'whole ' if whole else ''}numbers with a {title}"]
        if reading.settled:
            said.append(f"{reading.settled}, as other columns show")
        if unit:
            said.append(f"every value carries the sign {unit}, which is dropped: 12 {unit} is 12")
        how = "; ".join(said) + self._missing(present)
        return Typed(self._spread(reading.values, present), "integer" if whole else "number", how, reading.custom)

    def _text(self, date: Unread, number: Unread) -> Typed:
        present = ~self.blank
        rows = int(self.weights[present].sum())
        levels = pc.count_distinct(self._of(present)).as_py()
        allowed = int(min(max(LEVELS, LEVEL_SHARE * rows), rows / 2))
        kind: Kind = "category" if levels <= allowed else "text"
        rule = f"{levels:,} different values in {in_rows(rows)}, a category may have {allowed:,}"
        why = [f"text with {rule}", are_codes(self._of(present)), _problem(date, "dates"), _problem(number, "numbers")]
        if markers := self._which(self.marker):
            why.append(f"{markers} kept as a value, which it may be among text")
        how = "; ".join(filter(None, why)) + self._missing(present)
        return Typed(self._spread(self._of(present), present), kind, how, open=bool(date.rivals or number.rivals))

    def _where(self, reading: Unread, present: np.ndarray) -> Unread:
        """Misfits as the first rows that hold them instead of marks on the distinct values."""
        if reading.misfits is None:
            return reading
        misfits = present.copy()
        misfits[present] = reading.misfits
        return Unread(dialect=reading.dialect, misfits=self._rows(misfits))

    def _of(self, mask: np.ndarray) -> pa.Array:
        return self.values.filter(pa.array(mask))

    def _spread(self, values: pa.Array, present: np.ndarray) -> pa.Array:
        """Values of the distinct cells that are present, on all rows; the others are missing."""
        places = (np.cumsum(present) - 1)[self.codes]
        return values.take(pa.array(places, mask=~present[self.codes]))

    def _rows(self, mask: np.ndarray) -> np.ndarray:
        return np.flatnonzero(mask[self.codes])[:5] + 1

    def _missing(self, present: np.ndarray) -> str:
        """What stands for a missing value, in how many rows."""
        said = []
        if empty := int(self.weights[self.blank].sum()):
            said.append(f"empty in {in_rows(empty)}")
        if others := self._which(~present & ~self.blank):
            said.append(f"{others} taken as missing")
        return f"; {', '.join(said)}" if said else ""

    def _which(self, mask: np.ndarray) -> str:
        """The markers under a mask and their rows; markers are no personal data, other values could be."""
        pairs = zip(self._of(mask).to_pylist(), self.weights[mask], strict=True)
        return ", ".join(f"{value!r} ({in_rows(rows)})" for value, rows in sorted(pairs))


def _problem(reading: Unread, what: str) -> str:
    """Why values are not what they nearly are."""
    plain = "yyyy-mm-dd" if what == "dates" else "digits with a decimal point only"
    if reading.rivals:
        titles = list(dict.fromkeys(dialect.title for dialect in reading.rivals))
        return f"{what} that may be written {' or '.join(titles[:3])}, and no value decides: write them as {plain}"
    if reading.dialect is not None and reading.misfits is not None:
        rows = ", ".join(str(row) for row in reading.misfits)
        return f"nearly all are {what} ({reading.dialect.title}), but not rows {rows}: correct them or leave them empty"
    if reading.mixed:
        mixed = ", ".join(dialect.title for dialect in reading.mixed)
        return f"{what} written in several ways ({mixed}): write them all as {plain}"
    return ""


def _mask(values: pa.Array) -> np.ndarray:
    return values.to_numpy(zero_copy_only=False)
