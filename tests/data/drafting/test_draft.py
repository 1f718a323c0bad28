"""From a table that nobody prepared to a study: what each column is taken for, and what remains when it cannot be."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import CannotRun, DataError
from riskbench.data.applications import assemble_applications, protected_groups
from riskbench.data.candidates import candidates_of
from riskbench.data.drafting import Draft, Request, draft_study
from riskbench.data.engine import Engine
from riskbench.data.labels import label
from riskbench.data.samples import assign_samples
from riskbench.data.study import Study, load_study
from riskbench.decision.policy.reading import load_policy


@pytest.fixture
def draft(file: Path, tmp_path: Path) -> Callable[..., tuple[Draft, Study]]:
    """Draft a study from the loans, or from other rows written over them."""

    def drafted(frame: pd.DataFrame | None = None, target: str = "bad", **more) -> tuple[Draft, Study]:
        if frame is not None:
            frame.to_parquet(file, index=False)
        shutil.rmtree(tmp_path / "data", ignore_errors=True)
        made = draft_study(tmp_path / "data", "mine", file, Request(target, **more))
        return made, load_study(made.folder / "study.toml")

    return drafted


@pytest.mark.parametrize(
    ("column", "role"),
    [
        ("loan_id", "key"),
        ("customer_id", "key"),
        ("decided_on", "date"),
        ("opened_on", "context"),
        ("loan_amount", "feature"),
        ("income", "feature"),
        ("purpose", "feature"),
        ("gender", "protected"),
        ("birth_date", "protected"),
        ("email", "identifier"),
        ("int_rate", "price"),
        ("total_pymnt", "leakage"),
        ("last_contact", "leakage"),
        ("bad", "outcome"),
    ],
)
def test_every_column_gets_the_role_that_its_name_and_values_tell(draft, column: str, role: str) -> None:
    _, study = draft(date="decided_on")
    assert study.columns[column].role == role


def test_every_column_stands_on_one_line_with_its_reason(draft, loans) -> None:
    made, _ = draft(date="decided_on")
    lines = (made.folder / "study.toml").read_text("utf-8").splitlines()
    for column in loans:
        (line,) = [line for line in lines if line.startswith(f"{column} = {{ role")]
        assert len(line.split("  # ")[1]) > 20
    assert "# To review before this study is used:" in lines


def test_key_customer_amount_and_periods_are_proposed(draft) -> None:
    _, study = draft(date="decided_on")
    assert (study.base.key, study.base.customer, study.base.amount) == ("loan_id", "customer_id", "loan_amount")
    # 400 days from January 2022 lie in 14 months; .28 of them are 4, so October begins the last part
    assert str(study.samples.development.last), str(study.samples.out_of_time.first) == ("2022-10-31", "2022-11-01")
    assert study.retrospective


def test_what_is_written_is_whole_and_nothing_else(draft) -> None:
    made, _ = draft(date="decided_on")
    assert sorted(path.name for path in made.folder.iterdir()) == [
        "applications.parquet",
        "policy.yaml",
        "source.json",
        "study.toml",
        "warnings.yaml",
    ]
    assert [path.name for path in made.folder.parent.iterdir()] == ["mine"]


def test_the_draft_runs_through_intake_with_an_age_for_every_date_and_groups_for_every_attribute(draft) -> None:
    made, study = draft(date="decided_on")
    joined = Engine(study, made.folder).collate()
    sample = assign_samples(study, joined)
    applications = assemble_applications(study, joined, label(study, joined, None), sample, b"k" * 32)
    X = candidates_of(study, applications)
    assert set(X) == {"loan_amount", "income", "purpose", "days_since_opened_on"}
    assert X["days_since_opened_on"].between(100, 900).all()
    groups = protected_groups(study, joined, applications)
    assert set(groups["gender"]) == {"f", "m"}
    assert set(groups["birth_date"]) == {"25 or younger", "26 to 40", "41 to 60", "over 60"}
    assert set(sample) == {"development", "test", "out_of_time"}


def test_the_policy_is_one_that_holds_against_its_study(draft) -> None:
    made, study = draft()
    policy = load_policy(made.folder / "policy.yaml", study)
    assert [band.action for band in policy.bands] == ["approve", "approve", "limit", "refer", "decline"]
    assert policy.economics.basis.startswith("illustrative")


def test_what_was_left_out_and_what_to_review_is_told(draft) -> None:
    made, study = draft()
    assert dict(made.left_out)["email"] == "400 of its values look like e-mail addresses"
    assert any("decided_on" in sentence for sentence in made.review)  # no decision date was named
    assert study.limitations[0].startswith("Roles were guessed by name and value, and nobody has confirmed them")


def test_without_a_key_the_rows_are_numbered(draft, loans) -> None:
    made, study = draft(loans.drop(columns=["loan_id", "customer_id", "email"]))
    numbers = pd.read_parquet(made.folder / "applications.parquet")["row_number"]
    assert (study.base.key, study.base.customer) == ("row_number", "row_number")
    assert numbers.tolist() == list(range(1, 401))


def test_a_measure_without_repeats_is_no_key(draft, loans) -> None:
    frame = loans[["income", "bad"]].assign(salary=range(1000, 1000 + 7 * 400, 7))
    assert draft(frame)[1].columns["salary"].role == "feature"


@pytest.mark.parametrize("bad", [True, False])
def test_a_truth_value_speaks_for_itself_or_is_turned_by_bad(draft, loans, bad: bool) -> None:
    frame = loans.assign(bad=loans["bad"].eq(int(bad)))
    made, study = draft(frame, bad=[] if bad else ["no"])
    labels = label(study, Engine(study, made.folder).collate(), None)
    assert labels["y"].tolist() == loans["bad"].tolist()


def test_of_many_outcomes_the_others_are_good_and_an_open_or_empty_one_is_neither(draft, loans) -> None:
    status = (
        loans["bad"].map({1: "Charged Off", 0: "Paid"}).where(loans.index % 5 > 0, "Current").where(loans.index > 9)
    )
    made, study = draft(loans.drop(columns="bad").assign(end=status), target="end", bad=["charged off"])
    assert (study.outcome.bad, study.outcome.good) == (["Charged Off"], ["Paid"])
    labels = label(study, Engine(study, made.folder).collate(), None)
    assert (labels["label"] == "indeterminate").sum() == 10 + (status == "Current").sum()
    assert any("neither good nor bad: Current" in sentence for sentence in made.review)
    assert any("neither good nor bad: Current" in sentence for sentence in study.limitations)


@pytest.mark.parametrize("name", ["repaid", "is_good", "bad"])
def test_which_class_is_bad_is_asked_for_where_a_guess_would_be_a_gamble(draft, loans, name: str) -> None:
    turned = loans.assign(bad=1 - loans["bad"]).rename(columns={"bad": name})
    with pytest.raises(DataError, match="say which value is bad with --bad VALUE"):
        draft(turned, target=name)
    made, study = draft(turned, target=name, bad=["0"])
    assert study.outcome.bad == [0]
    assert made.target.startswith("bad is 0 (")


def test_a_value_that_reads_like_the_bad_one_is_not_taken_for_good(draft, loans) -> None:
    status = loans["bad"].map({1: "Charged Off", 0: "Paid"}).where(loans.index % 7 > 0, "Old policy: Charged Off")
    told = loans.drop(columns="bad").assign(end=status)
    with pytest.raises(DataError, match="reads like 'Charged Off'"):
        draft(told, target="end", bad=["Charged Off"])
    _, study = draft(told, target="end", bad=["Charged Off", "Old policy: Charged Off"])
    assert study.outcome.good == ["Paid"]
    _, study = draft(told, target="end", bad=["Charged Off"], good=["Paid"])
    assert study.outcome.good == ["Paid"]


def test_rows_that_come_twice_are_said(draft, loans) -> None:
    made, study = draft(pd.concat([loans, loans.head(7)], ignore_index=True))
    assert any(said.startswith("7 rows are an earlier row once more") for said in made.review)
    assert any(said.startswith("7 rows are an earlier row once more") for said in study.limitations)


def test_a_decision_in_the_future_is_refused_with_its_rows(draft, loans) -> None:
    later = loans.assign(decided_on=loans["decided_on"].where(loans.index != 3, pd.Timestamp("2999-01-01")))
    with pytest.raises(DataError, match=r"cannot lie in the future, 1 do .*rows 4"):
        draft(later, date="decided_on")


def test_values_that_stand_for_an_absent_one_are_named(draft, loans) -> None:
    made, _ = draft(loans.assign(income=loans["income"].where(loans.index % 4 > 0, -999)))
    assert any("(income -999)" in said for said in made.review)


def test_names_that_sql_or_toml_would_trip_over_are_quoted(draft, loans) -> None:
    odd = {"income": 'net "income" €\\', "gender": "性别 'x'", "opened_on": "opened, on #1"}
    made, study = draft(loans.rename(columns=odd), date="decided_on")
    joined = Engine(study, made.folder).collate()
    applications = assemble_applications(
        study, joined, label(study, joined, None), assign_samples(study, joined), b"k" * 32
    )
    assert 'net "income" €\\' in candidates_of(study, applications)
    assert list(study.protected) == ["sex", "birth_date"]
    assert set(protected_groups(study, joined, applications)["sex"]) == {"f", "m"}


@pytest.mark.parametrize(
    ("change", "more", "problem"),
    [
        (
            {},
            {"target": "baad"},
            "--target names no column of the table (file loans.parquet, column baad). What to do: name one of its 14 columns, such as bad",
        ),
        ({}, {"date": "decided"}, "--date names no column"),
        ({}, {"protected": ["sx"]}, "--protected names no column"),
        ({}, {"date": "income"}, "the decision date must be a date, the column was read as number"),
        ({}, {"target": "purpose"}, "the target is not 0/1; its values are "),
        ({}, {"target": "income"}, "a target has a few values"),
        ({}, {"target": "purpose", "bad": ["boat"]}, "the target has no value 'boat'; its values are "),
        ({"bad": 0}, {}, "the target must have both classes, its values are 0 (400 rows)"),
        ({"bad": None}, {}, "the target must have values"),
    ],
)
def test_what_cannot_be_drafted_is_refused_and_leaves_nothing(draft, loans, tmp_path, change, more, problem) -> None:
    with pytest.raises(DataError) as refused:
        draft(loans.assign(**change), **more)
    assert problem in str(refused.value)
    assert not (tmp_path / "data").exists() or not list((tmp_path / "data").iterdir())


def test_a_missing_decision_date_is_refused_with_its_rows(draft, loans) -> None:
    dates = loans["decided_on"].where(~loans.index.isin([4, 9]))
    with pytest.raises(DataError, match=r"every row must have a decision date, 2 have none .*rows 5, 10"):
        draft(loans.assign(decided_on=dates), date="decided_on")


def test_a_table_of_which_nothing_is_left_as_a_feature_is_refused(draft, loans) -> None:
    with pytest.raises(DataError, match="a study needs a feature, and none of 3 columns is left as one"):
        draft(loans[["loan_id", "email", "bad"]])


@pytest.mark.parametrize("name", ["Mine", "1st", "a-b", "../a", ""])
def test_a_name_that_is_none_is_refused(file, tmp_path, name: str) -> None:
    with pytest.raises(CannotRun, match="a study's name is of small letters"):
        draft_study(tmp_path / "data", name, file, Request("bad"))


def test_an_existing_study_is_never_touched(draft, file, tmp_path) -> None:
    made, _ = draft()
    before = (made.folder / "study.toml").read_bytes()
    with pytest.raises(CannotRun, match="data/mine exists already"):
        draft_study(tmp_path / "data", "mine", file, Request("bad"))
    assert (made.folder / "study.toml").read_bytes() == before


def test_equal_tables_give_equal_drafts(draft) -> None:
    first = {path.name: path.read_bytes() for path in draft()[0].folder.iterdir() if path.name != "source.json"}
    again = {path.name: path.read_bytes() for path in draft()[0].folder.iterdir() if path.name != "source.json"}
    assert first == again


def test_what_was_read_as_other_columns_show_and_what_was_nearly_a_number_is_named(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = [f"{i};{100 + i % 700},5;{1 + i % 9}.{100 + i % 800};{'12O0' if i == 5 else i * 7}" for i in range(300)]
    bad = rng.integers(0, 2, 300).cumsum() % 3 == 0
    text = "nr;income;limit;wage;bad\n" + "\n".join(f"{row};{int(b)}" for row, b in zip(rows, bad, strict=True)) + "\n"
    (tmp_path / "loans.csv").write_text(text, "utf-8")
    made = draft_study(tmp_path / "data", "mine", tmp_path / "loans.csv", Request("bad"))
    assert any(said.endswith("else open to two readings: limit.") for said in made.review)
    assert any(said.endswith("(1): wage.") for said in made.review)
