"""What a figure rests on is noted while its notebook runs."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from riskbench.core.evidence import Input
from riskbench.pipeline.provenance import Trail
from riskbench.scorecard import selection
from riskbench.scorecard.design import CardDesign

Run = Callable[..., dict[str, Any]]


class Handle:
    """A stage in little: it reads, and keeps what each record was found to rest on."""

    def __init__(self) -> None:
        self.trail = Trail(self, {"stage.estimate(1, 2, n)": "count"}, frozenset({"bins", "seed"}))
        self.kept: list[dict[str, Any]] = []

    def read(self, name: str) -> list[str]:
        self.trail.read(name, [Input(table=name, sha256=name * 8)])
        return [name]

    def estimate(self, *_: Any) -> None:
        self.kept.append(self.trail.of_this())

    def inputs(self) -> list[str]:
        return [i.table for i in self.kept[-1]["inputs"]]


@pytest.fixture
def stage() -> Handle:
    return Handle()


def test_a_figure_rests_on_what_its_own_names_were_read_from(notebook: Run, stage: Handle) -> None:
    notebook(
        "a, b = (stage.read(x) for x in ('a', 'b'))", "c = stage.read('c')", "stage.estimate(1, 2, b)", stage=stage
    )
    assert stage.inputs() == ["b"]
    notebook("stage.estimate(1, 2, len(a) + len(c))")
    assert stage.inputs() == ["a", "c"]


def test_of_several_figures_in_a_statement_each_has_its_own(notebook: Run, stage: Handle) -> None:
    notebook("a, b = stage.read('a'), stage.read('b')", stage=stage)
    notebook("print(\n    stage.estimate(1, 2, a),\n    stage.estimate(1, 2, b),\n)")
    assert [[i.table for i in kept["inputs"]] for kept in stage.kept] == [["a"], ["b"]]


def test_the_parameters_are_those_that_it_was_made_with(notebook: Run, stage: Handle) -> None:
    notebook("bins: int = 8\nseed: int = 0", "bins = 5", "n = [bins]", "stage.estimate(1, 2, n)", stage=stage)
    assert stage.kept[0]["parameters"] == {"bins": 5}


def test_a_cell_is_known_by_what_it_says(notebook: Run, stage: Handle) -> None:
    notebook("n = 1", "stage.estimate(1, 2, n)", "stage.estimate(1, 2, n + 1)", stage=stage)
    assert [kept["cell"] for kept in stage.kept] == ["count", None]


def test_what_stopped_a_block_rests_on_the_whole_block(notebook: Run, stage: Handle) -> None:
    class Noting:
        def __enter__(self) -> None: ...
        def __exit__(self, *error: object) -> bool:
            stage.estimate()
            return True

    notebook("a = stage.read('a')", "with noting:\n    b = a\n    b.no_such_thing", stage=stage, noting=Noting())
    assert stage.inputs() == ["a"]


def test_the_function_that_made_a_figure_is_named_with_what_it_does(notebook: Run, stage: Handle) -> None:
    notebook("q = selection.quarters_of(months)", "stage.estimate(1, 2, len(q))",
             stage=stage, selection=selection, months=pd.Series(["2023-01", "2023-04"]))  # fmt: skip
    (maker,) = stage.kept[0]["makers"]
    assert maker.code == "riskbench.scorecard.selection.stability.quarters_of"
    assert maker.does.startswith("Quarters of months written")


def test_a_method_that_made_a_figure_is_named_after_its_class(notebook: Run, stage: Handle) -> None:
    notebook("stage.estimate(1, 2, design.plain())", stage=stage, design=CardDesign(max_bins=5))
    assert [m.code for m in stage.kept[0]["makers"]] == ["riskbench.scorecard.design.CardDesign.plain"]


def test_where_no_function_made_it_the_expression_stands_for_itself(notebook: Run, stage: Handle) -> None:
    notebook("stage.estimate(1, 2, len('ab') + 1)", stage=stage)
    assert [maker.code for maker in stage.kept[0]["makers"]] == ["len('ab') + 1"]


def test_outside_of_a_notebook_a_figure_rests_on_everything_read_so_far(stage: Handle) -> None:
    stage.read("a")
    stage.read("b")
    stage.estimate()
    assert stage.inputs() == ["a", "b"]
    assert "parameters" not in stage.kept[0]
