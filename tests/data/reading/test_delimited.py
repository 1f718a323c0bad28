"""Files of cells: separators, quotes, headers and rows, and what is refused with its place."""

import gzip
import os

import pytest

from riskbench.core.errors import DataError


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("имя;x\nИван;1\n".encode("cp1251"), "the text must be UTF-8 throughout, byte 1 is not (file a.csv)"),
        ("a;b\né;è\n".encode() + b"\xff;1\n", "the text must be UTF-8 throughout, byte 11 is not (file a.csv, rows 2)"),
        (b"\xff\xfea\x00\n\xd8", "the text must be UTF-16 throughout"),
        (b"a,b\n\x00\x01,2\n", "byte 5 is zero: it is binary, or UTF-16 without its mark (file a.csv, rows 1)"),
        (b"PK\x03\x04xl", "this is a zip or Excel file"),
        (b"PAR1....", "What to do: name it .parquet"),
        (b"", "the file must hold a header and rows, it is empty"),
        (b" \n\n", "the file must hold a header and rows, it is empty"),
        (b"a,b\n", "the file must hold rows, it has only a header"),
        (b"sep=;\n", "the header must name at least two columns"),
        (b"a b\n1 2\n", "the header must name at least two columns, parted by one of: comma, semicolon, tab"),
    ],
)
def test_what_is_no_table_of_text_is_refused_with_file_place_and_remedy(read, content, rule):
    with pytest.raises(DataError) as refused:
        read(content)
    assert rule in str(refused.value)
    assert "file a.csv" in str(refused.value)
    assert "What to do:" in str(refused.value)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.txt"])
def test_a_gzipped_file_is_read_whatever_its_name(read, name):
    assert read(gzip.compress(b"a,b\n1,2\n"), name).table.to_pydict() == {"a": [1], "b": [2]}


def test_a_gzipped_file_must_be_whole(read):
    with pytest.raises(DataError, match=r"a gzipped file must be whole: .* \(file a.csv.gz\)"):
        read(gzip.compress(os.urandom(5000))[:-100], "a.csv.gz")


@pytest.mark.parametrize(("separator", "title"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_the_separator_is_found_past_quoted_cells_and_decimal_commas(read, separator, title):
    tape = read(f'"a{separator}b"{separator}c\n"1,5"{separator}"x ""y"""\n'.replace("\n", "\r\n"))
    assert tape.table.to_pydict() == {f"a{separator}b".replace("\t", " "): [1.5], "c": ['x "y"']}
    assert title in tape.how[1]


def test_a_separator_that_excel_declares_is_believed(read):
    assert read("sep=;\na,b;c\n1,5;2\n").table.to_pydict() == {"a,b": [1.5], "c": [2]}


def test_old_line_ends_blank_lines_and_breaks_in_quotes_are_read(read):
    assert read("a,b\r1,2\r3,4\r").table.num_rows == 2
    assert read('\na,b\n\n1,"x\ny"\n').table.to_pydict() == {"a": [1], "b": ["x\ny"]}


def test_ragged_rows_are_refused_with_their_numbers(read):
    with pytest.raises(DataError) as refused:
        read("a,b\n1,2\n3\n4,5\n6,7,8\n")
    assert "every row must have 2 cells, as the header has; 2 have 1 or 3 (file a.csv, rows 2, 4)" in str(refused.value)
    assert refused.value.rows == (2, 4)


def test_an_open_quote_is_refused_even_where_it_swallows_the_rest(read):
    with pytest.raises(DataError, match=r"a quoted cell must be closed by a quote \(file a.csv, rows 2\)"):
        read('a,b\n1,2\n3,"x\n4,5\n')


@pytest.mark.parametrize("content", ["1,2\n3,4\n", "A11,2020-01-05,5\nA12,2020-01-06,4\nA11,2020-01-05,3\n"])
def test_a_file_without_a_header_is_refused(read, content):
    with pytest.raises(DataError, match="the first row must name the columns, it looks like data"):
        read(content)


def test_columns_may_be_named_by_years_beside_other_names(read):
    assert read("id,2019,2020\n7,1,2\n").table.column_names == ["id", "2019", "2020"]


def test_lines_above_the_header_are_refused(read):
    with pytest.raises(DataError, match=r"it has one cell, most rows have 2 .* remove the lines above the header"):
        read("Loans of 2020\na,b\n1,2\n3,4\n5,6\n")


def test_a_header_repeated_among_the_rows_is_refused(read):
    with pytest.raises(DataError, match=r"the header must stand once, above the rows \(file a.csv, rows 2\)"):
        read("a,b\n1,2\na,b\n3,4\n")
