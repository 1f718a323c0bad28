"""What the statements of a cell do to names, from its syntax tree: which get a value, from which, and which may change.

An input too many rather than one too few: whoever calls a method of a name may have changed it, and so may a function
whose result nobody keeps; names that may share what they hold are told; what stands below a `with` may not have run.
Not seen: a function that changes what it is given and whose result is kept, and a method that returns its object.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from riskbench.pipeline.cells import Place

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Flow:
    """Names that get or change their value at `place`, and the names that this value is made from.

    `anew`: whatever the names held before is gone. `only`: of what is read at this place, what is called so.
    `value` is the expression itself. `on` is the object whose method is called, where that is how names change.
    """

    targets: frozenset[str]
    sources: frozenset[str]
    place: Place
    value: ast.expr | None = None
    anew: bool = False
    only: str = ""
    on: str = ""


@dataclass(frozen=True)
class Statement:
    """A statement of a cell: its flows, all names that it loads, and the sets of names that may share a value by it.

    `beside` are the names that decide whether it runs at all.
    """

    place: Place
    node: ast.stmt
    flows: tuple[Flow, ...]
    loads: frozenset[str]
    shared: tuple[frozenset[str], ...] = ()
    beside: frozenset[str] = NOTHING

    def call(self, place: Place) -> ast.Call | None:
        """The call that stands exactly there; None where another thing does, or the head of a block."""
        if isinstance(self.node, ast.With):
            return None
        calls = (n for n in ast.walk(self.node) if isinstance(n, ast.Call))
        return next((call for call in calls if replace(Place.of(call), cell=place.cell) == place), None)


def names_in(*nodes: ast.AST) -> frozenset[str]:
    """The names that are loaded anywhere in these nodes."""
    found = (n for node in nodes for n in ast.walk(node))
    return frozenset(n.id for n in found if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))


@lru_cache(maxsize=512)
def parsed(source: str) -> tuple[tuple[Statement, ...], frozenset[str]]:
    """The statements of a cell, and the names that it imports."""
    tree = ast.parse(source)
    imports = (alias for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom) for alias in n.names)
    imported = frozenset((alias.asname or alias.name).partition(".")[0] for alias in imports)
    return tuple(_statements(tree.body, NOTHING, certain=True)), imported


@lru_cache(maxsize=512)
def statements_of(source: str, cell: int) -> tuple[Statement, ...]:
    """The statements of a cell, as those of the cell of this number."""
    return tuple(_in_cell(statement, cell) for statement in parsed(source)[0])


def _in_cell(statement: Statement, cell: int) -> Statement:
    flows = tuple(replace(flow, place=replace(flow.place, cell=cell)) for flow in statement.flows)
    return replace(statement, place=replace(statement.place, cell=cell), flows=flows)


def _statements(body: Sequence[ast.stmt], beside: frozenset[str], certain: bool) -> Iterator[Statement]:
    """Statements in their order; those below a `with` depend on its head, and may not have run."""
    for node in body:
        if isinstance(node, ast.With):
            items = [part for item in node.items for part in (item.context_expr, item.optional_vars) if part]
            entered, place = names_in(*items) | beside, Place.of(node)
            bound = [item.optional_vars for item in node.items if item.optional_vars]
            flows = [Flow(_stored(*bound), entered, place)] * bool(bound) + list(_changes(items, place))
            yield Statement(place, node, tuple(flows), names_in(node) | beside, beside=beside)
            yield from _statements(node.body, entered, certain=False)
        else:
            flows = [replace(f, sources=f.sources | beside, anew=f.anew and certain) for f in _flows(node)]
            yield Statement(Place.of(node), node, tuple(flows), names_in(node) | beside, tuple(_shared(node)), beside)


def _flows(node: ast.stmt) -> Iterator[Flow]:
    place = Place.of(node)
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        yield from _changes([node], place)
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from _assigned(target, node.value, place)
    elif isinstance(node, ast.AugAssign):
        yield from _changes([node], place)
        yield Flow(_stored(node.target), names_in(node) | _stored(node.target), place)
    elif isinstance(node, ast.Expr):
        yield from _changes([node], place)
        if isinstance(node.value, ast.Call):  # called for what it does: it may change whatever it is given
            given = [*node.value.args, *(word.value for word in node.value.keywords)]
            on = _root(node.value.func)
            yield Flow(frozenset().union(*map(_reached, given)), names_in(node), place, on=on)
    elif not isinstance(node, ast.Import | ast.ImportFrom):  # a loop, a branch, a definition: one piece
        yield Flow(_stored(node), names_in(node) | _stored(node), place)
        yield from _changes([node], place)


def _assigned(target: ast.expr, value: ast.expr, place: Place) -> Iterator[Flow]:
    """The flows of an assignment, name by name where its two sides can be told apart."""
    targets = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    names = [part.id for part in targets if isinstance(part, ast.Name)]
    if len(names) < len(targets):  # a part of an object is set
        yield Flow(_stored(target), names_in(value, target) | _stored(target), place)
    elif parts := _side_by_side(target, value):
        for name, part in zip(names, parts, strict=True):
            yield Flow(frozenset({name}), names_in(part), Place.of(part), part, anew=True)
    elif len(words := _words_of(value)) == len(names):  # (read(name) for name in ("a", "b"))
        for name, word in zip(names, words, strict=True):
            yield Flow(frozenset({name}), names_in(value), place, value, anew=True, only=word)
    else:
        yield Flow(frozenset(names), names_in(value), place, value, anew=True)


def _side_by_side(target: ast.expr, value: ast.expr) -> list[ast.expr]:
    """The expressions that go to the targets one by one, as in `a, b = x, y`; [] where they cannot be told apart."""
    sides = [side.elts for side in (target, value) if isinstance(side, ast.Tuple | ast.List)]
    apart = len(sides) == 2 and len(sides[0]) == len(sides[1])
    starred = any(isinstance(part, ast.Starred) for side in sides for part in side)
    return sides[1] if apart and not starred else []


def _words_of(value: ast.expr) -> list[str]:
    """The words that a comprehension goes through, one for each thing it gives; [] where it is another expression."""
    if not (isinstance(value, ast.GeneratorExp | ast.ListComp) and len(value.generators) == 1):
        return []
    (loop,) = value.generators
    words = loop.iter.elts if isinstance(loop.iter, ast.Tuple | ast.List) and not loop.ifs else []
    found = [word.value for word in words if isinstance(word, ast.Constant) and isinstance(word.value, str)]
    return found if len(found) == len(words) else []


def names_asked(part: ast.AST, whole: ast.AST) -> frozenset[str]:
    """The names that a part of a statement takes its value from; all of the statement where it is part of a loop.

    >>> call = ast.parse("[show(x) for x in rows]").body[0]
    >>> sorted(names_asked(call.value.elt, call))
    ['rows', 'show', 'x']
    """
    names = names_in(part)
    return names_in(whole) if names & _bound(whole) else names


@lru_cache(maxsize=512)
def _bound(whole: ast.AST) -> frozenset[str]:
    """The names that a statement binds within an expression: those of comprehensions, and arguments of functions."""
    parts = list(ast.walk(whole))
    loops = [n.target for n in parts if isinstance(n, ast.comprehension)]
    names = {n.id for loop in loops for n in ast.walk(loop) if isinstance(n, ast.Name)}
    return frozenset(names | {n.arg for n in parts if isinstance(n, ast.arg)})


def _changes(nodes: Iterable[ast.AST], place: Place) -> Iterator[Flow]:
    """What expressions change on the way: objects whose methods they call, and names set by `:=`."""
    for part, node in ((part, whole) for whole in nodes for part in ast.walk(whole)):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and (root := _root(part.func)):
            yield Flow(frozenset({root}), names_asked(part, node), place, on=root)
        elif isinstance(part, ast.NamedExpr):
            yield Flow(frozenset({part.target.id}), names_asked(part.value, node), place)


def _stored(*nodes: ast.AST) -> frozenset[str]:
    """The names that are set anywhere in these nodes, and those of objects of which a part is set."""
    found = [n for node in nodes for n in ast.walk(node)]
    plain = {n.id for n in found if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    parts = {
        _root(n) for n in found if isinstance(n, ast.Attribute | ast.Subscript) and not isinstance(n.ctx, ast.Load)
    }
    defined = {n.name for n in found if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    return frozenset((plain | parts | defined) - {""})


def _root(node: ast.AST) -> str:
    """The name that a chain of attributes, keys and calls begins with; "" where it begins with another expression."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _reached(node: ast.AST) -> frozenset[str]:
    """The names whose values an expression hands on as they are, alone, in part or in a collection."""
    if isinstance(node, ast.Name):
        return frozenset({node.id})
    if isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        return _reached(node.value)
    if isinstance(node, ast.NamedExpr):
        return _reached(node.value) | {node.target.id}
    parts: Sequence[ast.AST | None] = ()
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        parts = node.elts
    elif isinstance(node, ast.Dict | ast.BoolOp):
        parts = node.values
    elif isinstance(node, ast.IfExp):
        parts = (node.body, node.orelse)
    return frozenset().union(*(_reached(part) for part in parts if part is not None))


def _shared(node: ast.stmt) -> Iterator[frozenset[str]]:
    """Sets of names that may hold the same object, or one a part of another, after this statement."""
    for part in ast.walk(node):
        if isinstance(part, ast.Assign | ast.AnnAssign) and part.value is not None:
            for target in part.targets if isinstance(part, ast.Assign) else [part.target]:
                values = _side_by_side(target, part.value)
                targets = target.elts if values and isinstance(target, ast.Tuple | ast.List) else [target]
                for one, value in zip(targets, values or [part.value], strict=True):
                    yield _stored(one) | _reached(value) if _reached(value) else NOTHING
        elif isinstance(part, ast.For):
            yield _stored(part.target) | _reached(part.iter)
        elif isinstance(part, ast.NamedExpr):
            yield _reached(part)
        elif isinstance(part, ast.Expr) and isinstance(call := part.value, ast.Call):  # rows.append(row): a change of
            holder = (
                {_root(call.func)} - {""} if isinstance(call.func, ast.Attribute) else set[str]()
            )  # row changes rows
            yield frozenset(holder).union(*map(_reached, call.args)) if holder else NOTHING
