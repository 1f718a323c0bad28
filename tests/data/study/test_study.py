import datetime as dt
from pathlib import Path

import pytest
from pydantic import ValidationError

from riskbench.core.errors import NotEvaluated, StudyError
from riskbench.data.study import STUDY_FILE, Study, find_study, load_study
from riskbench.data.study.reserved import RESERVED

DATA = Path(__file__).parents[3] / "data"
STUDIES = ("microloan", "taiwan")


@pytest.fixture
def written(tmp_path):
    """A committed study after some replacements in its text, as a file."""

    def write(name: str, *changes: tuple[str, str]) -> Path:
        text = (DATA / name / STUDY_FILE).read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "mine" / STUDY_FILE
        path.parent.mkdir()
        path.write_text(text, "utf-8")
        return path

    return write


def refusal(content: dict) -> str:
    with pytest.raises(ValidationError) as caught:
        Study.model_validate(content)
    return str(caught.value)


# --- the committed studies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STUDIES)
def test_a_committed_study_loads_under_the_name_of_its_folder(name):
    assert load_study(DATA / name / STUDY_FILE).name == name


@pytest.mark.parametrize("name", STUDIES)
def test_raw_candidates_are_features_and_nothing_else(studies, name):
    study = studies[name]
    barred = {c for t in study.tables.values() for c, spec in t.columns.items() if spec.role != "feature"}
    assert set(study.raw_candidates).isdisjoint(barred)
    assert set(study.raw_candidates).isdisjoint(
        study.with_role("protected", "price", "leakage", "identifier", "outcome", "key")
    )
    assert study.raw_candidates


@pytest.mark.parametrize("name", STUDIES)
def test_every_table_says_whose_data_it_is_and_why(studies, name):
    assert all(len(t.owner) > 3 and len(t.purpose) > 3 and t.lawful_basis for t in studies[name].tables.values())


def test_the_default_study_is_synthetic_and_the_public_one_is_not(studies):
    assert studies["microloan"].synthetic
    assert not studies["taiwan"].synthetic


def test_the_default_study_could_not_have_been_built_when_its_out_of_time_sample_began(studies):
    # development ends on 2023-09-30, its last labels close 180 days later; out-of-time begins on 2023-10-01
    assert studies["microloan"].retrospective
    assert "retrospective" in studies["microloan"].out_of_time_kind


def test_a_study_without_dates_says_so(studies):
    assert studies["taiwan"].holdout == "test"
    assert "no out-of-time sample" in studies["taiwan"].out_of_time_kind
    assert not studies["taiwan"].retrospective
    with pytest.raises(NotEvaluated, match="no decision dates"):
        _ = studies["taiwan"].as_of


@pytest.mark.parametrize(("first", "retrospective"), [(dt.date(2024, 9, 26), True), (dt.date(2024, 9, 27), False)])
def test_out_of_time_is_retrospective_until_the_last_development_label_is_known(small, first, retrospective):
    # the last development loans are of 2024-03-31; six months on book of thirty days end on 2024-09-27
    small.content["samples"]["out_of_time"] = {"first": first, "last": dt.date(2024, 12, 1)}
    assert small.study().retrospective is retrospective
    assert ("retrospective" in small.study().out_of_time_kind) is retrospective
    assert small.study().holdout == "out_of_time"


# --- a file that breaks a rule -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[scaling]\n", "[scaling]\npoints = 3\n", r"scaling.points: no such key"),
        ('currency = "units"\n', 'currency = "units"\ncolour = "red"\n', r"colour: no such key"),
        (
            'role = "feature", type = "integer", unit = "hour"',
            'role = "featur", type = "integer"',
            r"applied_hour.role: ",
        ),
        ('join = "one"', 'join = "base"', r"exactly one table has join 'base'"),
        ('known_at = "reported_at"\n', "", r"tables.bureau: .*'latest' needs known_at"),
        ('as_of = "decided_at"\n', "", r"need base.as_of"),
        ('as_of = "decided_at"\n', 'as_of = "decided_on"\n', r"base.as_of: column 'decided_on' .* stands in no table"),
        ('name = "microloan"\n', "", r"name: Field required"),
        ("applied_hour = ", "sex = ", r"column 'sex' stands in tables applications and customers"),
        ("applied_hour = ", "Sex = ", r"columns 'Sex' and 'sex' stand in tables applications and customers"),
        ("materiality = 10.0\n", 'materiality = "ten"\n', r"outcome.repayments.materiality: "),
        ("base_score = 600", "base_score = inf", r"scaling.base_score: Input should be a finite number"),
        ("base_score = 600", "base_score = nan", r"scaling.base_score: Input should be a finite number"),
        ("pdo = 20", "pdo = inf", r"scaling.pdo: Input should be a finite number"),
        (
            'role = "feature", type = "integer", unit = "hour"',
            'role = "feature", type = "integer", special = [nan]',
            r"applied_hour.special.0: Input should be a finite number",
        ),
        (
            'role = "feature", type = "integer", unit = "hour"',
            'role = "feature", type = "integer", special = [-1, -1.0]',
            r"applied_hour.special: a special value is named once, got -1 several times",
        ),
        ("schema_version = 1", "schema_version = 2", r"schema_version: "),
    ],
)
def test_a_broken_rule_names_file_and_key(written, old, new, said):
    with pytest.raises(StudyError, match=rf"mine/study.toml breaks \d+ rule\(s\): .*{said}") as caught:
        load_study(written("microloan", (old, new)))
    assert caught.value.exit_code == 2


def test_a_file_that_is_not_toml_is_named(written):
    with pytest.raises(StudyError, match=r"mine/study.toml is not valid TOML: .*line"):
        load_study(written("taiwan", ("[scaling]", "[scaling")))


def test_a_study_that_is_not_there_is_a_study_error(tmp_path):
    with pytest.raises(StudyError, match=r"no study at .*nowhere"):
        load_study(tmp_path / "nowhere" / STUDY_FILE)


@pytest.mark.parametrize(
    ("key", "limits", "said"),
    [
        ("validation.auk", "green = 1\namber = 1", "is not one of thresholds.toml"),
        ("validation.auc", "green = [1, 2]\namber = [1, 2]", "a pair of limits goes with direction 'between'"),
    ],
)
def test_a_wrong_override_is_found_when_the_study_is_read(written, key, limits, said):
    path = written("taiwan", ("[scaling]", f'[thresholds."{key}"]\n{limits}\nreason = "r"\n\n[scaling]'))
    with pytest.raises(StudyError, match=f"mine/study.toml .*thresholds: .*{said}"):
        load_study(path)


def test_an_override_is_in_force_with_its_reason(written):
    lines = '[thresholds."validation.auc"]\ngreen = 0.8\namber = 0.7\nreason = "bureau depth"\n\n[scaling]'
    limit = load_study(written("taiwan", ("[scaling]", lines))).limits["validation.auc"]
    assert (limit.green, limit.override_reason) == (0.8, "bureau depth")


# --- what the parts must agree on ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("base.key", "decided", "base.key: column 'decided' must be of role key, it is date"),
        ("base.customer", "name", "base.customer: column 'name' must be of role key, it is identifier"),
        ("base.amount", "calls", "base.amount: column 'calls' must be of role feature or context or price"),
        ("base.segments", ["sex"], "base.segments: column 'sex' must be of role"),
        ("base.as_of", "amount", "base.as_of: column 'amount' must be of role date"),
        ("outcome.table", "people", "outcome.table: 'people' is not a table of join 'outcome'"),
        ("outcome.dpd", "late", "table paid declares no column 'late'"),
        ("outcome.dated", "settled", "outcome.dated: table paid declares no column 'settled'"),
        ("outcome.dated", "dpd", "outcome.dated: column 'dpd' must be a date, it is of type integer"),
        ("outcome.indeterminate_from", 31, "indeterminate_from must be at most days_past_due, got 31 and 30"),
        ("samples.development", None, "out_of_time begins after a development period has ended"),
        ("samples.out_of_time.first", dt.date(2024, 3, 31), "out_of_time begins after a development"),
        ("samples.development.first", dt.date(2024, 4, 1), "a period begins before it ends"),
        ("samples.test_share", 1.0, "less than 1"),
        ("tables.people.on", None, "join 'one' needs on"),
        ("tables.people.on", "whom", "column 'whom' that joins the table must be declared"),
        ("tables.people.on", "name", "column 'name' that joins the table must be declared, and be read"),
        ("tables.own.through", "loan", "column 'loan' that joins the table must be declared"),
        ("tables.own.on", "sex", "tables.own.on: column 'sex' must stand in table applications"),
        ("tables.rates.aggregates", {"n": {"column": "rate", "how": "sum", "description": "d"}}, "aggregates go with"),
        ("tables.account.aggregates", {}, "aggregates go with join 'aggregate'"),
        ("tables.account.columns.value.role", "protected", "must be of a feature, 'value' is protected"),
        ("tables.account.columns.value.role", "leakage", "must be of a feature, 'value' is leakage"),
        ("tables.account.aggregates.value_sum.column", "worth", "must be of a feature, 'worth' is not declared"),
        (
            "tables.account.aggregates.who",
            {"column": "value", "how": "sum", "description": "d"},
            "column 'who' stands in tables applications and account: rename one",
        ),
        ("tables.account.within_days", 0, "greater than 0"),
        (
            "features.new",
            {"formula": "rtio(amount, 1)", "description": "d"},
            "formula 'new' calls rtio, which is no func",
        ),
        ("features.new", {"formula": "ratio(amount)", "description": "d"}, "formula 'new': ratio(a, b) takes 2"),
        ("features.new", {"formula": "ratio(1, channel)", "description": "d"}, "argument 2, channel, is a text"),
        ("protected.new", {"formula": "days_since(sex)", "description": "d"}, "argument 1, sex, is a text"),
        ("features.amount", {"formula": "1", "description": "d"}, "'amount' has the name of a raw column"),
        ("features.Amount", {"formula": "1", "description": "d"}, "'Amount' has the name of a raw column"),
    ],
)
def test_parts_that_do_not_agree_are_refused(small, path, value, said):
    *parents, last = path.split(".")
    part = small.content
    for key in parents:
        part = part[key]
    part[last] = value
    assert said in refusal(small.content)


@pytest.mark.parametrize("role", ["feature", "context", "protected", "price", "leakage"])
def test_the_target_must_be_declared_as_outcome_lest_it_predict_itself(small, role):
    small.columns["bad"] = {"role": role, "type": "integer", "description": "d"}
    outcome = {"kind": "column", "column": "bad", "bad": [1], "good": [0], "horizon_months": 6, "definition": "d"}
    small.content["outcome"] = outcome
    assert f"outcome.column: column 'bad' must be of role outcome, it is {role}" in refusal(small.content)


def test_a_value_cannot_be_good_and_bad(small):
    outcome = {"kind": "column", "column": "x", "bad": [1, "1"], "good": [0, 1], "horizon_months": 6, "definition": "d"}
    small.content["outcome"] = outcome
    assert "a value is good or bad, not both: 1" in refusal(small.content)


def test_a_price_is_a_candidate_only_with_a_reason(small):
    assert "rating" not in small.study().raw_candidates
    small.columns["rating"]["because"] = "set by a bureau, not by the lender"
    assert "rating" in small.study().raw_candidates


@pytest.mark.parametrize("role", ["protected", "leakage", "identifier", "outcome", "context"])
def test_no_reason_makes_another_role_a_candidate(small, role):
    small.columns["rating"] |= {"role": role, "because": "we want it"}
    assert "rating" not in small.study().raw_candidates


def test_aggregates_stand_for_the_rows_behind_them(small):
    columns = small.study().columns
    assert {"value_mean", "own_worst", "lines", "rate"} <= columns.keys()
    assert columns.keys().isdisjoint({"value", "booked", "reported", "published", "due_date", "dpd"})


# --- what a formula may read, and what a column may be called -------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("case when sex = 'female' then 1 end", "sex (protected)"),
        ("amount + rating", "rating (price)"),
        ("calls", "calls (leakage)"),
        ("length(name)", "name (identifier)"),
        ("case when app > 'a1' then 1 end", "app (key)"),
        ("y", "y (not declared)"),
        ("case label when 'bad' then 1 end", "label (not declared)"),
        ("length(customer)", "customer (not declared)"),
        ("Y", "Y (not declared)"),
        ("dpd + calls", "calls (leakage), dpd (not declared)"),
        ("double", "double (not declared)"),
        ("ratio(rating, amount)", "rating (price)"),
        ("clip(calls, 0, 1)", "calls (leakage)"),
        ("count_over(0, amount, y)", "y (not declared)"),
        ("ratio(amount, mean_of(amount, case sex when 'female' then 1 end))", "sex (protected)"),
        ("days_since(due_date)", "due_date (not declared)"),
    ],
)
def test_a_feature_may_not_read_what_may_not_enter_a_model(small, formula, said):
    small.content["features"]["sly"] = {"formula": formula, "description": "d"}
    assert f"features.sly: reads columns that may not enter a model: {said}" in refusal(small.content)


def test_the_error_of_such_a_feature_names_the_file(written):
    feature = '[features.sly]\nformula = "case when sex = 1 then 1 end"\ndescription = "d"\n\n[scaling]'
    said = r"mine/study.toml breaks 1 rule\(s\): study: features.sly: reads columns .* enter a model: SEX \(protected\)"
    with pytest.raises(StudyError, match=said):
        load_study(written("taiwan", ("[scaling]", feature.replace("sex", "SEX"))))


@pytest.mark.parametrize(
    ("formula", "said"), [("name", "name (identifier)"), ("calls", "calls (leakage)"), ("age", "age (not declared)")]
)
def test_a_protected_group_may_not_read_what_is_not_read_at_intake(small, formula, said):
    small.content["protected"]["odd"] = {"formula": formula, "description": "d"}
    assert f"protected.odd: reads columns that are not read at intake: {said}" in refusal(small.content)


def test_a_protected_group_may_read_what_no_model_may(small):
    small.content["protected"]["priced"] = {"formula": "case when rating > 1 then sex end", "description": "d"}
    assert small.study().protected_columns["priced"] == {"rating", "sex"}


@pytest.mark.parametrize("name", [*RESERVED, "Label", "Y"])
@pytest.mark.parametrize("role", ["feature", "context", "price"])
def test_a_reserved_name_is_refused_lest_a_formula_read_the_label(small, name, role):
    small.columns[name] = {"role": role, "type": "integer", "description": "d"}
    assert f"these column names are reserved, since every run uses them: {name}" in refusal(small.content)


@pytest.mark.parametrize("part", ["features", "protected"])
@pytest.mark.parametrize("name", RESERVED)
def test_no_engineered_column_takes_a_reserved_name(small, part, name):
    small.content[part][name] = {"formula": "amount", "description": "d"}
    assert f"these column names are reserved, since every run uses them: {name}" in refusal(small.content)


def test_nor_does_a_date_that_a_feature_reads(small):
    small.columns["month"] = {"role": "date", "type": "date", "description": "d"}
    assert small.study().dates_read == []
    small.content["features"]["age"] = {"formula": "days_since(month)", "description": "d"}
    assert "these column names are reserved, since every run uses them: month" in refusal(small.content)


# --- what --study means --------------------------------------------------------------------------------------------


def test_a_study_is_found_by_name_folder_and_file(monkeypatch):
    expected = (DATA / "taiwan" / STUDY_FILE).resolve()
    monkeypatch.chdir(DATA.parent)
    for name in ("taiwan", str(DATA / "taiwan"), str(expected), "data/taiwan", "data/taiwan/study.toml"):
        assert find_study(DATA, name) == expected


@pytest.mark.parametrize("name", ["taiwann", "data", str(DATA / "taiwan" / "policy.yaml"), ""])
def test_an_unknown_study_is_told_which_ones_there_are(name):
    with pytest.raises(StudyError, match="there are: lendingclub, microloan, south_german, superlender, taiwan"):
        find_study(DATA, name)


# --- columns of a loan ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("study", "old", "new", "told"),
    [
        (
            "microloan",
            'rate = "monthly_rate"',
            'rate = "no_rate"',
            "loan.rate: column 'no_rate' is named but stands in",
        ),
        ("microloan", 'income = "monthly_income"', 'income = "sex"', "loan.income: column 'sex' must be of role"),
        (
            "lendingclub",
            'funded = "funded_amnt"',
            'funded = "grade"',
            "loan.losses.funded: column 'grade' must be a num",
        ),
    ],
)
def test_a_column_of_a_loan_that_cannot_be_read_is_refused(written, study, old, new, told):
    with pytest.raises(StudyError, match=told):
        load_study(written(study, (old, new)))
