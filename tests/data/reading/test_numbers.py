"""Numbers in every way of writing them, and what is not plainly one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.errors import DataError
from riskbench.data.reading import read_tape


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1", "-20"), [1, -20]),
        (("1234.5", "-.5", "2e3"), [1234.5, -0.5, 2000.0]),
        (("1234,5", "-0,25", "7"), [1234.5, -0.25, 7.0]),
        (("1,234.50", "12", "1,000,000.25"), [1234.5, 12.0, 1000000.25]),
        (("1.234,50", "12"), [1234.5, 12.0]),
        (("1 234,50", "1\u00a0234\u202f567"), [1234.5, 1234567.0]),
        (("1'234.50", "1’234"), [1234.5, 1234.0]),
        (("1.234.567", "5"), [1234567, 5]),
        (("12.0", "7.0"), [12, 7]),
        (("12.5%", "3 %"), [12.5, 3.0]),
        (("$1,200.50", "-$3"), [1200.5, -3.0]),
        (("5 KES", "6 KES"), [5, 6]),
    ],
)
def test_numbers_are_read_in_every_way_of_writing_them(typed, cells, values):
    kind, read, _ = typed(*cells)
    assert (kind, read) == ("integer" if isinstance(values[0], int) else "number", values)


def test_one_separator_before_three_digits_is_settled_by_other_columns_or_stays_text(typed):
    assert typed("1.234", "12.500", beside="0,5")[:2] == ("integer", [1234, 12500])
    assert typed("1.234", "12.500", beside="0.5")[:2] == ("number", [1.234, 12.5])
    kind, _, how = typed("1.234", "12.500")
    assert kind == "text"
    assert "no value decides: write them as digits with a decimal point only" in how


@pytest.mark.parametrize(
    "cells",
    [
        ("1.5", "1,5"),
        ("$5", "6"),
        ("12%", "6"),
        ("LOT12", "LOT13"),
        ("+254712345678", "+254712345679"),
        ("Junior 20", "Marketing 12"),
        ("12:30", "13:45"),
    ],
)
def test_what_is_not_plainly_a_number_or_a_date_stays_text(typed, cells):
    assert typed(*cells)[:2] == ("text", list(cells))


def test_numbers_in_two_notations_say_so(typed):
    assert "numbers written in several ways (decimal point" in typed("1.5", "1,5")[2]


def test_a_few_wrong_cells_among_numbers_are_named_by_row_and_not_by_value(typed):
    kind, _, how = typed(*map(str, range(30)), "secret")
    assert kind == "text"
    assert "nearly all are numbers (decimal point (1234.50)), but not rows 31" in how
    assert "secret" not in how


@pytest.mark.parametrize("word", ["inf", "-Infinity", "1e999"])
def test_infinite_numbers_are_refused_with_column_and_rows(typed, word):
    with pytest.raises(DataError, match=r"a number must be finite \(file a.csv, column v, rows 2, 4\)"):
        typed("1", word, "2.5", word)


NUMBER_DIALECTS = {".": ("", ",", " ", "'"), ",": ("", ".", " ", "'")}


@given(
    st.lists(st.integers(-(10**10), 10**10), min_size=1, max_size=20),
    st.sampled_from([(mark, group) for mark, groups in NUMBER_DIALECTS.items() for group in groups]),
)
def test_numbers_written_in_any_dialect_come_back_equal(tmp_path_factory, hundredths, dialect):
    mark, group = dialect
    values = [n / 100 for n in [*hundredths, 123_456_789]]
    texts = [f"{value:,.2f}".translate({ord(","): group, ord("."): mark}) for value in values]
    path = tmp_path_factory.mktemp("t") / "a.csv"
    path.write_text("v|w\n" + "".join(f"{text}|x\n" for text in texts), "utf-8")
    tape = read_tape(path)
    assert tape.columns[0].type == "number"
    assert tape.table["v"].to_pylist() == values
