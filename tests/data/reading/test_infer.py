"""What a column of texts is: codes, truth values, categories, text, and which cells are missing."""

import datetime as dt

import pytest

JAN = dt.date(2020, 1, 31)


@pytest.mark.parametrize(
    ("cells", "why"), [(("00123", "45"), "leading zeros"), (("1234567890123456", "7"), "16 digits and more")]
)
def test_codes_of_digits_stay_text(typed, cells, why):
    kind, values, how = typed(*cells)
    assert (kind, values) == ("text", list(cells))
    assert why in how


@pytest.mark.parametrize("pair", [("TRUE", "false"), ("Yes", "no"), ("t", "f"), ("Y", "N")])
def test_two_words_of_truth_are_boolean(typed, pair):
    assert typed(*pair, "")[:2] == ("boolean", [True, False, None])


def test_zero_and_one_stay_numbers_and_one_word_alone_stays_text(typed):
    assert typed("0", "1")[0] == "integer"
    assert typed(*["Y"] * 4)[0] == "category"


@pytest.mark.parametrize("marker", ["", "NA", "N/A", "null", "None", "nan", ".", "-", "?", "#N/A"])
@pytest.mark.parametrize(("cell", "value"), [("1", 1), ("0.5", 0.5), ("2020-01-31", JAN)])
def test_markers_of_missing_values_count_among_numbers_and_dates(typed, marker, cell, value):
    _, values, how = typed(cell, marker)
    assert values == [value, None]
    assert how.endswith(f"{marker!r} (1 row) taken as missing" if marker else "empty in 1 row")


def test_markers_stay_values_among_text_and_empty_cells_do_not(typed):
    kind, values, how = typed("NA", "ZA", "NA", "ZA", "")
    assert (kind, values) == ("category", ["NA", "ZA", "NA", "ZA", None])
    assert "'NA' (2 rows) kept as a value" in how


def test_a_column_without_values_is_text(typed):
    assert typed("", "-", "")[:2] == ("text", [None, None, None])


def test_few_levels_make_a_category_and_many_make_text(read):
    # 1,000 rows: a category may have max(50, 5 % of 1,000) = 50 levels
    tape = read("a,b\n" + "".join(f" l{i % 50} ,l{i % 51}\n" for i in range(1000)))
    assert [column.type for column in tape.columns] == ["category", "text"]
    assert tape.table["a"][0].as_py() == "l0"  # blanks around a value are dropped
    assert "51 different values in 1,000 rows, a category may have 50" in tape.columns[1].how
