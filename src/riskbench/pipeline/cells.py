"""Which part of which cell of a notebook is running: every piece of evidence says where it came from."""

import ast
import itertools
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any


@dataclass(frozen=True)
class Place:
    """A part of a cell: the cell's number in the order in which cells ran, and lines and columns as Python counts."""

    cell: int
    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    @classmethod
    def of(cls, node: ast.stmt | ast.expr) -> "Place":
        """Where a node of a syntax tree stands; of which cell is for the caller to say."""
        return cls(0, node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0)

    def within(self, other: "Place") -> bool:
        """Whether this part lies in the other, or is it."""
        begins, ends = (self.line, self.column), (self.end_line, self.end_column)
        holds = (other.line, other.column) <= begins and ends <= (other.end_line, other.end_column)
        return self.cell == other.cell and holds

    def line_within(self, other: "Place") -> bool:
        """Whether this part begins on a line of the other."""
        return self.cell == other.cell and other.line <= self.line <= other.end_line


@dataclass(frozen=True)
class Notebook:
    """A notebook at one moment of its execution: the sources of the cells that ran, its names, and where it is."""

    sources: tuple[str, ...]
    names: Mapping[str, Any]
    place: Place


def cell_ids(notebook: Path) -> dict[str, str]:
    """The ids of a notebook's code cells by their source; none where the notebook is not there."""
    if not notebook.is_file():
        return {}
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return {"".join(cell["source"]).strip(): cell["id"] for cell in cells if cell["cell_type"] == "code"}


def running() -> Notebook | None:
    """The notebook that runs at this moment, the running cell its last; None outside of a notebook.

    The sources are those that ran, in that order, and not those of a file: cells run by hand may be others.
    """
    shell = ipython_shell()
    frame = _outermost(shell.user_global_ns) if shell else None
    if shell is None or frame is None:
        return None
    sources = tuple(shell.user_ns["In"][1:])
    positions = next(itertools.islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
    line, end_line, column, end_column = (number or 0 for number in positions)
    place = Place(len(sources) - 1, line or frame.f_lineno, column, end_line or frame.f_lineno, end_column)
    return Notebook(sources, shell.user_ns, place)


def ipython_shell() -> Any:
    """IPython's shell, or None outside of a notebook."""
    from IPython import get_ipython

    return get_ipython()


def _outermost(names: Mapping[str, Any]) -> FrameType | None:
    """The frame of the cell itself, whatever functions it is in the midst of."""
    frame: FrameType | None = sys._getframe()
    found = None
    while frame is not None:
        found = frame if frame.f_globals is names else found
        frame = frame.f_back
    return found
