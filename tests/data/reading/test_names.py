"""The names of columns: they stay, except where a rule forces a change."""

import pyarrow as pa


def test_names_stay_except_where_a_rule_forces_a_change_that_is_stated(read):
    header = ["loan", "Loan", "loan_2", "", "Sample", "y", "file_row_number", " a.b 'c' ", '"two\nlines"']
    tape = read(",".join(header) + "\n" + ",".join("x" * len(header)) + "\n")
    names = ["loan", "Loan_3", "loan_2", "column_4", "Sample_", "y_", "file_row_number_", "a.b 'c'", "two lines"]
    assert [column.name for column in tape.columns] == tape.table.column_names == names
    assert [column.source_name for column in tape.columns[:4]] == ["loan", "Loan", "loan_2", ""]
    assert len([line for line in tape.how if "is called" in line]) == 6  # trimming alone is not worth a word


def test_duplicate_names_in_parquet_are_numbered(read):
    assert read(pa.table([[1], [2]], names=["a", "a"])).table.column_names == ["a", "a_2"]
