"""What is written is read back as it was, whatever it holds."""

import datetime as dt
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core import toml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(TEXTS, TEXTS, TEXTS)
def test_a_line_reads_back_as_what_was_written(name: str, text: str, why: str) -> None:
    assert tomllib.loads(toml.line(name, {"a": text, "b": [text, 1, 0.5, True]}, why)) == {
        name: {"a": text, "b": [text, 1, 0.5, True]}
    }


@given(TEXTS)
def test_a_comment_is_only_a_comment(text: str) -> None:
    assert tomllib.loads("\n".join(toml.comment(text, f"- {text}"))) == {}


@pytest.mark.parametrize(
    ("content", "written"),
    [
        ("plain", '"plain"'),
        ("it's", '"it\'s"'),
        ('"Größe" * 2', "'\"Größe\" * 2'"),
        ("case \"a\" when 'x' then 1 end", "'''case \"a\" when 'x' then 1 end'''"),
        (dt.date(2024, 2, 29), "2024-02-29"),
        ([], "[]"),
        ({}, "{}"),
    ],
)
def test_values_are_written_as_a_person_would(content, written: str) -> None:
    assert toml.value(content) == written
