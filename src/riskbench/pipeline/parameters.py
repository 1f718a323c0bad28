"""The parameters that a notebook declares, read from the syntax tree of its `parameters` cell.

Every parameter is an annotated literal, `max_bins: int = 6  # at most so many bins`. Names and types are checked here
before anything runs: papermill only warns about unknown names, and a parameter's name is code that it would execute.
"""

import ast
import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskbench.core.errors import ParameterError

GIVEN_BY_THE_RUN = ("study", "run")

_SCALARS: dict[str, Any] = {"int": int, "float": (int, float), "bool": bool, "str": str, "None": type(None)}


@dataclass(frozen=True)
class Parameter:
    """A declared parameter: its type as written, its default, and the comment that explains it."""

    name: str
    type: str
    default: Any
    comment: str


def declared(notebook: Path) -> dict[str, Parameter]:
    """The parameters of a notebook, by name.

    Raises `ParameterError` when the notebook or the cell is missing, or holds anything but annotated literals.
    """
    if not notebook.is_file():
        raise ParameterError(f"there is no notebook {notebook.name}, which `STAGES` in pipeline/stages.py names")
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        raise ParameterError(f"{notebook.name} must have one cell tagged 'parameters', it has {len(tagged)}")
    source = "".join(tagged[0]["source"])
    lines = [line.encode() for line in source.splitlines()]  # the tree counts bytes, not characters
    found = {}
    for node in _parse(source, notebook.name).body:
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None):
            raise ParameterError(
                f"{notebook.name}: the parameters cell may hold only `name: type = literal`, line {node.lineno} is more"
            )
        name, kind = node.target.id, ast.unparse(node.annotation)
        try:
            default = ast.literal_eval(node.value)
        except ValueError:
            raise ParameterError(
                f"{notebook.name}: the default of {name} must be a literal, got {ast.unparse(node.value)}"
            ) from None
        _check(f"{notebook.name}: default of {name}", default, kind)
        _, _, comment = lines[(node.end_lineno or node.lineno) - 1][node.end_col_offset or 0 :].partition(b"#")
        found[name] = Parameter(name, kind, default, comment.decode().strip())
    return found


def check_settings(parameters: Mapping[str, Parameter], stage: str, settings: Mapping[str, Any]) -> None:
    """Refuse names that are not declared and values that are not of the declared type.

    Raises `ParameterError` with the name, the value given and the type declared.
    """
    for name, value in settings.items():
        if name not in parameters or name in GIVEN_BY_THE_RUN:
            own = ", ".join(p for p in parameters if p not in GIVEN_BY_THE_RUN) or "none"
            raise ParameterError(f"stage {stage} has no parameter {name!r}; its parameters are: {own}")
        _check(f"{stage}.{name}", value, parameters[name].type)


def parse_setting(text: str, parameters: Mapping[str, Mapping[str, Parameter]]) -> tuple[str, str, Any]:
    """Read `STAGE.NAME=VALUE`; the declared type decides how VALUE is read.

    >>> p = {"scorecard": {"max_bins": Parameter("max_bins", "int", 6, "")}}
    >>> parse_setting("scorecard.max_bins=8", p)
    ('scorecard', 'max_bins', 8)
    """
    target, equals, given = text.partition("=")
    stage, dot, name = target.partition(".")
    if not (equals and dot):
        raise ParameterError(f"a setting reads STAGE.NAME=VALUE, got {text!r}")
    if stage not in parameters:
        raise ParameterError(f"no stage {stage!r}; the stages are {', '.join(parameters)}")
    kind = parameters[stage][name].type if name in parameters[stage] else ""
    value = _read(given, kind)
    check_settings(parameters[stage], stage, {name: value})
    return stage, name, value


def parse_settings(
    texts: Iterable[str], parameters: Mapping[str, Mapping[str, Parameter]], stages: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Read several settings, by stage. Raises `ParameterError` for a stage that is not among `stages` to run.

    >>> p = {"scorecard": {"max_bins": Parameter("max_bins", "int", 6, "")}}
    >>> parse_settings(["scorecard.max_bins=8"], p, ["scorecard"])
    {'scorecard': {'max_bins': 8}}
    """
    chosen: dict[str, dict[str, Any]] = {}
    for text in texts:
        stage, name, value = parse_setting(text, parameters)
        if stage not in stages:
            raise ParameterError(f"--set {text}: stage {stage} is not among those to run")
        chosen.setdefault(stage, {})[name] = value
    return chosen


def _parse(source: str, file: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise ParameterError(f"{file}: the parameters cell is not Python: {error.msg}, line {error.lineno}") from None


def _read(given: str, kind: str) -> Any:
    words = {"true": True, "false": False, "null": None, "none": None}
    options = [ast.unparse(option) for option in _options(ast.parse(kind, mode="eval").body)] if kind else []
    if "str" in options and not (given.lower() == "none" and "None" in options):
        return given
    if given.lower() in words:
        return words[given.lower()]
    try:
        return ast.literal_eval(given)
    except (ValueError, SyntaxError):
        return given


def _check(what: str, value: Any, kind: str) -> None:
    fits = [_is(value, option) for option in _options(ast.parse(kind, mode="eval").body)]
    if not any(fits):
        raise ParameterError(f"{what} must be {kind}, got {value!r} ({type(value).__name__})")


def _options(kind: ast.expr) -> Iterator[ast.expr]:
    if isinstance(kind, ast.BinOp) and isinstance(kind.op, ast.BitOr):
        yield from _options(kind.left)
        yield from _options(kind.right)
    else:
        yield kind


def _is(value: Any, kind: ast.expr) -> bool:
    if isinstance(kind, ast.Subscript) and ast.unparse(kind.value) == "list":
        options = list(_options(kind.slice))
        return isinstance(value, list) and all(any(_is(item, o) for o in options) for item in value)
    name = ast.unparse(kind)
    if name not in _SCALARS:
        raise ParameterError(f"a parameter's type must be made of {', '.join(_SCALARS)} and list[...], got {name}")
    if isinstance(value, bool):
        return name == "bool"
    return isinstance(value, _SCALARS[name]) and not (isinstance(value, float) and not math.isfinite(value))
