import numpy as np
import pytest

from riskbench.validation.population.quality import (
    input_table,
    inputs,
    quality_checks,
    repeated,
    returning,
    worst_inputs,
)


def by_name(made):
    return {check.name: check for check in quality_checks(made, input_table(made))}


@pytest.fixture
def changed(applicants):
    """The portfolio with one value of `utilisation` replaced for the first `count` of the 1,500 of the holdout."""

    def made(value, count=300):
        utilisation = np.round(np.random.default_rng(0).random(3000), 2)
        utilisation[1500 : 1500 + count] = value
        return applicants(features={"utilisation": utilisation})

    return made


def test_an_input_that_went_missing_is_named_with_its_change_and_interval(changed):
    check = by_name(changed(np.nan))["inputs.missing_change.out_of_time"]
    assert (check.status, check.title) == ("red", "Largest change of the share of missing values: utilisation")
    # 300 of 1,500 against none of 1,500; the level is 1 − .05 / 2 for two inputs
    assert check.estimate.value == pytest.approx(0.2)
    assert check.estimate.level == pytest.approx(0.975)
    assert 0.17 < check.estimate.lower < 0.2 < check.estimate.upper < 0.23


def test_special_values_are_counted_apart_from_missing_ones_and_from_the_range(changed):
    checks = by_name(changed(-999.0))  # what the bureau writes for no file
    assert checks["inputs.special_change.out_of_time"].estimate.value == pytest.approx(0.2)
    assert checks["inputs.missing_change.out_of_time"].estimate.value == 0
    assert checks["inputs.outside_declared.out_of_time"].estimate.value == 0
    assert checks["inputs.never_seen.out_of_time"].estimate.value == 0


def test_values_that_the_study_does_not_declare_or_development_never_saw_are_counted(changed):
    checks = by_name(changed(-5.0, count=30))
    assert (checks["inputs.outside_declared.out_of_time"].estimate.value) == 30
    assert checks["inputs.outside_declared.out_of_time"].title.endswith("(utilisation)")
    assert checks["inputs.never_seen.out_of_time"].estimate.value == pytest.approx(30 / 1500)
    assert checks["inputs.never_seen.out_of_time"].status == "amber"


def test_what_the_study_does_not_declare_is_not_evaluated(applicants, study):
    bare = {"special": [], "levels": {}, "lower": None, "upper": None}
    columns = {name: column.model_copy(update=bare) for name, column in study.columns.items()}
    undeclared = study.model_copy(deep=True)
    undeclared.__dict__["columns"] = columns
    checks = by_name(applicants(of=undeclared))
    for name in ("special_change", "outside_declared"):
        check = checks[f"inputs.{name}.out_of_time"]
        assert (check.status, check.estimate.reason[:18]) == ("not_evaluated", "the study declares")


def test_a_level_that_development_never_saw_is_counted(applicants):
    levels = np.where(np.arange(3000) < 2985, "salaried", "student")
    checks = by_name(applicants(features={"employment": levels}))
    assert checks["inputs.never_seen.out_of_time"].estimate.value == pytest.approx(15 / 1500)


def test_an_input_that_stopped_to_vary_fails(changed):
    check = by_name(changed(0.5, count=1500))["inputs.constant.out_of_time"]
    assert (check.estimate.value, check.status) == (1, "red")
    assert "(utilisation)" in check.title


def test_an_unchanged_population_meets_every_limit(applicants):
    assert {check.status for check in by_name(applicants()).values() if "repeated" not in check.name} == {"green"}


def test_the_worst_input_stands_first(changed):
    table = worst_inputs(input_table(changed(np.nan)), most=1)
    assert table["input"].tolist() == ["utilisation"]
    assert list(table.columns)[-2:] == ["special_change", "never_seen"]


def test_repeated_applications_are_those_after_the_first_alike_in_everything(applicants):
    alike = np.zeros(3000)
    made = applicants(
        features={"utilisation": np.arange(3000) / 3000, "employment": "salaried"}, amount_requested=alike
    )
    assert repeated(made).value == 0
    twice = np.r_[np.arange(1500), np.repeat(np.arange(750), 2)] / 3000
    made = applicants(features={"utilisation": twice, "employment": "salaried"}, label="good", y=0.0)
    assert repeated(made).value == 0.5


def test_returning_customers_are_told_within_the_holdout_and_from_development(applicants):
    customer = np.r_[np.arange(1500), np.repeat(np.arange(1400, 2150), 2)]  # 100 of 750 were there before
    within, before = returning(applicants(customer=customer.astype(str)))
    assert (within.value, before.value) == (0.5, pytest.approx(200 / 1500))


def test_without_a_holdout_nothing_is_evaluated(applicants):
    checks = by_name(applicants(sample="development"))
    assert {check.status for check in checks.values()} == {"not_evaluated"}
    assert checks["inputs.constant.out_of_time"].reason == "development or the holdout holds no application"


def test_columns_behind_a_feature_are_inputs_and_dates_are_not(applicants):
    assert list(inputs(applicants())) == ["utilisation", "employment"]
