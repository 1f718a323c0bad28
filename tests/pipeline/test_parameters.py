"""Parameters are annotated literals; names and types are checked before anything runs."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import v4

from riskbench.core.errors import ParameterError
from riskbench.pipeline.parameters import Parameter, check_settings, declared, parse_setting

DECLARED = {
    "fit": {
        name: Parameter(name, kind, None, "")
        for name, kind in {
            "study": "str",
            "bins": "int",
            "share": "float",
            "shrink": "bool",
            "owner": "str",
            "use": "str | None",
            "most": "int | None",
            "cuts": "list[float]",
            "names": "list[str]",
            "mixed": "list[int | str] | None",
        }.items()
    }
}


@pytest.fixture
def notebook(tmp_path: Path) -> Callable[..., Path]:
    def write(*sources: str) -> Path:
        cells = [v4.new_code_cell(source, metadata={"tags": ["parameters"]}) for source in sources]
        path = tmp_path / "30_fit.ipynb"
        nbformat.write(v4.new_notebook(cells=[v4.new_markdown_cell("# Fit"), *cells]), path)
        return path

    return write


def read(text: str) -> object:
    return parse_setting(text, DECLARED)[2]


def test_name_type_default_and_comment_are_read_from_the_syntax_tree(notebook: Callable[..., Path]) -> None:
    path = notebook("bins: int = 8  # at most\nuse: str | None = None  # purpose; # stays\n")
    assert declared(path) == {
        "bins": Parameter("bins", "int", 8, "at most"),
        "use": Parameter("use", "str | None", None, "purpose; # stays"),
    }


def test_a_hash_inside_a_default_is_not_a_comment(notebook: Callable[..., Path]) -> None:
    assert declared(notebook('mark: str = "a # b"  # the mark'))["mark"] == Parameter(
        "mark", "str", "a # b", "the mark"
    )


def test_the_comment_after_a_default_in_any_script_is_kept(notebook: Callable[..., Path]) -> None:
    assert declared(notebook('owner: str = "风险管理委员会"  # 负责人'))["owner"].comment == "负责人"


@pytest.mark.parametrize("kind", ["int | None", "list[int]", "list[int | str]", "list[float] | None", "str | None"])
def test_unions_and_lists_are_types(notebook: Callable[..., Path], kind: str) -> None:
    default = "[]" if kind.startswith("list") else "None"
    assert declared(notebook(f"x: {kind} = {default}"))["x"].type == kind


@pytest.mark.parametrize(
    "source", ["bins = 8", "import os", "bins: int", "a.b: int = 1", "print(1)", "if True:\n    x: int = 1"]
)
def test_anything_but_an_annotated_literal_is_refused(notebook: Callable[..., Path], source: str) -> None:
    with pytest.raises(ParameterError, match=r"may hold only `name: type = literal`, line 1"):
        declared(notebook(source))


@pytest.mark.parametrize("default", ["open('x')", "1 + 1", "[y for y in ()]", "seed", "f'{1}'"])
def test_a_default_that_is_computed_is_refused(notebook: Callable[..., Path], default: str) -> None:
    with pytest.raises(ParameterError, match="the default of x must be a literal"):
        declared(notebook(f"x: int = {default}"))


def test_a_cell_that_is_not_python_is_refused_by_name(notebook: Callable[..., Path]) -> None:
    with pytest.raises(ParameterError, match=r"30_fit\.ipynb: the parameters cell is not Python.*line 2"):
        declared(notebook("a: int = 1\nb: int = = 2"))


@pytest.mark.parametrize("cells", [0, 2])
def test_a_notebook_has_one_parameters_cell(notebook: Callable[..., Path], cells: int) -> None:
    with pytest.raises(ParameterError, match=f"one cell tagged 'parameters', it has {cells}"):
        declared(notebook(*["x: int = 1"] * cells))


def test_a_default_must_be_of_its_own_type(notebook: Callable[..., Path]) -> None:
    with pytest.raises(ParameterError, match=r"default of bins must be int, got '8' \(str\)"):
        declared(notebook("bins: int = '8'"))


@pytest.mark.parametrize("kind", ["Decimal", "int | Decimal", "dict", "list[date]", "'int'"])
def test_a_type_that_no_literal_has_is_refused(notebook: Callable[..., Path], kind: str) -> None:
    default = "[1]" if kind.startswith("list") else "3"
    with pytest.raises(ParameterError, match="a parameter's type must be made of int, float, bool, str, None"):
        declared(notebook(f"x: {kind} = {default}"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("fit.bins=8", 8),
        ("fit.bins=-3", -3),
        ("fit.share=0.25", 0.25),
        ("fit.share=1", 1),
        ("fit.share=-1e-3", -0.001),
        ("fit.shrink=true", True),
        ("fit.shrink=False", False),
        ("fit.owner=8", "8"),
        ("fit.owner=a=b=c", "a=b=c"),
        ("fit.owner=none", "none"),
        ("fit.owner=", ""),
        ("fit.use=None", None),
        ("fit.use=collections", "collections"),
        ("fit.most=none", None),
        ("fit.cuts=[1, 2.5, -3]", [1, 2.5, -3]),
        ("fit.names=['a=b', 'c']", ["a=b", "c"]),
        ("fit.mixed=[1, 'a']", [1, "a"]),
    ],
)
def test_a_setting_is_read_by_the_declared_type(text: str, value: object) -> None:
    assert read(text) == value
    assert type(read(text)) is type(value)


@given(st.text())
def test_a_text_parameter_takes_any_text_as_it_is(text: str) -> None:
    assert read(f"fit.owner={text}") == text


@given(st.integers() | st.none())
def test_what_a_run_was_set_to_can_be_set_again(value: int | None) -> None:
    assert read(f"fit.most={value}") == value


@pytest.mark.parametrize(
    ("text", "name", "given", "kind"),
    [
        ("fit.bins=8.0", "fit.bins", "8.0", "int"),
        ("fit.bins=true", "fit.bins", "True", "int"),
        ("fit.bins=many", "fit.bins", "'many'", "int"),
        ("fit.bins=None", "fit.bins", "None", "int"),
        ("fit.share=true", "fit.share", "True", "float"),
        ("fit.share=1e999", "fit.share", "inf", "float"),
        ("fit.shrink=1", "fit.shrink", "1", "bool"),
        ("fit.cuts=3", "fit.cuts", "3", r"list\[float\]"),
        ("fit.cuts=[True]", "fit.cuts", r"\[True\]", r"list\[float\]"),
        ("fit.names=[1]", "fit.names", r"\[1\]", r"list\[str\]"),
    ],
)
def test_a_wrong_type_names_the_parameter_the_value_and_the_type(text: str, name: str, given: str, kind: str) -> None:
    with pytest.raises(ParameterError, match=rf"{name} must be {kind}, got {given} \("):
        read(text)


@pytest.mark.parametrize("name", ["bin", "Bins", "study", "run", "bins;import os", "__import__('os').system('x')"])
def test_a_name_that_is_not_declared_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(ParameterError, match=r"stage fit has no parameter .*; its parameters are: bins, share"):
        read(f"fit.{name}=1")


@pytest.mark.parametrize("text", ["bins=8", "fit.bins", "", "=1"])
def test_a_setting_that_is_no_setting_is_told_the_form(text: str) -> None:
    with pytest.raises(ParameterError, match=r"a setting reads STAGE\.NAME=VALUE"):
        read(text)


def test_an_unknown_stage_is_refused_with_those_that_exist() -> None:
    with pytest.raises(ParameterError, match="no stage 'fitt'; the stages are fit"):
        read("fitt.bins=8")


def test_settings_given_in_python_are_checked_alike() -> None:
    check_settings(DECLARED["fit"], "fit", {"bins": 3, "mixed": None})
    with pytest.raises(ParameterError, match=r"fit.bins must be int, got 3\.0 \(float\)"):
        check_settings(DECLARED["fit"], "fit", {"bins": 3.0})
