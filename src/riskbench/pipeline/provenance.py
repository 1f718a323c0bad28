"""Where a figure came from: what a stage has read and in which part of its notebook, and which of it a figure rests on.

What is read is noted when it happens; a figure's share of it follows from the data flow of the cells (`dataflow.py`).
Outside of a notebook, or where its cells cannot be followed, a figure rests on everything read so far.
"""

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any

from riskbench.core.evidence import Input, Maker, Setting
from riskbench.pipeline.cells import Notebook, Place, running
from riskbench.pipeline.dataflow import Program, Slice
from riskbench.pipeline.flows import Statement, names_asked, names_in

VALUE_OF = {"figure": 3, "table": 2, "estimate": 2, "text": 2, "tell": 2}  # which argument holds what is recorded
VALUE_NAMES = {"frame", "data", "estimate", "text"}
PACKAGE, TOOLS = "riskbench.", ("riskbench.pipeline.", "riskbench.core.")  # what carries figures does not make them
FARTHEST = 4  # assignments that are followed back to the function that made a value


@dataclass(frozen=True)
class _Read:
    """Something that a notebook read: under which name, what of it counts as input, and where it happened."""

    name: str
    inputs: tuple[Input, ...]
    settings: Mapping[str, Setting]
    place: Place | None


@dataclass
class Trail:
    """What the stage `owner` has read so far. `cells` are the ids of its cells by source; `settings` its parameters."""

    owner: Any
    cells: Mapping[str, str]
    settings: frozenset[str]
    always: dict[str, Input] = field(default_factory=dict)  # what every figure rests on
    reads: list[_Read] = field(default_factory=list)

    def read(self, name: str, inputs: Iterable[Input], settings: Mapping[str, Setting] | None = None) -> None:
        """Note that something is read here and now."""
        at = running()
        self.reads.append(_Read(name, tuple(inputs), settings or {}, at.place if at else None))

    def of_this(self) -> dict[str, Any]:
        """Inputs, parameters, makers and cell of what is recorded here and now: fields of its evidence."""
        at = running()
        if at is None:
            return {"inputs": self._inputs(self.reads), "cell": None}
        cell = self.cells.get(at.sources[-1].strip())
        handles = {name for name, value in at.names.items() if value is self.owner}
        try:
            program = Program(at.sources, handles)
        except SyntaxError:
            return {"inputs": self._inputs(self.reads), "cell": cell}
        statement = self._statement(program, at.place)
        call = statement.call(at.place) if statement else None
        loads = statement.loads if statement else frozenset(at.names)
        if statement and call:
            loads = names_asked(call, statement.node) | statement.beside
        reached = program.slice(loads, at.place if call or not statement else statement.place)
        return self._resting_on(reached, at) | {"makers": list(self._makers(call, program, at)), "cell": cell}

    @staticmethod
    def _statement(program: Program, place: Place) -> Statement | None:
        number = program.at(place)
        return None if number is None else program.statements[number]

    def _resting_on(self, reached: Slice, at: Notebook) -> dict[str, Any]:
        reads = [r for r in self.reads if r.place is None or reached.holds(r.place, r.name)]
        settings = {name: value for read in reads for name, value in read.settings.items()}
        used = self.settings & reached.given & at.names.keys()
        settings |= {name: at.names[name] for name in used}
        return {"inputs": self._inputs(reads), "parameters": dict(sorted(settings.items()))}

    def _inputs(self, reads: Iterable[_Read]) -> list[Input]:
        found = self.always | {i.table: i for read in reads for i in read.inputs}
        return [found[table] for table in sorted(found)]

    def _makers(self, call: ast.Call | None, program: Program, at: Notebook) -> Iterator[Maker]:
        """The functions of this package that made the value which a call records, each once; else its expression."""
        seen, values = set[str](), list(_recorded(call)) if call else []
        own = [Maker(code=ast.unparse(value), does="An expression of the cell itself.") for value in values]
        found = [maker for value in values for maker in _nearest([value], program, at, FARTHEST)]
        for maker in found or own:
            if maker.code not in seen:
                seen.add(maker.code)
                yield maker


def _recorded(call: ast.Call) -> Iterator[ast.expr]:
    """The expressions whose value a call of the stage records."""
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if method not in VALUE_OF:
        yield from call.args
        return
    yield from call.args[VALUE_OF[method] : VALUE_OF[method] + 1]
    yield from (word.value for word in call.keywords if word.arg in VALUE_NAMES)


def _nearest(nodes: list[ast.expr], program: Program, at: Notebook, steps: int) -> list[Maker]:
    """The makers that stand in these expressions; where there are none, those of the names in them, and so on."""
    found = [Maker.of(f) for node in nodes for f in _outermost(node, at.names)]
    if found or not steps:
        return found
    names = sorted({name for node in nodes for name in names_in(node)})
    before = [flow.value for name in names if (flow := program.definition(name, at.place)) and flow.value is not None]
    return _nearest(before, program, at, steps - 1) if before else []


def _outermost(node: ast.AST, names: Mapping[str, Any]) -> Iterator[Any]:
    """The functions and properties of this package that an expression asks for, but for what these are given."""
    target = node.func if isinstance(node, ast.Call) else node if isinstance(node, ast.Attribute) else None
    function = _function(target, names) if target is not None else None
    if function is not None:
        yield function
        return
    for child in ast.iter_child_nodes(node):
        yield from _outermost(child, names)


def _function(node: ast.AST, names: Mapping[str, Any]) -> Any:
    """The documented function, class or property of this package that an expression names; None where it names none.

    Nothing is computed on the way: of an object only its class, and what it holds already, is looked at.
    """
    found = _looked_up(node, names)
    found = getattr(found, "__func__", getattr(found, "fget", getattr(found, "func", found)))
    home = str(getattr(found, "__module__", ""))
    ours = home.startswith(PACKAGE) and not home.startswith(TOOLS) and hasattr(found, "__qualname__")
    return found if ours and callable(found) and inspect.getdoc(found) else None


def _looked_up(node: ast.AST, names: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if not isinstance(node, ast.Attribute):
        return None
    owner = _looked_up(node.value, names)
    if owner is None:
        return None
    if isinstance(owner, ModuleType):
        return vars(owner).get(node.attr)
    if isinstance(owner, type):
        return inspect.getattr_static(owner, node.attr, None)
    held = getattr(owner, "__dict__", {})
    of_class = inspect.getattr_static(type(owner), node.attr, None)
    computed = isinstance(of_class, property | cached_property) or callable(of_class)
    return of_class if computed or node.attr not in held else held[node.attr]
