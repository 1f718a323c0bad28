import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import DataError, NotEvaluated
from riskbench.data import portfolio

APPLICATIONS = pd.DataFrame(
    {
        "customer": ["c1", "c1", "c2", "c3"],
        "month": ["2024-02", "2024-01", "2024-01", "2024-02"],
        "sample": ["test", "development", "development", "development"],
        "label": ["good", "bad", "good", "immature"],
        "y": [0.0, 1.0, 0.0, np.nan],
    }
)


def test_samples_are_shown_in_their_order_with_the_rate_of_the_labelled():
    table = portfolio.sample_table(APPLICATIONS).set_index("sample")
    assert table.index.tolist() == ["development", "test"]
    row = table.loc["development"]
    assert row[["applications", "customers", "labelled", "bad"]].tolist() == [3, 3, 2, 1]
    assert row["bad_rate"] == 0.5
    assert row["lower"] < 0.5 < row["upper"]


def test_months_are_in_order_and_one_without_labels_has_no_rate():
    late = APPLICATIONS.assign(y=[np.nan, 1.0, 0.0, np.nan])
    table = portfolio.bad_rate_by_month(late)
    assert table["month"].tolist() == ["2024-01", "2024-02"]
    assert table["bad_rate"].isna().tolist() == [False, True]


def test_without_months_the_rate_by_month_is_not_evaluated():
    with pytest.raises(NotEvaluated, match="no decision dates"):
        portfolio.bad_rate_by_month(APPLICATIONS.assign(month=""))


def test_labels_are_counted_by_sample_and_add_up():
    table = portfolio.label_table(APPLICATIONS)
    assert table.columns.tolist() == ["label", "development", "test"]
    assert table[["development", "test"]].to_numpy().sum() == len(APPLICATIONS)


def split(**columns: list[str]) -> list[tuple[str, float | None]]:
    changed = APPLICATIONS.assign(application=["a1", "a2", "a3", "a4"]).assign(**columns)
    return [(check.name.split(".")[1], check.estimate.value) for check in portfolio.split_checks(changed)]


def test_a_customer_on_both_sides_of_the_split_is_counted_once():
    assert split(customer=["c1", "c1", "c1", "c2"])[0] == ("customers_on_both_sides", 1)  # a1 in test, a2 and a3 not
    assert split(customer=["c1", "c2", "c2", "c2"])[0] == ("customers_on_both_sides", 0)


def test_a_pseudonym_given_twice_is_counted():
    assert split(application=["a1", "a1", "a3", "a3"])[1] == ("repeated_pseudonyms", 2)


def test_customers_of_development_may_come_back_out_of_time():
    assert split()[2] == ("known_customers", None)  # no application is out of time
    assert split(sample=["out_of_time", "development", "test", "out_of_time"])[2] == ("known_customers", 1)  # c1


def test_development_is_checked_for_bads_and_for_missing_candidates(small):
    candidates = small.study().raw_candidates
    developed = APPLICATIONS.assign(**dict.fromkeys(candidates, 1.0)).assign(lines=[1.0, np.nan, np.nan, np.nan])
    bads, rate, missing = portfolio.development_checks(small.study(), developed)
    assert (bads.estimate.value, bads.estimate.n, bads.status) == (1, 3, "red")
    assert rate.estimate.value == pytest.approx(1 / 3)
    assert missing.title == "Largest missing share of a candidate (lines)"
    assert (missing.estimate.value, missing.status) == (0.75, "amber")


def test_without_labels_the_bad_rate_is_missing_and_not_zero(small):
    developed = APPLICATIONS.assign(**dict.fromkeys(small.study().raw_candidates, 1.0), y=np.nan)
    assert portfolio.development_checks(small.study(), developed)[1].status == "not_evaluated"


@pytest.mark.parametrize("labels", [[], [0.0, 0.0], [1.0, np.nan]])
def test_a_development_sample_without_both_classes_is_refused(small, labels):
    developed = pd.DataFrame({"y": np.array(labels, float), "amount": np.ones(len(labels))})
    with pytest.raises(DataError, match=r"must have good and bad cases.*bring more rows"):
        portfolio.development_checks(small.study(), developed)
