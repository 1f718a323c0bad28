import errno

import pytest

from riskbench.core.errors import (
    CannotRun,
    DataError,
    MachineError,
    NotEvaluated,
    ParameterError,
    RiskbenchError,
    StageFailed,
    StudyError,
    explained,
    raised_elsewhere,
)


@pytest.mark.parametrize("error", [CannotRun, StudyError, ParameterError, DataError])
def test_what_could_not_run_exits_with_2(error):
    assert error("no").exit_code == 2


@pytest.mark.parametrize("error", [RiskbenchError, NotEvaluated])
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


def test_what_stopped_a_stage_for_a_reason_of_exit_code_2_says_the_reason_first():
    error = StageFailed("intake", 4, "the key must be unique.", exit_code=2)
    assert (str(error), error.exit_code) == ("the key must be unique. Stopped in stage intake, cell 4.", 2)


def test_an_error_of_the_machine_names_place_cause_and_remedy():
    error = explained(OSError(errno.EROFS, "x", "/a"))
    assert str(error) == (
        "/a: Read-only file system. What to do: make the place writable, or have the command write elsewhere."
    )
    assert isinstance(error, MachineError)
    assert error.exit_code == 2
    assert str(explained(OSError(errno.ENOSPC, "x", "/from", None, "/to"))).startswith("/to: No space left on device.")
    assert str(explained(OSError(errno.ENOENT, "x"), "/b")) == "/b: No such file or directory."


@pytest.mark.parametrize(
    ("name", "text", "says", "code"),
    [
        ("StudyError", "no study 'x'", "no study 'x'", 2),
        ("NotEvaluated", "no dates", "no dates", 1),
        ("_ArrayMemoryError", "Unable to allocate", "out of memory (Unable to allocate). What to do: free memory", 2),
        ("OSError", "[Errno 28] No space left on device", "No space left on device. What to do: free space", 2),
        ("PermissionError", "[Errno 13] Permission denied: '/a b'", "/a b: Permission denied. What to do: ask", 2),
        ("FileNotFoundError", "[Errno 2] No such file: 'a'", "FileNotFoundError: [Errno 2] No such file: 'a'", 1),
        ("ValueError", "[Errno 28] of mine", "ValueError: [Errno 28] of mine", 1),
        ("print", "[Errno 28] of mine", "print: [Errno 28] of mine", 1),
    ],
)
def test_an_exception_of_a_kernel_is_told_by_its_name_and_text(name, text, says, code):
    said, exit_code = raised_elsewhere(name, text)
    assert said.startswith(says)
    assert exit_code == code
