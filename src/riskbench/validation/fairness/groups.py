"""Which groups may be shown: of each protected attribute, and of every pair of attributes.

Of one attribute everybody stays in the figures. Groups of fewer than the smallest cell are pooled; a pool that is still
too small joins the next smallest group, whose name says so: were it left out, its number would follow from the total.
Where outcomes are shown, a group with a few goods or bads joins the next smallest for the same reason.
Of pairs nothing is pooled: a group that is too small is left out, and with it every group from which, together with all
that is shown of other attributes and pairs, its number would follow (`privacy/disclosure.py`). Nobody can tell a group
that was left out from one that nobody belongs to.
"""

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame, Series

from riskbench.privacy.disclosure import withheld

SMALL, MISSING = "(small groups)", "(missing)"
CROSS, AND, WITH = " × ", ", ", " + "


@dataclass(frozen=True)
class _Figure:
    """The people of one group of an attribute, or of a pair: a value for each attribute it asks for."""

    values: tuple[tuple[str, str], ...]
    people: int


def shown_groups(group: ArrayLike, min_cell: int) -> Series:
    """Group names with small ones pooled; empty text for all where all together are fewer than `min_cell`.

    >>> shown_groups(["a", "a", "a", "b", "c", "c"], min_cell=3).tolist()
    ['a', 'a', 'a', '(small groups)', '(small groups)', '(small groups)']
    >>> shown_groups(["a", "a", "a", "b", "b", "c"], min_cell=2).unique().tolist()
    ['a', 'b + (small groups)']
    """
    if min_cell < 1:
        raise ValueError(f"min_cell must be 1 or more, got {min_cell}")
    names = Series(np.asarray(group, dtype=object)).astype("str").fillna(MISSING)
    if len(names) < min_cell:
        return Series("", index=names.index, dtype="str")
    pooled = names.where(names.map(names.value_counts()) >= min_cell, SMALL)
    sizes = pooled.value_counts().sort_index()
    if SMALL not in sizes or sizes[SMALL] >= min_cell:
        return pooled
    neighbour = str(sizes.drop(SMALL).idxmin())
    return pooled.replace([SMALL, neighbour], f"{neighbour}{WITH}{SMALL}")


def outcome_groups(group: Series, y: ArrayLike, min_cell: int) -> Series:
    """Shown groups, joined until none has 1 to `min_cell` - 1 good or bad outcomes: the smallest joins the next one.

    Names are joined in order. `group` is empty where a case may not be shown, `y` (1 = bad) missing without a label.

    >>> y, group = [0] * 10 + [1] * 4, [*"aaaaabbbbc", *"aabb"]
    >>> outcome_groups(Series(group), y, min_cell=2).unique().tolist()
    ['a', 'b + c']
    """
    outcome = np.asarray(y, dtype=float)
    while True:
        sizes = group[group != ""].value_counts().sort_index().sort_values(kind="stable")
        few = set()
        for kind in (0, 1):
            found = group[outcome == kind].value_counts()
            few |= set(found[found < min_cell].index)
        small = [name for name in sizes.index if name in few]
        others = [name for name in sizes.index if small and name != small[0]]
        if not small or not others:
            return group.mask(group.isin(small), "")
        joined = WITH.join(sorted(f"{small[0]}{WITH}{others[0]}".split(WITH)))
        group = group.replace([small[0], others[0]], joined)


def intersections(groups: DataFrame, min_cell: int) -> DataFrame:
    """One column a pair of attributes ("sex × age_band"), its groups by row ("female, under 25"), empty if not shown.

    `groups` holds one column an attribute, as `shown_groups` gives them. An attribute of a single group is not crossed.

    >>> groups = DataFrame({"sex": list("mmmmffff"), "age": ["old"] * 3 + ["young"] * 5})
    >>> intersections(groups, min_cell=1)["sex × age"].unique().tolist()
    ['m, old', 'm, young', 'f, young']
    """
    values = {str(name): sorted(set(groups[name]) - {""}) for name in groups}
    crossed = [name for name, found in values.items() if len(found) > 1]
    hidden = _hidden({name: values[name] for name in crossed}, groups, min_cell) if crossed else {}
    columns = {}
    for a, b in combinations(crossed, 2):
        names = groups[a].str.cat(groups[b], sep=AND)
        columns[f"{a}{CROSS}{b}"] = names.mask(names.isin(hidden[a, b]), "")
    return DataFrame(columns, index=groups.index)


def outcome_intersections(groups: DataFrame, y: ArrayLike, min_cell: int) -> DataFrame:
    """`intersections` of groups whose outcomes are shown: no number of people, of goods or of bads follows.

    `groups` holds one column an attribute, as `outcome_groups` gives them, `y` (1 = bad) is missing without a label.
    An intersection without a good or without a bad one is not shown either.

    >>> groups = DataFrame({"sex": list("mmmmffff"), "age": ["old", "young"] * 4})
    >>> outcome_intersections(groups, [0, 0, 1, 1, 0, 0, 1, 1], min_cell=2)["sex × age"].unique().tolist()
    ['']
    """
    outcome = np.asarray(y, dtype=float)
    shown = intersections(groups, min_cell)
    for kind in (0, 1):
        pairs = intersections(groups[outcome == kind], min_cell)
        for pair in pairs:  # one that is not there has an attribute of one group: its numbers are those of the other
            shown[pair] = shown[pair].where(shown[pair].isin(set(pairs[pair])), "")
    return shown


def _hidden(values: dict[str, list[str]], groups: DataFrame, min_cell: int) -> dict[tuple[str, str], set[str]]:
    """The groups of every pair that are not shown, looked at together with the groups of single attributes."""
    figures = [_Figure((), len(groups))]
    margins: dict[int, list[list[int]]] = {0: []}
    place = {}
    for name, found in values.items():
        for value in found:
            place[name, value] = len(figures)
            margins[len(figures)] = []
            figures.append(_Figure(((name, value),), int((groups[name] == value).sum())))
    for a, b in combinations(values, 2):
        people = groups.groupby([a, b]).size().to_dict()
        at = {}
        for x, y in product(values[a], values[b]):
            at[x, y] = len(figures)
            figures.append(_Figure(((a, x), (b, y)), int(people.get((x, y), 0))))
        margins[0].append(list(at.values()))
        for x in values[a]:
            margins[place[a, x]].append([at[x, y] for y in values[b]])
        for y in values[b]:
            margins[place[b, y]].append([at[x, y] for x in values[a]])
    out = withheld(_on_points(figures, values), [figure.people for figure in figures], min_cell, margins)
    left_out = {pair: set[str]() for pair in combinations(values, 2)}
    for i in np.flatnonzero(out):
        (a, x), (b, y) = figures[int(i)].values
        left_out[a, b].add(f"{x}{AND}{y}")
    return left_out


def _on_points(figures: list[_Figure], values: dict[str, list[str]]) -> NDArray[np.float64]:
    """Each figure as a vector: whether it holds people of one kind, for kinds enough to tell all combinations apart.

    A sum over pairs of attributes is settled by what it is where all but two attributes have their first value.
    """
    first = {name: found[0] for name, found in values.items()}
    kinds = [first]
    kinds += [first | {a: x} for a, found in values.items() for x in found[1:]]
    kinds += [
        first | {a: x, b: y} for a, b in combinations(values, 2) for x, y in product(values[a][1:], values[b][1:])
    ]
    return np.array([[all(kind[a] == x for a, x in f.values) for kind in kinds] for f in figures], dtype=float)
