"""Two runs are compared figure by figure: what a figure says, not where it came from."""

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.errors import CannotRun
from riskbench.core.evidence import Dims, Evidence, Input, Table
from riskbench.core.thresholds import Thresholds
from riskbench.pipeline.compare import compare_evidence, compare_runs, provenance_differences, same

finite = st.floats(allow_nan=False, allow_infinity=False, width=32)
scalars = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | finite | st.text(max_size=5)
tolerances = st.floats(0, 1)


def figure(id_: str = "scorecard.champion.auc.test", **changes: Any) -> Evidence:
    fields: dict[str, Any] = {"stage": "scorecard", "kind": "estimate", "title": "AUC", "value": 0.77, "n": 400}
    return Evidence(id=id_, **fields | changes)


def problems(ours: Evidence, theirs: Evidence) -> list[str]:
    return [difference.what for difference in compare_evidence([ours], [theirs])[1]]


@given(scalars, tolerances)
def test_a_value_is_the_same_as_itself(value: Any, tolerance: float) -> None:
    assert same(value, value, tolerance)


@given(scalars, scalars, tolerances)
def test_being_the_same_does_not_depend_on_the_order(a: Any, b: Any, tolerance: float) -> None:
    assert same(a, b, tolerance) == same(b, a, tolerance)


@given(scalars, scalars, tolerances, tolerances)
def test_a_wider_tolerance_refuses_nothing_that_a_tighter_one_takes(a: Any, b: Any, s: float, t: float) -> None:
    assert not same(a, b, min(s, t)) or same(a, b, max(s, t))


@given(finite, finite)
def test_no_tolerance_means_equal(a: float, b: float) -> None:
    assert same(a, b, 0) == (a == b)


@given(st.booleans(), st.integers(0, 1), tolerances)
def test_yes_and_no_are_not_numbers(flag: bool, number: int, tolerance: float) -> None:
    assert not same(flag, number, tolerance)


@given(finite, tolerances)
def test_a_number_is_never_the_same_as_no_number(value: float, tolerance: float) -> None:
    assert not same(None, value, tolerance)


def test_the_tolerance_is_relative_above_one_and_absolute_below() -> None:
    assert same(1e6, 1e6 + 0.9e-3, 1e-9)
    assert not same(1e6, 1e6 + 1.1e-3, 1e-9)
    assert same(1e-12, 0.9e-9, 1e-9)


CHANGES: list[tuple[str, Any]] = [
    ("value", 0.78),
    ("value", None),
    ("value", "0.77"),
    ("kind", "check"),
    ("title", "Gini"),
    ("unit", "%"),
    ("lower", 0.7),
    ("upper", 0.8),
    ("level", 0.95),
    ("method", "bootstrap"),
    ("n", 401),
    ("statistic", 1.0),
    ("p_value", 0.5),
    ("critical", 3.84),
    ("threshold", Thresholds({})["privacy.smallest_cell"]),
    ("status", "red"),
    ("reason", "because"),
    ("source", "a paper"),
    ("dims", Dims(group="young")),
]


@pytest.mark.parametrize(("field", "value"), CHANGES)
def test_every_part_of_what_a_figure_says_is_compared(field: str, value: Any) -> None:
    assert problems(figure(), figure(**{field: value})) == [field]


@pytest.mark.parametrize("change", [{"cell": "fit"}, {"inputs": [Input(table="features.parquet", sha256="0" * 64)]}])
def test_where_a_figure_came_from_is_not_compared(change: dict) -> None:
    assert problems(figure(), figure(**change)) == []


def test_a_figure_that_is_a_p_value_differs_once_and_as_such() -> None:
    small, large = figure(value=0.01, p_value=0.01), figure(value=0.2, p_value=0.2)
    assert problems(small, large) == ["p_value"]
    assert problems(small, figure(value=0.2, p_value=0.01)) == ["value"]


def test_who_loosens_a_tolerance_changes_nothing() -> None:
    assert problems(figure(value=0.99, tolerance=1.0), figure(tolerance=1e-9)) == ["value"]


def test_a_figure_in_one_run_alone_is_a_difference() -> None:
    one, two = figure("a.b.c"), figure("a.b.d")
    count, found = compare_evidence([one, two], [one])
    assert (count, [str(d) for d in found]) == (2, ["a.b.d: only in the first: 0.77"])
    assert [d.what for d in compare_evidence([one], [one, two])[1]] == ["only in the second"]


def table(rows: list[list], *columns: str) -> Evidence:
    return figure(kind="table", value=Table(columns=list(columns), rows=rows))


def test_tables_are_compared_cell_by_cell() -> None:
    one = table([["b", 1.0], ["a", 2.0]], "name", "x")
    assert problems(one, table([["b", 1.0], ["a", 2.0 + 1e-12]], "name", "x")) == []
    assert problems(one, table([["b", 1.0], ["a", 2.1]], "name", "x")) == ["a, x"]


def test_rows_are_matched_by_their_name_and_not_by_their_place() -> None:
    one = table([["a", 1.0], ["b", 2.0]], "name", "x")
    assert problems(one, table([["new", 9.0], ["a", 1.0], ["b", 2.5]], "name", "x")) == ["b, x", "new: row"]
    assert problems(one, table([["b", 2.0], ["a", 1.0]], "name", "x")) == ["order of the rows"]


def test_rows_may_need_two_columns_to_be_named() -> None:
    one = table([["a", "test", 1.0], ["a", "development", 2.0]], "model", "sample", "x")
    two = table([["a", "test", 1.0], ["a", "development", 2.5]], "model", "sample", "x")
    assert problems(one, two) == ["a / development, x"]


def test_rows_without_names_are_matched_by_position() -> None:
    assert problems(table([["a", 1.0], ["a", 2.0]], "name", "x"), table([["a", 1.0], ["a", 3.0]], "name", "x")) == [
        "row 2, x"
    ]


def test_a_grid_names_its_rows_by_fractions_and_a_curve_does_not() -> None:
    grid, other = (table([[0.5, x], [0.7, x]], "approval", "x") for x in (1.0, 2.0))
    assert problems(grid, other) == ["0.5, x", "0.7, x"]
    curve = table([[0.5, 1.0], [0.8, 1.0]], "approval", "x")
    assert [(d.what, d.unnamed) for d in compare_evidence([grid], [curve])[1]] == [("row 2, approval", True)]


def test_a_column_of_one_run_alone_is_named_and_the_others_are_compared() -> None:
    one, two = table([["a", 1.0]], "name", "x"), table([["a", 1.0, 2.0]], "name", "x", "y")
    assert problems(one, two) == ["column y"]
    assert problems(two, table([["a", 1.5]], "name", "x")) == ["a, x", "column y"]
    assert problems(table([["a", 1.0]], "name", "x"), table([[1.0, "a"]], "x", "name")) == ["order of the columns"]


def test_a_difference_knows_its_size() -> None:
    (found,) = compare_evidence([figure(value=0.5, lower=0.4, upper=0.6)], [figure(value=0.4, lower=0.4, upper=0.6)])[1]
    # 0.4 - 0.5 = -0.1; of the larger, 0.5, that is 20 %; half of 0.6 - 0.4 is 0.1, so one half-width
    assert (found.absolute, found.relative, found.half_widths) == pytest.approx((-0.1, 0.2, 1.0))


def test_a_cell_knows_the_interval_beside_it() -> None:
    one, two = (table([["a", x, 1.0, 3.0]], "name", "x", "x_lower", "x_upper") for x in (2.0, 2.5))
    assert [d.half_widths for d in compare_evidence([one], [two])[1]] == [0.5]


def test_a_figure_traced_to_another_cell_or_with_a_looser_tolerance_is_named() -> None:
    one = figure(cell="fit", inputs=[Input(table="a.parquet", sha256="0" * 64)])
    assert (
        provenance_differences([one], [one.model_copy(update={"inputs": [Input(table="a.parquet", sha256="1" * 64)]})])
        == []
    )
    for changes in ({"cell": "other"}, {"inputs": []}, {"tolerance": 0.5}):
        assert [d.what for d in provenance_differences([one.model_copy(update=changes)], [one])] == list(changes)


@given(st.lists(scalars, min_size=1, max_size=4), st.integers(0, 3), scalars)
def test_one_changed_cell_is_found(row: list, at: int, value: Any) -> None:
    columns = [f"c{i}" for i in range(len(row))]
    changed = [value if i == at % len(row) else cell for i, cell in enumerate(row)]
    ours, theirs = (figure(value=Table(columns=columns, rows=[cells]), tolerance=0) for cells in (row, changed))
    assert bool(problems(ours, theirs)) == (not same(row[at % len(row)], value, 0))


def test_a_long_value_is_shortened_where_it_is_shown() -> None:
    found = compare_evidence([figure(value="x" * 100)], [figure(value="y")])[1]
    assert str(found[0]) == f"scorecard.champion.auc.test: value: {'x' * 57}... against y"


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"is not a finished run: it has no evidence\.json"):
        compare_runs(tmp_path, tmp_path)


def test_a_figure_is_never_infinite() -> None:
    with pytest.raises(ValueError, match="finite number"):
        figure(value=math.inf)


@pytest.mark.parametrize(
    ("changes", "in_words"),
    [
        ({"title": "Area under the curve"}, True),
        ({"method": "bootstrap"}, True),
        ({"value": 0.78}, False),
        ({"n": 401}, False),
        ({"value": None, "status": "not_evaluated", "reason": "one class only"}, False),
    ],
)
def test_a_difference_of_words_is_told_from_one_of_figures(changes: dict[str, Any], in_words: bool) -> None:
    _, differences = compare_evidence([figure()], [figure(**changes)])
    assert all(difference.in_words for difference in differences) == in_words


def test_long_texts_are_shown_without_mark_up_from_where_they_part() -> None:
    ours, theirs = (figure(value=f"<a href='x'>{'the same words ' * 6}</a>and then {end}") for end in ("this", "that"))
    (difference,) = compare_evidence([ours], [theirs])[1]
    assert str(difference).endswith(": value: ...me words and then this against ...me words and then that")


def test_runs_of_different_studies_are_not_compared(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "evidence.json").write_text("[]")
        (tmp_path / name / "study.toml").write_text(f"name = '{name}'")
    with pytest.raises(CannotRun, match="these are runs of different studies: one and two"):
        compare_runs(tmp_path / "one", tmp_path / "two")
