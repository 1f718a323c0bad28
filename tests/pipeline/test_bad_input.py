"""Bad input is refused with a sentence that helps, the exit code 2 and no traceback, and leaves nothing behind."""

import datetime as dt
import json
import math
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from riskbench.core.errors import DataError, StudyError
from riskbench.data.engine import Engine
from riskbench.data.gate import quality_gate
from riskbench.data.labels import label
from riskbench.data.sources import SOURCE_FILE
from riskbench.data.study import load_study
from riskbench.decision.policy.reading import load_policy

Command = Callable[..., subprocess.CompletedProcess[str]]
Change = Callable[[pd.DataFrame], pd.DataFrame]


def with_cells(column: str, **cells: object) -> Change:
    """Put values into rows of a column, counted from 1: `with_cells("amount", row_3=-1)`."""

    def change(table: pd.DataFrame) -> pd.DataFrame:
        values = table[column].astype(object)
        for row, value in cells.items():
            values.iloc[int(row.removeprefix("row_")) - 1] = value
        return table.assign(**{column: values})

    return change


def doubled(row: int) -> Change:
    """Give the row the key of the first."""
    return lambda table: table.assign(
        application_id=table["application_id"].where(table.index != row - 1, table["application_id"].iloc[0])
    )


def spoil(folder: Path, file: str, change: Change) -> None:
    """Write a table anew with something wrong in it, as if it had come so; what is not changed keeps its type."""
    path = folder / file
    schema = pq.read_schema(path)
    table = change(pd.read_parquet(path))
    try:
        arrow = pa.Table.from_pandas(table, pa.schema([schema.field(name) for name in table.columns]))
    except (pa.ArrowTypeError, pa.ArrowInvalid):  # the new values are of another type
        arrow = pa.Table.from_pandas(table, preserve_index=False)
    path.unlink()
    pq.write_table(arrow, path)
    record = json.loads((folder / SOURCE_FILE).read_text("utf-8"))
    record["files"].pop(file, None)
    (folder / SOURCE_FILE).write_text(json.dumps(record), "utf-8")


@pytest.fixture
def portfolio(finished, tmp_path: Path) -> Path:
    """The tables of the small portfolio and its study, in a folder of one's own; tables are links until spoilt."""
    folder = tmp_path / "microloan"
    folder.mkdir()
    for path in (finished.project / "data" / "microloan").iterdir():
        if path.suffix == ".parquet":
            (folder / path.name).symlink_to(path)
        elif path.is_file():
            shutil.copy(path, folder)
    return folder


def gate(folder: Path) -> None:
    """What notebook 10 does before anything is computed."""
    study = load_study(folder / "study.toml")
    engine = Engine(study, folder)
    quality_gate(engine)
    label(study, engine.collate(), engine.frame(engine.table(study.outcome.table)))


DECIDED = r"the decision of its application \(decided_at\)"
BAD_TABLES = {
    "missing column": (
        ("income.parquet", lambda table: table.drop(columns="monthly_income")),
        r"table income must have the column \(file income.parquet, column monthly_income\)",
        "add it, or take it out of the study",
    ),
    "wrong type": (
        ("applications.parquet", lambda t: with_cells("amount_requested", row_3="1.234,5")(t.astype({"amount_requested": str}))),
        r"must be of type number, its type is string \(file applications.parquet, column amount_requested, rows 3\)",
        "convert it, or declare the type it has",
    ),
    "unknown category": (
        ("applications.parquet", with_cells("channel", row_7="fax", row_9="telex")),
        r"must be one of app, agent, branch, web \(file applications.parquet, column channel, rows 7, 9\)",
        "declare the level or correct it",
    ),
    "duplicate key": (
        ("applications.parquet", doubled(12)),
        r"the key of table applications must be unique \(file applications.parquet, column application_id, rows 12\)",
        "remove the repeated rows",
    ),
    "infinite values": (
        ("income.parquet", with_cells("monthly_income", row_2=math.inf, row_5=-math.inf)),
        r"a number must be finite \(file income.parquet, column monthly_income, rows 2, 5\)",
        "replace infinite values or leave them empty",
    ),
    "no rows": (
        ("device.parquet", lambda table: table.iloc[:0]),
        r"table device must have rows \(file device.parquet\)",
        "provide the data",
    ),
    "a date after the decision": (
        ("applications.parquet", with_cells("applied_at", row_4=dt.date(2031, 1, 1))),
        rf"a date must not be later than {DECIDED} \(file applications.parquet, column applied_at, rows 4\)",
        "correct the dates, or declare the column as leakage",
    ),
    "an outcome before the decision": (
        ("repayments.parquet", with_cells("due_date", row_6=dt.date(2019, 1, 1))),
        rf"an outcome must not be earlier than {DECIDED} \(file repayments.parquet, column due_date, rows 6\)",
        "correct the dates",
    ),
    "a target of one class": (
        ("repayments.parquet", lambda table: table.assign(dpd=np.int32(0), status="current")),
        r"must have both classes: no application is bad \([\d,]+ good.*\) \(file repayments.parquet, column dpd\)",
        "check the outcome's definition",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_TABLES)
def test_a_bad_table_is_refused_with_rule_file_column_rows_and_remedy(portfolio: Path, case: str) -> None:
    (file, change), says, remedy = BAD_TABLES[case]
    spoil(portfolio, file, change)
    with pytest.raises(DataError, match=says) as refused:
        gate(portfolio)
    assert f". What to do: {remedy}" in str(refused.value)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("keep", "says"),
    [
        (lambda content: b"", "table bureau must be Parquet, its file is empty"),
        (lambda content: content[: len(content) // 2], "table bureau must be readable Parquet: No magic bytes"),
        (
            lambda content: b"customer_id;reported_at\n1;2\n" * 9,
            "table bureau must be readable Parquet: No magic bytes",
        ),
        (lambda content: content[:99] + bytes(2000) + content[2099:], "the file must be readable Parquet: "),
    ],
    ids=["empty", "truncated", "another format", "damaged inside"],
)
def test_a_file_that_is_not_whole_is_refused_by_name(portfolio: Path, keep: Callable, says: str) -> None:
    path = portfolio / "bureau.parquet"
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(keep(content))
    with pytest.raises(DataError, match=says) as refused:
        gate(portfolio)
    assert refused.value.file == "bureau.parquet"
    assert str(refused.value).endswith("What to do: bring the file again, whole.")
    assert str(portfolio) not in str(refused.value)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_command_line_refuses_keeps_nothing_half_written_and_runs_once_the_data_are_mended(
    project: Path, riskbench: Command
) -> None:
    tables = project / "data" / "microloan"
    whole = (tables / "applications.parquet").read_bytes()
    spoil(tables, "applications.parquet", doubled(12))
    cache, data = contents(project / ".riskbench"), contents(tables)
    refused = riskbench("run", "--only", "features", "--out", "reports/refused", cwd=project)
    assert refused.returncode == 2
    assert refused.stderr == (
        "riskbench: the key of table applications must be unique (file applications.parquet, column application_id, "
        "rows 12). What to do: remove the repeated rows. Stopped in stage intake, cell 5.\n"
        "The notebook, up to there: reports/refused/intake.ipynb\n"
    )
    assert "10 intake       FAILED: the key of table applications must be unique" in refused.stdout
    assert "Traceback" not in refused.stdout
    assert sorted(contents(project / "reports" / "refused")) == ["intake.ipynb", "log.jsonl", "study.toml"]
    assert (contents(project / ".riskbench"), contents(tables)) == (cache, data)
    (tables / "applications.parquet").write_bytes(whole)
    done = riskbench("run", "--only", "intake", "--out", "reports/mended", cwd=project)
    assert done.returncode == 0, done.stderr
    assert riskbench("verify", "--quick", "reports/mended", cwd=project).returncode == 0


def test_features_without_values_or_without_variation_do_not_stop_a_run_and_the_funnel_says_why(
    project: Path, riskbench: Command
) -> None:
    spoil(
        project / "data" / "microloan",
        "device.parquet",
        lambda table: table.assign(apps_finance=np.nan, same_device_customers=1.0),
    )
    done = riskbench("run", "--only", "features", "--out", "reports/poor", cwd=project)
    assert done.returncode == 0, done.stderr
    evidence = {e["id"]: e for e in json.loads((project / "reports" / "poor" / "evidence.json").read_text("utf-8"))}
    funnel = evidence["features.selection.funnel"]["value"]
    why = {row[0]: dict(zip(funnel["columns"], row, strict=True)) for row in funnel["rows"]}
    for name, reason in (("apps_finance", "no value"), ("same_device_customers", "one value|same value|constant")):
        assert why[name]["result"] == "dropped"
        assert re.search(reason, why[name]["reason"]), why[name]["reason"]


# --- studies, policies and parameters ---------------------------------------------------------------------------------


def refused_before_anything(riskbench: Command, project: Path, *arguments: str) -> str:
    """What the command says on refusing; it must have written nothing."""
    before = sorted(project.rglob("*"))
    done = riskbench(*arguments, cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert sorted(project.rglob("*")) == before
    return done.stderr


@pytest.fixture
def fresh(make_project: Callable[..., Path], tmp_path: Path) -> Path:
    """A project whose data have not been made yet."""
    return make_project(tmp_path / "project")


def test_an_unknown_key_of_a_study_is_named(fresh: Path, riskbench: Command) -> None:
    study = fresh / "data" / "microloan" / "study.toml"
    study.write_text(study.read_text("utf-8").replace("[base]\n", '[base]\ncustomers_id = "x"\n', 1), "utf-8")
    said = refused_before_anything(riskbench, fresh, "run")
    assert said.startswith("riskbench: microloan/study.toml breaks 1 rule(s): base.customers_id: no such key is known")


@pytest.mark.parametrize("file", ["study.toml", "policy.yaml"])
def test_a_text_that_is_not_utf_8_is_named(fresh: Path, riskbench: Command, file: str) -> None:
    path = fresh / "data" / "microloan" / file
    path.write_bytes(path.read_text("utf-8").encode() + "# crédit\n".encode("latin-1"))
    said = refused_before_anything(riskbench, fresh, "run")
    assert f"microloan/{file} is not valid" in said
    assert "'utf-8' codec can't decode byte 0xe9" in said


def test_texts_in_another_encoding_are_refused_where_they_are_read(tmp_path: Path) -> None:
    for load, name in ((load_study, "study.toml"), (load_policy, "policy.yaml")):
        (tmp_path / name).write_text("a: b", "utf-16")
        with pytest.raises(StudyError, match=name):
            load(tmp_path / name)


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("features.no_such=8", "stage features has no parameter 'no_such'; its parameters are: max_bins"),
        ("features.max_bins=8.5", "features.max_bins must be int, got 8.5 (float)"),
        ("features.max_bins=True", "features.max_bins must be int, got True (bool)"),
        ("features.max_bins=__import__('os').mkdir('taken')", "features.max_bins must be int, got \"__import__"),
        ("features.__import__('os').mkdir('taken')=1", "stage features has no parameter \"__import__"),
        ("features.x: int = __import__('os').mkdir('taken') #=1", "stage features has no parameter 'x: int '"),
        ("features.max_bins\nimport os; os.mkdir('taken')=1", "stage features has no parameter \"max_bins\\nimport os"),
    ],
)  # fmt: skip
def test_a_parameter_that_is_unknown_ill_typed_or_code_is_refused_and_not_run(
    finished, riskbench: Command, setting: str, says: str
) -> None:
    assert says in refused_before_anything(riskbench, finished.project, "run", "--set", setting)
    assert not list(finished.project.rglob("taken"))


# --- published data ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "id,é\n1,2\n".encode("latin-1"), "must be UTF-8 text: byte 3 is not"),
        ("a.csv", "id,b\n1,2\n".encode("utf-16"), "must be UTF-8 text: byte 0 is not"),
        ("a.csv", b"", "No columns to parse from file"),
        ("a.csv", b"ID,LIMIT_BAL\n", "the first row of a CSV file must name the columns"),
        ("a.parquet", b"", "Parquet file size is 0 bytes"),
        ("a.parquet", b"PAR1" + bytes(40), "Parquet magic bytes not found"),
        ("a.csv", b"ID,LIMIT_BAL\n1,2\n", "columns; 23 are missing under any known name"),
        ("a.xlsx", b"x", "published data are read from .csv"),
    ],
    ids=["latin-1", "utf-16", "empty", "header alone", "empty Parquet", "truncated Parquet", "columns", "format"],
)
def test_a_file_that_is_not_the_published_one_leaves_the_study_without_data(
    taiwan: Path, riskbench: Command, name: str, content: bytes, says: str
) -> None:
    (taiwan / name).write_bytes(content)
    said = refused_before_anything(riskbench, taiwan, "data", "add", "taiwan", "--from", name)
    assert says in said
    assert f"(file {name}" in said
