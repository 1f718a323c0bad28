import datetime as dt
import math

import pyarrow as pa
import pytest

from riskbench.core.errors import DataError
from riskbench.data.engine import Engine
from riskbench.data.gate import quality_gate, undeclared_columns


def refusal(small) -> DataError:
    with pytest.raises(DataError) as caught:
        quality_gate(small.engine())
    assert caught.value.exit_code == 2
    return caught.value


def change(small, row: int, field: int, value: object) -> None:
    """Put a value into a cell of the table of applications."""
    cells = list(small.rows["applications"][row])
    cells[field] = value
    small.rows["applications"][row] = tuple(cells)


def test_clean_tables_pass_and_every_declared_column_is_described(small):
    table = quality_gate(small.engine())
    declared = [(n, c) for n, t in small.content["tables"].items() for c in t["columns"]]
    assert list(zip(table["table"], table["column"], strict=True)) == declared
    amount = table.set_index("column").loc["amount"]
    assert (amount["rows"], amount["distinct"], amount["lowest"], amount["highest"]) == (3, 2, "-1", "50")
    assert amount["missing_share"] == pytest.approx(1 / 3)  # a3 has none


def test_keys_and_names_are_never_shown(small):
    shown = quality_gate(small.engine()).set_index("role").loc[["key", "identifier"], ["lowest", "highest"]]
    assert (shown == "withheld").all(axis=None)


def test_a_large_whole_number_is_shown_in_full(small):
    small.rows["applications"] = [(*row[:5], 1_234_567_890, 0) for row in small.rows["applications"]]
    assert quality_gate(small.engine()).set_index("column").loc["rating", "highest"] == "1234567890"


def test_columns_that_the_study_does_not_name_are_listed_and_left_out(small):
    small.types["people"].append(("shoe_size", pa.int32()))
    small.rows["people"] = [(*row, 42) for row in small.rows["people"]]
    engine = small.engine()
    quality_gate(engine)
    assert [name for name in undeclared_columns(engine) if name.endswith(": shoe_size")] != []
    assert "shoe_size" not in engine.collate()


@pytest.mark.parametrize(
    ("row", "field", "value", "rule", "column"),
    [
        (1, 3, -0.5, "the value must be at least 0", "amount"),
        (1, 3, 100.5, "the value must be at most 100", "amount"),
        (1, 3, math.inf, "a number must be finite", "amount"),
        (1, 4, "fax", "the value must be one of web, branch", "channel"),
        (1, 0, None, "a key must not be missing", "app"),
        (1, 1, None, "a key must not be missing", "who"),
        (1, 0, "a1", "the key of table applications must be unique", "app"),
    ],
)
def test_a_wrong_value_is_refused_with_rule_file_column_row_and_remedy(small, row, field, value, rule, column):
    change(small, row, field, value)
    error = refusal(small)
    assert (error.rule, error.file, error.column) == (rule, "applications.parquet", column)
    assert error.rows == (2,)  # the second row of the file, counted from 1
    assert error.remedy in str(error)
    assert error.remedy


def test_limits_themselves_and_special_values_are_in_range(small):
    small.rows["applications"] = [
        (f"a{i}", "c1", row[2], amount, "web", 1, 1)
        for i, (row, amount) in enumerate(zip(small.rows["applications"], (0.0, 100.0, -1.0), strict=True))
    ]
    quality_gate(small.engine())


def test_nan_is_missing_and_neither_infinite_nor_out_of_range(small):
    change(small, 0, 3, math.nan)
    assert quality_gate(small.engine()).set_index("column").loc["amount", "missing_share"] == pytest.approx(2 / 3)


def test_a_column_without_any_value_passes_as_missing(small):
    small.rows["applications"] = [(*row[:3], None, None, None, 0) for row in small.rows["applications"]]
    assert quality_gate(small.engine()).set_index("column").loc["channel", "missing_share"] == 1.0


def test_the_first_five_rows_are_shown_in_the_order_of_the_file(small):
    one = small.rows["applications"][0]
    small.rows["applications"] = [(f"a{i}", *one[1:4], "web" if i % 2 else "fax", 1, 1) for i in range(20)]
    assert refusal(small).rows == (1, 3, 5, 7, 9)


def test_two_missing_keys_are_missing_rather_than_equal(small):
    change(small, 0, 0, None)
    change(small, 2, 0, None)
    assert refusal(small).rule == "a key must not be missing"


def test_a_table_with_one_row_each_must_have_one_row_each(small):
    small.rows["people"] += [("c1", "Ann again", None)]
    error = refusal(small)
    assert (error.column, error.rows) == ("who", (3,))


def test_two_newest_reports_of_one_day_are_refused(small):
    small.rows["reports"] += [small.rows["reports"][0]]
    error = refusal(small)
    assert (error.file, error.column, error.rows) == ("reports.parquet", "who + reported", (3,))


def test_a_missing_column_is_named(small):
    small.types["rates"], small.rows["rates"] = small.types["rates"][:1], [(row[0],) for row in small.rows["rates"]]
    error = refusal(small)
    assert (error.rule, error.file, error.column) == ("table rates must have the column", "rates.parquet", "rate")


@pytest.mark.parametrize(
    ("field", "name", "kind", "value", "said"),
    [
        (3, "amount", pa.string(), "12", "of type number, its type is string"),
        (2, "decided", pa.string(), "2024-01-01", "of type date, its type is string"),
        (5, "rating", pa.float64(), 1.5, "of type integer, its type is float64"),
        (4, "channel", pa.float64(), 1.5, "of type category, its type is float64"),
        (0, "app", pa.int32(), 1, "of type text, its type is int32"),
    ],
)
def test_a_column_of_another_type_is_refused(small, field, name, kind, value, said):
    small.types["applications"][field] = (name, kind)
    for row in range(3):
        change(small, row, field, value)
    error = refusal(small)
    assert said in error.rule
    assert error.column == name


def test_an_empty_table_is_refused(small):
    small.rows["rates"] = []
    assert refusal(small).rule == "table rates must have rows"


def test_levels_of_whole_numbers_are_compared_as_numbers_are_written(small):
    small.columns["rating"]["levels"] = ["1", "2"]
    quality_gate(small.engine())
    change(small, 0, 5, 3)
    assert refusal(small).rows == (1,)


def test_rows_whose_text_is_no_number_are_named(small):
    small.types["applications"][3] = ("amount", pa.string())
    for row, text in enumerate(("12", "1.000,50", "twelve")):
        change(small, row, 3, text)
    assert refusal(small).rows == (2, 3)


# --- dates and the decision -------------------------------------------------------------------------------------------


def with_date(small, table: str, role: str, *values: dt.date | None) -> None:
    """Give a table one more column, `when`, of a role, with these values."""
    small.content["tables"][table]["columns"]["when"] = {"role": role, "type": "date", "description": "d"}
    small.types[table].append(("when", pa.date32()))
    small.rows[table] = [(*row, value) for row, value in zip(small.rows[table], values, strict=True)]


LATER = "a date must not be later than the decision of its application (decided)"
EARLIER = "an outcome must not be earlier than the decision of its application (decided)"
DECIDED = [dt.date(2024, 1, 11), dt.date(2024, 2, 10), dt.date(2024, 3, 31)]  # days 10, 40 and 90
DAY = dt.timedelta(days=1)


def test_a_date_of_the_day_of_the_decision_passes_and_so_does_a_missing_one(small):
    with_date(small, "applications", "date", DECIDED[0], DECIDED[1] - DAY, None)
    quality_gate(small.engine())


def test_a_date_after_the_decision_is_refused_with_its_row(small):
    with_date(small, "applications", "date", DECIDED[0], DECIDED[1] + DAY, None)
    error = refusal(small)
    assert (error.rule, error.file, error.column, error.rows) == (LATER, "applications.parquet", "when", (2,))
    assert "declare the column as leakage" in error.remedy


def test_a_date_of_a_customer_is_held_against_each_of_the_customers_decisions(small):
    with_date(small, "people", "date", DECIDED[0] + DAY, DECIDED[1])  # c1 was decided on days 10 and 90
    error = refusal(small)
    assert (error.rule, error.file, error.rows) == (LATER, "people.parquet", (1,))


def test_a_decision_in_another_table_is_the_one_that_counts(small):
    applied, column = [date - DAY for date in DECIDED], small.columns.pop("decided")
    small.types["applications"][2] = ("applied", pa.date32())
    small.columns["applied"] = column
    small.rows["applications"] = [
        (*row[:2], date, *row[3:]) for row, date in zip(small.rows["applications"], applied, strict=True)
    ]
    small.content["tables"]["decisions"] = small.content["tables"]["people"] | {
        "file": "decisions.parquet",
        "on": "app",
        "columns": {"app": small.columns["app"], "decided": column},
    }
    small.types["decisions"] = [("app", pa.string()), ("decided", pa.date32())]
    small.rows["decisions"] = [("a3", DECIDED[2]), ("a2", DECIDED[1]), ("a1", DECIDED[0])]
    quality_gate(small.engine())
    small.rows["decisions"][1] = ("a2", applied[1] - DAY)
    error = refusal(small)
    assert (error.rule, error.file, error.column, error.rows) == (LATER, "applications.parquet", "applied", (2,))


def test_an_outcome_before_the_decision_is_refused_with_its_row(small):
    small.rows["paid"] += [("a2", 1, DECIDED[1], 0.0, 0, "current"), ("a2", 2, DECIDED[1] - DAY, 0.0, 0, "current")]
    error = refusal(small)
    assert (error.rule, error.file, error.column, error.rows) == (EARLIER, "paid.parquet", "due_date", (4,))


def test_an_outcome_beside_the_application_is_held_to_the_same_rule(small):
    with_date(small, "applications", "outcome", DECIDED[0] + DAY, None, DECIDED[2] - DAY)
    error = refusal(small)
    assert (error.rule, error.column, error.rows) == (EARLIER, "when", (3,))


def test_the_clock_decides_only_where_both_carry_one(small):
    noons, clock = [dt.datetime.combine(date, dt.time(12)) for date in DECIDED], pa.timestamp("us")
    with_date(small, "applications", "date", None, None, noons[2] + dt.timedelta(minutes=1))
    small.types["applications"][2], small.types["applications"][-1] = ("decided", clock), ("when", clock)
    for row, noon in enumerate(noons):
        change(small, row, 2, noon)
    quality_gate(small.engine())  # declared as dates, they are of the same day
    for name in ("decided", "when"):
        small.columns[name] = small.columns[name] | {"type": "timestamp"}
    assert refusal(small).rows == (3,)


def test_the_dates_of_the_made_portfolio_are_on_their_side_of_the_decision(portfolio):
    quality_gate(Engine(*portfolio))
