"""Which cells a figure depends on: an input too many rather than one too few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.pipeline.cells import Place
from riskbench.pipeline.dataflow import Program, Slice
from riskbench.pipeline.flows import names_in


def sliced(*cells: str) -> Slice:
    """What the call in the last line of the last cell depends on."""
    program = Program(cells, handles=["stage"])
    statement = program.statements[-1]
    return program.slice(names_in(statement.node), statement.place)


def lines(found: Slice) -> set[tuple[int, int]]:
    return {(place.cell, place.line) for place, _ in found.parts}


def test_a_figure_depends_on_the_cells_that_made_its_names_and_on_no_other() -> None:
    found = sliced("a = stage.read('a')", "b = stage.read('b')", "n = len(a)", "stage.table(n)")
    assert lines(found) == {(0, 1), (2, 1), (3, 1)}


@pytest.mark.parametrize(
    "change",
    [
        "a['x'] = b",
        "a.x = b",
        "a += b",
        "a.append(b)",
        "a.rows.append(b)",
        "kept = a.update(b)",
        "fill(a, b)",
        "[a.append(x) for x in b]",
        "for x in b: a.append(x)",
        "if b: a = 1",
        "with open(b) as a: pass",
        "with quiet: a = b",
        "print(a := b)",
        "def a(): return b",
        "a, *rest = b",
        "del a[b]",
        "same = a\nsame.append(b)",
        "pair = (a, 1)\npair[0].append(b)",
        "holder.append(a)\nholder.reset(b)",
        "part = a['x']\npart['y'] = b",
    ],
)
def test_what_may_change_a_name_counts(change: str) -> None:
    found = sliced("a = []", "b = stage.read('b')", change, "stage.table(a)")
    assert found.holds(Place(1, 1, 4, 1, 19), "b")


def test_what_a_name_held_before_it_was_set_anew_does_not_count() -> None:
    found = sliced("a = stage.read('a')", "a = stage.read('b')", "stage.table(a)")
    assert lines(found) == {(1, 1), (2, 1)}


def test_below_a_with_nothing_is_sure_to_have_run() -> None:
    found = sliced("a = stage.read('a')", "with quiet:\n    a = stage.read('b')", "stage.table(a)")
    assert {(0, 1), (1, 2)} <= lines(found)


def test_a_statement_below_a_with_depends_on_what_the_with_asks_for() -> None:
    found = sliced("a = stage.read('a')", "with limits(a):\n    n = 1\n    stage.table(n)")
    assert (0, 1) in lines(found)


def test_names_that_are_set_side_by_side_are_told_apart() -> None:
    found = sliced("a, b = stage.read('a'), stage.read('b')", "stage.table(b)")
    assert not found.holds(Place(0, 1, 7, 1, 22), "a")
    assert found.holds(Place(0, 1, 24, 1, 39), "b")


def test_names_that_change_places_keep_what_they_hold() -> None:
    found = sliced("a = stage.read('a')", "b = stage.read('b')", "a, b = b, a", "stage.table(a, b)")
    assert {(0, 1), (1, 1)} <= lines(found)


def test_of_tables_that_are_read_in_one_go_each_name_has_its_own() -> None:
    found = sliced("a, b = (stage.read(name) for name in ('a', 'b'))", "stage.table(b)")
    assert (found.holds(Place(0, 1, 0, 1, 4), "a"), found.holds(Place(0, 1, 0, 1, 4), "b")) == (False, True)


def test_a_module_and_the_stage_depend_on_nothing_that_they_were_asked() -> None:
    found = sliced("import tables", "a = tables.made(x)\nstage.show(x)", "n = tables.made(1)", "stage.table(n)")
    assert lines(found) == {(2, 1), (3, 1)}


def test_parameters_are_names_given_as_they_are_in_the_last_cell_that_gives_them() -> None:
    found = sliced("bins: int = 8\nseed: int = 0", "bins = 5", "cut = make(bins)", "stage.table(cut)")
    assert "bins" in found.given
    assert "seed" not in found.given


def test_cells_run_again_count_as_often_as_they_ran() -> None:
    found = sliced("a = stage.read('a')", "n = len(a)", "a = stage.read('b')", "n = len(a)", "stage.table(n)")
    assert lines(found) == {(2, 1), (3, 1), (4, 1)}


def test_a_cell_that_is_no_python_is_said() -> None:
    with pytest.raises(SyntaxError):
        Program(["a ="])


NAMES = "abcde"
name = st.sampled_from(NAMES)
FORMS = [  # a statement over two names, and how it moves what they hold
    ("{x} = [*{y}]", lambda held, x, y: held | {x: set(held[y])}),
    ("{x} = {x} + {y}", lambda held, x, y: held | {x: held[x] | held[y]}),
    ("{x}.extend({y})", lambda held, x, y: held | {x: held[x] | held[y]}),
    ("{x} += {y}", lambda held, x, y: held | {x: held[x] | held[y]}),
    ("{x}[len({x}):] = {y}", lambda held, x, y: held | {x: held[x] | held[y]}),
    ("{x}, {y} = {y}, {x}", lambda held, x, y: held | {x: held[y], y: held[x]}),
    ("with quiet:\n    {x} = list({y})", lambda held, x, y: held | {x: set(held[y])}),
    ("for one in {y}:\n    {x} = [*{x}, one]", lambda held, x, y: held | {x: held[x] | held[y]}),
    ("{x} = []", lambda held, x, y: held | {x: set()}),
]


@given(st.lists(st.tuples(st.integers(0, len(FORMS) - 1), name, name), max_size=12), st.data())
def test_a_table_that_feeds_a_figure_is_always_among_its_inputs(steps: list, data: st.DataObject) -> None:
    cells, held = [f"{x} = [stage.read('{x}')]" for x in NAMES], {x: {x} for x in NAMES}
    for form, x, y in steps:
        cells.append(FORMS[form][0].format(x=x, y=y))
        held = FORMS[form][1](held, x, y)
    shown = data.draw(name)
    found = sliced(*cells, f"stage.table({shown})")
    read_from = {x for cell, x in enumerate(NAMES) if found.holds(Place(cell, 1, 5, 1, 20), x)}
    assert held[shown] <= read_from


@given(st.lists(st.tuples(name, name, st.booleans()), max_size=12), st.data())
def test_names_for_one_list_change_together(steps: list, data: st.DataObject) -> None:
    """The programs are executed: what really lies in the list that is shown was really read somewhere in its slice."""
    cells = [f"{x} = [stage.read('{x}')]" for x in NAMES]
    cells += [f"{x} = {y}" if alias else f"{x}.extend([*{y}])" for x, y, alias in steps]
    shown = data.draw(name)
    found = sliced(*cells, f"stage.table({shown})")
    names: dict = {"stage": type("Stage", (), {"read": str})}
    for cell in cells:
        exec(cell, names)
    assert all(found.holds(Place(NAMES.index(table), 1, 5, 1, 20), table) for table in set(names[shown]))
