import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.data.samples import SAMPLES, assign_samples, hash_shares, labelled

DAYS = st.dates(dt.date(2023, 12, 1), dt.date(2024, 8, 1))
people = st.lists(st.tuples(st.sampled_from([f"c{n}" for n in range(12)]), DAYS), min_size=1, max_size=60)


@pytest.fixture(scope="module")
def study(make_small, tmp_path_factory):
    return make_small(tmp_path_factory.mktemp("samples")).study()


def frame(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["who", "decided"])


def test_the_hash_is_the_same_for_ever():
    # the first 8 bytes of sha256("s\x1fa"), over 2**64: recorded, because every finished run depends on it
    assert hash_shares(pd.Series(["a"]), "s")[0] == int("11a47078d06bb8eb", 16) / 2**64


@given(st.lists(st.text(max_size=5), max_size=20), st.text(max_size=3))
def test_equal_values_have_equal_shares_between_0_and_1(values, salt):
    shares = hash_shares(pd.Series(values, dtype="str"), salt)
    assert ((shares >= 0) & (shares < 1)).all()
    assert len({(v, s) for v, s in zip(values, shares, strict=True)}) == len(set(values))


def test_a_missing_value_does_not_borrow_the_share_of_another():
    shares = hash_shares(pd.Series(["a", None, "b"]), "s")
    assert len(set(shares)) == 3


def test_shares_are_even_and_another_salt_gives_others():
    one, other = (hash_shares(pd.Series(range(20_000)), salt) for salt in ("a", "b"))
    # counts in ten cells of 2,000: SD about 42, five of them 212
    assert abs(np.histogram(one, 10, (0, 1))[0] - 2000).max() < 212
    assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(20_000)


@given(people)
def test_no_customer_straddles_development_and_test(study, rows):
    applications = frame(rows)
    split = applications.assign(sample=assign_samples(study, applications))
    split = split[split["sample"].isin(["development", "test"])]
    assert (split.groupby("who")["sample"].nunique() <= 1).all()


@settings(max_examples=25)
@given(people.filter(lambda rows: len(rows) < 20), st.randoms(use_true_random=False))
def test_a_sample_does_not_depend_on_the_other_rows_or_their_order(study, rows, random):
    applications = frame(rows)
    order = list(range(len(rows)))
    random.shuffle(order)
    pd.testing.assert_series_equal(
        assign_samples(study, applications).iloc[order], assign_samples(study, applications.iloc[order])
    )
    alone = [assign_samples(study, frame([row])).iloc[0] for row in rows]
    assert assign_samples(study, applications).tolist() == alone


@given(people)
def test_the_decision_date_says_which_period_an_application_is_of(study, rows):
    for sample, (_, when) in zip(assign_samples(study, frame(rows)), rows, strict=True):
        if dt.date(2024, 1, 1) <= when <= dt.date(2024, 3, 31):
            assert sample in ("development", "test")
        elif dt.date(2024, 4, 1) <= when <= dt.date(2024, 5, 31):
            assert sample == "out_of_time"
        else:
            assert sample == "monitoring"


def test_the_last_day_of_a_period_belongs_to_it_to_its_last_hour(study):
    applications = frame([("c", pd.Timestamp("2024-05-31 23:59")), ("c", pd.Timestamp("2024-06-01 00:00"))])
    assert assign_samples(study, applications).tolist() == ["out_of_time", "monitoring"]


def test_without_periods_everybody_is_developed_or_tested(studies):
    sample = assign_samples(studies["taiwan"], pd.DataFrame({"ID": range(1, 10_001)}))
    assert set(sample) == {"development", "test"}
    # a share of .3 of 10,000: SD .0046, five of them .023
    assert abs((sample == "test").mean() - studies["taiwan"].samples.test_share) < 0.023


def test_the_default_portfolio_has_every_sample_and_the_wanted_share(portfolio, collated):
    study, _ = portfolio
    sample = assign_samples(study, collated)
    assert tuple(sorted(set(sample))) == tuple(sorted(SAMPLES))
    first = collated[sample.isin(["development", "test"])].drop_duplicates("customer_id")
    share = (sample[first.index] == "test").mean()
    # about 1,300 customers, share .3: SD .013, five of them .064
    assert abs(share - study.samples.test_share) < 5 * np.sqrt(0.3 * 0.7 / len(first))


# --- who has a label ------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.sampled_from(SAMPLES), st.sampled_from([0.0, 1.0, None])), max_size=20))
def test_whoever_has_a_label_is_among_the_labelled_of_one_sample(rows):
    applications = pd.DataFrame(rows, columns=["sample", "y"]).astype({"y": float})
    of = [labelled(applications, sample) for sample in SAMPLES]
    assert (sum(chosen.astype(int) for chosen in of) == applications["y"].notna()).all()
    assert (labelled(applications, *SAMPLES) == applications["y"].notna()).all()
    assert (labelled(applications, "development", "test") == (of[0] | of[1])).all()
    assert all((applications.loc[chosen, "sample"] == name).all() for name, chosen in zip(SAMPLES, of, strict=True))


def test_the_labelled_keep_the_index_of_the_applications():
    applications = pd.DataFrame({"sample": ["test", "test"], "y": [np.nan, 1.0]}, index=[7, 3])
    assert labelled(applications, "test").to_dict() == {7: False, 3: True}


def test_another_split_moves_customers_by_the_same_rule_and_split_0_is_the_studys_own(studies):
    study, people = studies["taiwan"], pd.DataFrame({"ID": range(1, 10_001)})
    own, other = assign_samples(study, people), assign_samples(study, people, split=7)
    assert assign_samples(study, people, split=0).tolist() == own.tolist()
    assert other.tolist() != own.tolist()
    assert other.tolist() == assign_samples(study, people, split=7).tolist()
    # a share of 10,000 draws has a standard deviation of at most 0.5 %: five of them
    assert (other == "test").mean() == pytest.approx(study.samples.test_share, abs=0.025)
