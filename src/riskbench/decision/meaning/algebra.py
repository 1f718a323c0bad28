"""The few operations in which a policy's meaning is written, so that every engine only has to know these.

A value is whatever an engine makes of it: an array, a piece of Python, a column of a table. There are four kinds.
Numbers are doubles and may be missing; texts may be missing, and truth that is read is the text "yes" or "no"; truths
are true or false and never missing; an index is a position in a list, or none.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

Kind = Literal["number", "text", "any"]

Number = Any
Text = Any
Truth = Any
Index = Any

Constants = float | str | Sequence[float] | Sequence[str]
Cells = Sequence[Any]  # of numbers or texts, one list within another for each index


class Algebra(Protocol):
    """An engine. Every operation is exact: of doubles, one operation at a time, in the order in which it is written."""

    def score(self) -> Number:
        """The points of the card; never missing."""

    def asked(self) -> Number:
        """The amount that was asked for, above 0; 1 where amounts are unknown; never missing."""

    def variable(self, name: str, kind: Kind) -> Number | Text:
        """What is known of an application; refused where it is of another kind."""

    def age(self, source: str) -> Number:
        """How many hours old the newest data of a source are."""

    def let(self, label: str, values: Sequence[Any]) -> list[Any]:
        """The same values, computed once from here on. `label` is a word for a reader."""

    def missing(self, value: Number | Text) -> Truth:
        """Where it is not known."""

    def compare(self, value: Number | Text, op: str, constant: Constants) -> Truth:
        """Where it is known and the comparison holds, by an operator of a rule."""

    def below(self, number: Number, other: Number) -> Truth:
        """Where `number` is less than `other`; neither may be missing."""

    def equal(self, number: Number, other: Number) -> Truth:
        """Where both are the same; neither may be missing."""

    def all(self, truths: Sequence[Truth]) -> Truth:
        """Where every one holds; everywhere where there are none."""

    def any(self, truths: Sequence[Truth]) -> Truth:
        """Where at least one holds; nowhere where there are none."""

    def no(self, truth: Truth) -> Truth:
        """Where it does not hold."""

    def constant(self, number: float) -> Number:
        """The same number everywhere."""

    def times(self, number: Number, other: Number) -> Number:
        """The product; missing where a factor is."""

    def minus(self, number: Number, other: Number) -> Number:
        """The difference; missing where either is."""

    def least(self, numbers: Sequence[Number]) -> Number:
        """The smallest; none may be missing."""

    def where(self, truth: Truth, value: Any, otherwise: Any) -> Any:
        """`value` where it holds, `otherwise` elsewhere: two numbers, or two indices."""

    def interval(self, number: Number, uppers: Sequence[float]) -> Index:
        """The position of the first of the ascending `uppers` above it, their count where none is; none if missing."""

    def position(self, value: Number | Text, groups: Sequence[Sequence[Any]], rest: int | None) -> Index:
        """The first group that holds it, `rest` where none does; none if missing, or without `rest`."""

    def among(self, index: Index, positions: Sequence[int]) -> Truth:
        """Where the index is one of these positions."""

    def first(self, truths: Mapping[int, Truth]) -> Index:
        """The key of the first that holds, or none."""

    def pick(self, cells: Cells, *indices: Index) -> Number:
        """The number at these positions; missing where an index is none, or where the cell is NaN."""
