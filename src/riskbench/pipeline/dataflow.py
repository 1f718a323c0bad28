"""What a value in a notebook was computed from: its names, followed backwards through the syntax trees of the cells.

How a statement reads is said in `flows.py`: an input too many rather than one too few.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from riskbench.pipeline.cells import Place
from riskbench.pipeline.flows import NOTHING, Flow, Statement, parsed, statements_of


@dataclass(frozen=True)
class Slice:
    """What a figure depends on: the parts of cells, and the names that it takes as they were given.

    `given` are names with a literal value, such as parameters, and names that no cell sets.
    """

    parts: tuple[tuple[Place, str], ...]
    given: frozenset[str]

    def holds(self, place: Place, name: str) -> bool:
        """Whether what was read under this name, at this place, is among what the figure depends on."""
        return any(place.within(part) and only in ("", name) for part, only in self.parts)


class Program:
    """The cells that ran, in the order in which they ran, as `statements`.

    `handles` are names that are never computed from anything and never changed: modules, imported functions, and the
    stage itself, whose reading is noted when it happens. Raises SyntaxError where a cell is not Python.
    """

    def __init__(self, cells: Sequence[str], handles: Iterable[str] = ()):
        self.statements = [s for cell, source in enumerate(cells) for s in statements_of(source, cell)]
        imported = {name for source in cells for name in parsed(source)[1]}
        set_by_cells = {name for s in self.statements for flow in s.flows if flow.anew for name in flow.targets}
        self.handles = frozenset(imported - set_by_cells | set(handles))
        self._together = _together([pair - self.handles for s in self.statements for pair in s.shared])

    def at(self, place: Place) -> int | None:
        """The number of the innermost statement at a place; None where there is none."""
        holding = [i for i, s in enumerate(self.statements) if place.line_within(s.place)]
        return holding[-1] if holding else None

    def slice(self, loads: frozenset[str], place: Place) -> Slice:
        """What a value depends on that is computed at `place` from the names `loads`.

        >>> program = Program(["rows = read('a')", "other = read('b')", "n = len(rows)", "show(n)"])
        >>> [part.cell for part, _ in program.slice(frozenset({"n"}), Place(3, 1)).parts]
        [3, 3, 2, 0]
        """
        here = self.at(place)
        last = len(self.statements) - 1 if here is None else self._last_within(here)
        wanted, parts, given = loads - self.handles, [(place, "")], set[str]()
        for number in range(last, -1, -1):
            hits, after = self._before(self.statements[number], wanted, itself=number == here)
            parts += [(flow.place, flow.only) for flow in hits]
            given |= {name for flow in hits if flow.anew and not flow.sources for name in flow.targets & wanted}
            wanted = after
        return Slice(tuple(parts), frozenset(given | wanted))

    def definition(self, name: str, place: Place) -> Flow | None:
        """Where a name last got a value before `place`; None where no cell gave it one."""
        here = self.at(place)
        before = self.statements if here is None else self.statements[:here]
        found = (f for s in reversed(before) for f in reversed(s.flows) if name in f.targets and f.value is not None)
        return next(found, None)

    def _last_within(self, number: int) -> int:
        """The number of the last statement of a block; a statement that is none is its own."""
        block = self.statements[number]
        return max(i for i, s in enumerate(self.statements) if s.place.within(block.place))

    def _before(self, statement: Statement, wanted: frozenset[str], itself: bool) -> tuple[list[Flow], frozenset[str]]:
        """The flows of a statement that reach the wanted names, and the names wanted before it."""
        kept = [f for f in statement.flows if not (f.on in self.handles and f.on)]
        hits = [f for f in kept if f.anew and f.targets & wanted] if not itself else []
        gone = frozenset(name for f in hits for name in f.targets)
        after = (wanted - gone).union(*(f.sources for f in hits)) - self.handles
        changes = [f for f in kept if not f.anew]
        while reached := [f for f in changes if self._changed(f) & (after | wanted)]:
            changes = [f for f in changes if f not in reached]
            hits += reached
            after = after.union(*(f.sources for f in reached)) - self.handles
        return hits, after

    def _changed(self, flow: Flow) -> frozenset[str]:
        if flow.value is not None:  # a new value, which may not have come about
            return flow.targets
        return flow.targets.union(*(self._together.get(name, NOTHING) for name in flow.targets)) - self.handles


def _together(pairs: Iterable[frozenset[str]]) -> dict[str, frozenset[str]]:
    """Every name with all names that may share what it holds."""
    groups: dict[str, frozenset[str]] = {}
    for pair in pairs:
        group = pair.union(*(groups.get(name, NOTHING) for name in pair))
        groups |= dict.fromkeys(group, group)
    return groups
