"""What an edit of bins is called with, and what is refused of it before any bin is looked at."""

import math
from collections.abc import Iterable
from typing import Any, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict

Action = Literal["merge", "split", "set_cuts", "set_groups", "withdraw"]
ARGUMENT: dict[Action, str] = {"merge": "bins", "split": "at", "set_cuts": "cuts", "set_groups": "groups"}


class Arguments(BaseModel):
    """`bins` of a merge, `at` of a split, `cuts`, or `groups` with `rest`; nothing for a withdrawal.

    The class methods take what somebody typed and raise ValueError with the rule that it breaks.

    >>> Arguments.of_merge([1, np.int64(2)]).bins
    (1, 2)
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    bins: tuple[int | str, ...] | None = None
    at: tuple[float | str, ...] | None = None
    cuts: tuple[float, ...] | None = None
    groups: tuple[tuple[str, ...], ...] | None = None
    rest: int | None = None

    @classmethod
    def of_merge(cls, bins: Any) -> Self:
        """Positions of bins in their table, or levels."""
        return cls(bins=tuple(map(_position, _listed("bins", bins))))

    @classmethod
    def of_split(cls, at: Any) -> Self:
        """Numbers to cut at, or levels to take out."""
        return cls(at=tuple(of if isinstance(of, str) else _finite(of) for of in _listed("at", at)))

    @classmethod
    def of_cuts(cls, cuts: Any) -> Self:
        """Finite numbers."""
        return cls(cuts=tuple(map(_finite, _listed("cuts", cuts))))

    @classmethod
    def of_groups(cls, groups: Any, rest: int | None) -> Self:
        """Lists of levels, and the position of the group that all other levels go to."""
        each = (tuple(_listed("a group of groups", group)) for group in _listed("groups", groups))
        return cls(groups=tuple(each), rest=rest)


def _listed(name: str, values: Any) -> Iterable[Any]:
    """A list, as it came; a text alone is none, though Python would read its letters."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ValueError(f"{name} must be a list, got {values!r}")
    return values


def _position(of: Any) -> int | str:
    if isinstance(of, str):
        return of
    if isinstance(of, bool) or not isinstance(of, int | np.integer):
        raise ValueError(f"bins are positions in the table or levels, got {of!r}")
    return int(of)


def _finite(cut: Any) -> float:
    if isinstance(cut, bool) or not isinstance(cut, int | float | np.number) or not math.isfinite(cut):
        raise ValueError(f"a cut must be a finite number, got {cut!r}")
    return float(cut)
