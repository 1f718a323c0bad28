import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from riskbench.data.synthetic import TABLES, TRUTH_FILE, describe, generate, repayment, risk
from riskbench.data.synthetic.randomness import BLOCK
from riskbench.data.synthetic.timeline import CALENDAR, OBSERVED_UNTIL, month_end, month_number, month_start
from riskbench.privacy.identifiers import valid_national_id
from riskbench.privacy.scan import PHONE

DOCUMENT = Path(__file__).parents[3] / "docs" / "synthetic.md"
MATERIAL = 10.0  # "at least 10 currency units owed", docs/synthetic.md
KEYS = {
    "customers": ["customer_id"],
    "bureau": ["customer_id", "reported_at"],
    "payments": ["customer_id", "month_end"],
    "macro": ["month_end"],
    "repayments": ["application_id", "month_on_book"],
} | {name: ["application_id"] for name in ("applications", "income", "device", "social", "decisions")}


def read(folder):
    return {path.stem: pq.read_table(path).to_pandas(date_as_object=False) for path in folder.rglob("*.parquet")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("portfolio")
    generate(folder)
    return folder


@pytest.fixture(scope="module")
def tables(folder):
    return read(folder)


@pytest.fixture(scope="module")
def cases(tables):
    """One row an application: applications, decisions, income, truth, customers and the month."""
    cases = tables["applications"].merge(tables["decisions"]).merge(tables["income"]).merge(tables["truth"])
    cases = cases.merge(tables["customers"])
    return cases.assign(month=month_number(cases["applied_at"].to_numpy().astype("M8[D]")))


@pytest.fixture(scope="module")
def closed(cases):
    """Booked loans whose performance window is closed, fraud apart."""
    window = pd.Timedelta(days=30 * CALENDAR.performance_window)
    ended = cases["decided_at"] + window <= pd.Timestamp(OBSERVED_UNTIL)
    return cases[cases["funded"] & ~cases["fraudulent"] & ended]


def share(flags):
    return float(flags.mean())


# --- files ----------------------------------------------------------------------------------------------------------


def test_every_declared_table_is_written_and_the_truth_is_kept_apart(tmp_path):
    paths = generate(tmp_path, applications=50)
    assert {path.relative_to(tmp_path).as_posix() for path in paths} == {f"{name}.parquet" for name in TABLES} | {
        TRUTH_FILE.as_posix()
    }
    assert sorted(tmp_path.rglob("*.parquet")) == sorted(paths)
    assert not list(tmp_path.rglob("*.partial"))


def test_columns_and_types_are_the_declared_ones(folder):
    for name, declared in TABLES.items():
        schema = pq.read_schema(folder / f"{name}.parquet")
        assert [(field.name, field.type) for field in schema] == [(column.name, column.type) for column in declared]


def test_describe_gives_every_column_a_meaning(tables):
    dictionary = describe()
    expected = [(name, column) for name in TABLES for column in tables[name].columns]
    assert list(zip(dictionary["table"], dictionary["column"], strict=True)) == expected
    assert dictionary["meaning"].str.len().min() > 3


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_rows(tmp_path):
    runs = [generate(tmp_path / str(i), applications=300, seed=seed) for i, seed in enumerate((7, 7, 8))]
    first, again, other = ([path.read_bytes() for path in paths] for paths in runs)
    assert first == again
    assert all(a != b for a, b in zip(first, other, strict=True))


def test_the_size_of_chunks_changes_no_row_and_each_chunk_is_a_row_group(tmp_path):
    generate(tmp_path / "large", applications=15_000, chunk_customers=20 * BLOCK)
    generate(tmp_path / "small", applications=15_000, chunk_customers=BLOCK)
    large, small = read(tmp_path / "large"), read(tmp_path / "small")
    for name, table in large.items():
        pd.testing.assert_frame_equal(table, small[name])
    groups = [pq.ParquetFile(tmp_path / size / "applications.parquet").num_row_groups for size in ("large", "small")]
    assert groups == [1, 3]  # 4,000 customers make some 6,400 applications


@given(st.integers(1, 9_000))
@settings(max_examples=6, deadline=None)
def test_a_smaller_portfolio_is_the_beginning_of_a_larger_one(tables, tmp_path_factory, size):
    part_of = tmp_path_factory.mktemp("smaller")
    generate(part_of, applications=size)
    for name, part in read(part_of).items():
        pd.testing.assert_frame_equal(part, tables[name].head(len(part)))
        assert name not in ("applications", "income", "truth") or len(part) == size


def test_ten_times_the_applications_need_no_more_memory(tmp_path):
    # 40,000 applications already fill a chunk of 20,000 customers (some 32,000); no later chunk may be kept beside it.
    code = (
        "import resource, sys; from pathlib import Path; from riskbench.data.synthetic import generate;"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024;"
        "generate(Path(sys.argv[1]), 40_000); first = peak();"
        "generate(Path(sys.argv[1]), 400_000); print(peak() - first)"
    )
    grown = subprocess.run([sys.executable, "-c", code, tmp_path], check=True, capture_output=True, text=True).stdout
    assert float(grown) < 100  # MiB; 400,000 applications would take some 400 MiB as a whole


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"applications": 0}, "applications must be at least 1, got 0"),
        ({"seed": -1}, "seed must be at least 0, got -1"),
        ({"chunk_customers": 5_000}, "chunk_customers must be a multiple of 4000, got 5000"),
    ],
)
def test_sizes_that_break_a_rule_are_refused_and_nothing_is_written(tmp_path, wrong, rule):
    with pytest.raises(ValueError, match=rule):
        generate(tmp_path, **wrong)
    assert not list(tmp_path.iterdir())


# --- keys, identifiers, order of time -------------------------------------------------------------------------------


def test_keys_are_unique_and_complete(tables):
    for name, key in KEYS.items():
        assert not tables[name][key].isna().any(axis=None), name
        assert not tables[name].duplicated(key).any(), name


def test_every_row_belongs_to_a_customer_or_an_application(tables):
    applications, customers = tables["applications"], tables["customers"]
    assert set(applications["customer_id"]) == set(customers["customer_id"])
    for name in ("bureau", "payments", "previous_loans"):
        assert tables[name]["customer_id"].isin(customers["customer_id"]).all(), name
    for name in ("income", "device", "social", "decisions", "truth"):
        assert tables[name]["application_id"].equals(applications["application_id"]), name
    booked = tables["decisions"].query("funded")["application_id"]
    assert tables["repayments"]["application_id"].isin(booked).all()


def test_national_ids_are_valid_and_unique_and_phones_follow_the_scheme(tables):
    customers = tables["customers"]
    assert customers["national_id"].map(valid_national_id).all()
    assert customers["national_id"].is_unique
    assert customers["phone"].map(lambda phone: PHONE.fullmatch(phone) is not None).all()
    assert not customers["full_name"].map(str.isascii).all()


def test_months_are_counted_from_january_2023():
    assert month_start(np.array([1, 12, 36])).astype(str).tolist() == ["2023-01-01", "2023-12-01", "2025-12-01"]
    assert month_end(np.array([2, 14])).astype(str).tolist() == ["2023-02-28", "2024-02-29"]


def test_nothing_lies_after_the_day_of_observation_or_before_its_cause(tables, cases):
    for name, date in [("bureau", "reported_at"), ("previous_loans", "reported_at"), ("payments", "month_end"),
                       ("macro", "published_at"), ("decisions", "decided_at"), ("repayments", "due_date")]:  # fmt: skip
        assert tables[name][date].max() <= pd.Timestamp(OBSERVED_UNTIL), name
    assert cases["month"].between(1, 36).all()
    assert (cases["onboarded_on"] <= cases["applied_at"]).all()
    assert (cases["applied_at"] <= cases["decided_at"]).all()
    loans = tables["repayments"].merge(cases[["application_id", "decided_at"]])
    assert (loans["due_date"] > loans["decided_at"]).all()
    elsewhere = tables["previous_loans"]
    assert ((elsewhere["reported_at"] - elsewhere["opened_at"]).dt.days > elsewhere["worst_dpd"]).all()


def test_customers_are_of_age(cases):
    age = (cases["applied_at"] - cases["birth_date"]).dt.days / 365.25
    assert age.between(18, 78).all()


def test_a_customer_returns_only_when_the_last_loan_has_ended_or_none_was_made(tables, cases):
    last_due = tables["repayments"].groupby("application_id")["due_date"].max().rename("last_due")
    history = cases.join(last_due, on="application_id").sort_values(["customer_id", "applied_at"])
    before = history.groupby("customer_id")[["last_due", "decided_at", "funded", "would_default"]].shift()
    returns = before["decided_at"].notna()
    assert 0.3 < share(returns) < 0.45
    assert (history["applied_at"] > before["last_due"].fillna(before["decided_at"]))[returns].all()
    assert not (before["funded"].eq(True) & before["would_default"].eq(True)).any()


# --- traps that a study must handle ---------------------------------------------------------------------------------


def test_reports_exist_from_before_and_from_after_the_decision(tables, cases):
    for name in ("bureau", "previous_loans"):
        reports = tables[name].merge(cases[["customer_id", "applied_at", "month"]].query("month < 30"))
        known = reports["reported_at"] <= reports["applied_at"]
        assert 0.1 < share(known) < 0.9, name
    known = tables["bureau"].merge(cases[["customer_id", "applied_at"]]).query("reported_at <= applied_at")
    assert known["customer_id"].nunique() == tables["customers"]["customer_id"].nunique()


def test_later_bureau_reports_know_the_outcome(tables, closed):
    reports = tables["bureau"].merge(closed[["customer_id", "decided_at", "would_default"]])
    later = reports[reports["reported_at"] > reports["decided_at"] + pd.Timedelta(days=90)]
    by_outcome = later.replace(-999.0, np.nan).groupby("would_default")["delinquencies_12m"].mean()
    assert by_outcome[True] > by_outcome[False] + 1


def test_the_leaking_column_gives_the_outcome_away(closed):
    assert roc_auc_score(closed["would_default"], closed["collections_calls"]) > 0.9


def test_the_postcode_index_is_a_proxy_of_the_minority(cases):
    assert roc_auc_score(cases["minority_language"], -cases["postcode_income_index"]) > 0.9
    assert 0.003 < share(cases["minority_language"]) < 0.008


def test_annual_income_repeats_monthly_income(cases):
    ratio = cases["annual_income"] / cases["monthly_income"]
    assert ratio.between(10.5, 13.5).all()
    assert cases[["annual_income", "monthly_income"]].corr().iloc[0, 1] > 0.999


def test_special_and_missing_values_are_not_at_random(tables):
    bureau, income = tables["bureau"], tables["income"]
    no_file = bureau["open_loans"].eq(-999)
    assert (bureau.loc[no_file].drop(columns=["customer_id", "reported_at"]) == -999).all(axis=None)
    assert 0.15 < share(no_file) < 0.40
    assert bureau.loc[~no_file & bureau["open_loans"].eq(0), "utilisation"].isna().all()
    missing = income["employer_months"].isna().groupby(income["employment"]).mean()
    assert missing["self_employed"] > 0.8 > 0.1 > missing["salaried"]
    social = tables["social"]
    assert social["contacts"].isna().eq(~social["consented"]).all()


def test_device_columns_are_missing_exactly_for_agent_and_branch(tables):
    device = tables["device"].drop(columns="application_id")
    unseen = tables["applications"]["channel"].isin(["agent", "branch"])
    assert (device.isna().all(axis=1) == unseen).all()
    assert (device.isna().any(axis=1) == unseen).all()


def test_macro_figures_are_published_about_six_weeks_after_their_month(tables):
    lag = (tables["macro"]["published_at"] - tables["macro"]["month_end"]).dt.days
    assert lag.between(40, 45).all()


# --- the calendar ---------------------------------------------------------------------------------------------------


def test_the_new_product_exists_from_its_month_on(cases):
    new = cases["product"].eq("payday_plus")
    assert cases.loc[new, "month"].min() == CALENDAR.new_product
    assert 0.25 < share(new[cases["month"] >= CALENDAR.new_product]) < 0.35


def test_the_population_shifts_to_the_young_and_the_app(cases):
    before = cases["month"].between(*CALENDAR.stable)
    after = cases["month"].between(CALENDAR.population_shift, CALENDAR.odds_change - 1)
    first = ~cases["customer_id"].duplicated()
    age = (cases["applied_at"] - cases["birth_date"]).dt.days / 365.25
    app = cases["channel"].eq("app")
    assert age[after & first].mean() < age[before & first].mean() - 4
    assert share(app[after]) > share(app[before]) + 0.15


def test_the_odds_change_by_half_in_log_odds_on_the_same_applications():
    x = {name: np.zeros(2) for name in ("delinquencies_12m", "utilisation", "enquiries_6m", "months_since_oldest")}
    x |= {name: np.zeros(2) for name in ("low_days", "burden", "age", "employer_months", "employment", "night_share")}
    x |= {name: np.zeros(2) for name in ("same_device_customers", "referrals_bad_share", "bad_elsewhere", "purpose")}
    x |= {name: np.zeros(2) for name in ("channel", "paid_loans", "postcode_income_index", "unemployment")}
    x |= {name: np.zeros(2, dtype=bool) for name in ("has_file", "has_wallet", "payday", "female")}
    x |= {"monthly_income": np.ones(2), "term_months": np.ones(2), "month": np.array([28, 29])}
    before, after = risk.observable_log_odds(x)
    assert after - before == pytest.approx(0.5)


def test_the_burst_is_at_night_on_shared_devices_and_made_of_copies(tables, cases):
    device = cases[["application_id", "month", "applied_hour", "amount_requested"]].merge(tables["device"])
    burst = device[device["same_device_customers"] >= 8]
    assert set(burst["month"]) == {CALENDAR.burst}
    assert len(burst) > 100
    assert burst["applied_hour"].max() < 5
    assert burst["night_share"].mean() > 0.5
    assert (burst.groupby("device_id")["amount_requested"].nunique() == 1).all()
    assert burst.groupby("device_id").size().mean() > 5


# --- outcomes -------------------------------------------------------------------------------------------------------


def test_a_loan_is_thirty_days_past_due_materially_if_and_only_if_it_was_to_default(tables, closed):
    rows = tables["repayments"].query("dpd >= 30 and past_due >= @MATERIAL")
    assert (closed["application_id"].isin(rows["application_id"]) == closed["would_default"]).all()


def test_some_are_late_and_cure_and_some_owe_coins_for_long(tables, closed):
    good = closed.loc[~closed["would_default"], "application_id"]
    rows = tables["repayments"][tables["repayments"]["application_id"].isin(good)]
    worst = rows.groupby("application_id")["dpd"].max()
    assert 0.04 < share(worst.between(10, 29)) < 0.15
    coins = rows[rows["dpd"] >= 30]
    assert 0.002 < coins["application_id"].nunique() / len(good) < 0.03
    assert coins["past_due"].max() < 5


def test_money_adds_up_month_by_month(tables):
    rows = tables["repayments"]
    owed = (rows["due"] - rows["paid"]).groupby(rows["application_id"]).cumsum()
    np.testing.assert_allclose(owed, rows["past_due"], atol=0.011)
    assert rows["past_due"].min() >= 0
    assert (rows["paid"] >= 0).all()


def test_months_on_book_run_without_a_gap_and_thirty_days_apart(tables, cases):
    rows = tables["repayments"].merge(cases[["application_id", "decided_at"]])
    assert rows["month_on_book"].between(1, 6).all()
    assert (rows.groupby("application_id").cumcount() + 1 == rows["month_on_book"]).all()
    assert ((rows["due_date"] - rows["decided_at"]).dt.days == 30 * rows["month_on_book"]).all()


def test_every_booked_loan_old_enough_has_a_row_and_late_ones_are_immature(tables, cases):
    old_enough = cases["funded"] & (cases["decided_at"] + pd.Timedelta(days=30) <= pd.Timestamp(OBSERVED_UNTIL))
    assert set(cases.loc[old_enough, "application_id"]) == set(tables["repayments"]["application_id"])
    last = cases["funded"] & (cases["month"] >= 35)
    rows = tables["repayments"]
    assert rows.loc[rows["application_id"].isin(cases.loc[last, "application_id"]), "month_on_book"].max() <= 2


def test_all_endings_occur(tables):
    assert set(tables["repayments"]["status"]) == {
        "current", "late", "settled_early", "rolled_over", "written_off", "fraud",
    }  # fmt: skip


def test_fraud_never_pays_and_is_flagged_from_the_second_row(tables, cases):
    fraud = cases.loc[cases["fraudulent"] & cases["funded"], "application_id"]
    rows = tables["repayments"][tables["repayments"]["application_id"].isin(fraud)]
    assert rows["paid"].eq(0).all()
    assert (rows["status"].eq("fraud") == (rows["month_on_book"] >= 2)).all()
    assert not tables["repayments"].drop(rows.index)["status"].eq("fraud").any()
    assert 0.003 < len(fraud) / cases["funded"].sum() < 0.015


@given(
    st.integers(1, 6),
    st.floats(100, 5000),
    st.floats(0.02, 0.08),
    st.floats(0, 1),
    st.booleans(),
    st.booleans(),
    st.integers(0, 10**6),
)
@settings(max_examples=60, deadline=None)
def test_default_follows_from_the_rows_for_any_loan(term, amount, rate, pd_, default, fraud, seed):
    n = 50
    loan = {"amount": np.full(n, amount), "rate": np.full(n, rate), "term": np.full(n, term), "pd": np.full(n, pd_),
            "decided_at": np.full(n, np.datetime64("2023-01-31")), "default": np.full(n, default),
            "fraud": np.full(n, fraud)}  # fmt: skip
    row, table, outcome = repayment.draw(np.random.default_rng(seed), loan)
    bad = np.isin(np.arange(n), row[(table["dpd"] >= 30) & (table["past_due"] >= MATERIAL)])
    assert (bad == (default or fraud)).all()
    assert (~np.isnat(outcome["default_seen"]) == bad).all()
    last = np.flatnonzero(np.diff(row, append=-1))
    assert (table["past_due"][last][~bad] == 0).all()


# --- rates ----------------------------------------------------------------------------------------------------------


def test_rates_are_those_that_the_document_promises(cases):
    booked = cases[cases["funded"]]
    assert 0.22 < share(cases["would_default"]) < 0.25
    assert 0.15 < share(booked["would_default"]) < 0.18
    assert 0.55 < share(cases["decision"].eq("approve")) < 0.65
    assert (booked["decision"] == "approve").all()


def test_outcomes_follow_the_true_probabilities(cases):
    # Ten groups by true probability: each count of defaults within four standard deviations of its expectation.
    groups = cases.groupby(pd.qcut(cases["true_pd"], 10))
    expected, variance = groups["true_pd"].sum(), groups["true_pd"].apply(lambda p: (p * (1 - p)).sum())
    assert ((groups["would_default"].sum() - expected).abs() < 4 * np.sqrt(variance)).all()
    assert cases["true_pd"].between(0, 1, inclusive="neither").all()


def test_the_document_and_the_code_hold_the_same_weights():
    rows = re.findall(r"^\| `(\w+)` \| (-?\d\.\d\d) \|", DOCUMENT.read_text("utf-8"), flags=re.MULTILINE)
    effects = (*risk.MAIN, *risk.INTERACTIONS, risk.CHANGE)
    assert rows == [(effect.name, f"{effect.weight:.2f}") for effect in effects]
    formula = f"{risk.INTERCEPT:.2f} + \\sum_k w_k\\, t_k(x) + {risk.TRAIT_SD:.2f}\\,u + {risk.NOISE_SD:.2f}\\,e"
    assert formula in DOCUMENT.read_text("utf-8")
