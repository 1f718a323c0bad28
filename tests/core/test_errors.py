import pytest

from riskbench.core.errors import (
    CannotRun,
    DataError,
    NotEvaluated,
    ParameterError,
    RiskbenchError,
    RunDiffers,
    StageFailed,
    StudyError,
)


@pytest.mark.parametrize("error", [CannotRun, StudyError, ParameterError, DataError])
def test_what_could_not_run_exits_with_2(error):
    assert error("no").exit_code == 2


@pytest.mark.parametrize("error", [RiskbenchError, NotEvaluated, RunDiffers])
def test_what_ran_and_does_not_hold_exits_with_1(error):
    assert error("no").exit_code == 1


def test_every_error_is_caught_as_one():
    for error in (CannotRun("x"), DataError("x"), StageFailed("intake", 3, "x"), NotEvaluated("x")):
        assert isinstance(error, RiskbenchError)


def test_a_data_error_says_rule_place_and_remedy():
    error = DataError("the key must be unique", file="a.csv", column="id", rows=[3, 9], remedy="drop repeats")
    assert str(error) == "the key must be unique (file a.csv, column id, rows 3, 9). What to do: drop repeats."


def test_a_data_error_keeps_all_rows_and_shows_five():
    error = DataError("wrong", rows=range(1, 9))
    assert error.rows == tuple(range(1, 9))
    assert str(error) == "wrong (rows 1, 2, 3, 4, 5)."


def test_a_data_error_leaves_out_what_it_does_not_know():
    assert str(DataError("wrong")) == "wrong."
    assert str(DataError("wrong", remedy="mend it")) == "wrong. What to do: mend it."


def test_a_failed_stage_names_the_cell_where_one_raised():
    assert str(StageFailed("scorecard", 4, "boom")) == "stage scorecard failed in cell 4: boom"
    assert str(StageFailed("scorecard", None, "no kernel")) == "stage scorecard failed: no kernel"
    assert str(StageFailed("scorecard", 0, "boom")) == "stage scorecard failed in cell 0: boom"
