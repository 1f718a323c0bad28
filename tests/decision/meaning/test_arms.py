"""Arms: a customer has the same one every time and everywhere, and shares are kept."""

import hashlib
import math

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.decision.decide import decide, decide_with_arms
from riskbench.decision.meaning import duckdb_columns
from riskbench.decision.meaning.arms import arm_column, arm_of, arms_of
from riskbench.decision.meaning.ibis_columns import decided_with_arms
from riskbench.decision.policy.policy import Policy

ECONOMICS = {"lgd": 0.6, "margin": 0.22, "funding_cost": 0.04}


def bands(cut: float) -> list[dict]:
    return [
        {"name": "low", "action": "decline", "from": -math.inf, "to": cut},
        {"name": "high", "action": "approve", "from": cut, "to": math.inf},
    ]


def policy(*shares: float, key: str = "2026-1", shadow: bool = False) -> Policy:
    """The champion lends from 500 points, each challenger from 10 more than the one before."""
    content = {"schema_version": 2, "bands": bands(500.0), "economics": ECONOMICS}
    if shares:
        challengers = [
            {"name": f"arm {n}", "because": "a trial", "share": share, "bands": bands(500.0 + 10 * n)}
            for n, share in enumerate(shares, 1)
        ]
        content["arms"] = {"key": key, "challengers": challengers}
    if shadow:
        content["shadow"] = [{"name": "strict", "because": "to compare", "bands": bands(600.0)}]
    return Policy.model_validate(content)


def test_the_digest_of_key_and_customer_is_held_against_the_share():
    digest = hashlib.sha256(b"2026-1\x1fann").hexdigest()
    below = int(digest, 16) < 2**256 // 10 * 9  # a share of 0.9 takes digests below nine tenths of all
    assert (arm_of(policy(0.9), "ann") == "arm 1") == below


def test_shares_hold_within_chance_and_the_champion_takes_the_rest():
    customers = pd.Series(np.arange(100_000))
    found = arms_of(policy(0.1, 0.25), customers).value_counts(normalize=True)
    # five standard errors of a share p of 100,000: 5 · sqrt(p (1 - p) / 100,000), at most 0.0079
    for name, share in (("arm 1", 0.1), ("arm 2", 0.25), ("champion", 0.65)):
        assert abs(found[name] - share) < 5 * math.sqrt(share * (1 - share) / 100_000)


@pytest.mark.parametrize("nobody", [None, math.nan, pd.NA, ""])
def test_without_a_customer_the_champion_decides(nobody):
    assert arm_of(policy(0.999999), nobody) == "champion"
    assert arms_of(policy(0.999999), pd.Series([nobody], dtype=object)).tolist() == ["champion"]


def test_a_larger_share_keeps_everybody_whom_the_challenger_had():
    customers = [f"c{n}" for n in range(2000)]
    small, large = ({c for c in customers if arm_of(policy(share), c) == "arm 1"} for share in (0.1, 0.2))
    assert small < large


def test_another_key_draws_another_split():
    customers = pd.Series([f"c{n}" for n in range(1000)])
    assert (arms_of(policy(0.5), customers) != arms_of(policy(0.5, key="2026-2"), customers)).sum() > 300


@pytest.mark.parametrize("customer", [True, 1.5, b"ann", 2.0**60])
def test_a_customer_is_a_text_or_a_whole_number(customer):
    with pytest.raises(ValueError, match="a customer is a text or a whole number, got a value of type"):
        arm_of(policy(0.5), customer)


NO_CUSTOMER = st.just(None)


@settings(max_examples=25)
@given(st.lists(st.one_of(NO_CUSTOMER, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))))
def test_a_database_draws_the_same_arms_of_texts(customers):
    frame = pd.DataFrame({"customer": pd.Series(customers, dtype="str")})
    table = ibis.memtable(frame.astype(object).where(frame.notna(), None), schema={"customer": "string"})
    one = policy(0.3, 0.3)
    drawn = ibis.duckdb.connect().to_pandas(table.select(arm=arm_column(one, table.customer)))["arm"]
    assert drawn.tolist() == arms_of(one, frame["customer"]).tolist()


def test_a_whole_number_is_hashed_by_its_digits_even_where_some_are_missing():
    numbers = pd.Series([7, None, 2**40, -3], dtype="Int64")
    table = ibis.memtable(pd.DataFrame({"customer": numbers}))
    drawn = ibis.duckdb.connect().to_pandas(table.select(arm=arm_column(policy(0.5), table.customer)))["arm"]
    assert arms_of(policy(0.5), numbers).tolist() == arms_of(policy(0.5), numbers.astype(float)).tolist()
    assert drawn.tolist() == arms_of(policy(0.5), numbers).tolist()


@pytest.fixture
def applications() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    customers = pd.Series([f"c{n}" for n in range(300)], dtype="str").where(rng.random(300) < 0.9)
    return pd.DataFrame({"customer": customers, "score": rng.integers(480, 620, 300)}, index=rng.integers(0, 9, 300))


def test_every_row_is_decided_by_its_arm_and_beside_it_by_the_shadows(applications):
    one = policy(0.3, 0.3, shadow=True)
    decided = decide_with_arms(one, applications, "customer")
    assert decided.index.equals(applications.index)
    assert set(decided["arm"]) == {"champion", "arm 1", "arm 2"}
    for name in ("champion", "arm 1", "arm 2"):
        rows = (decided["arm"] == name).to_numpy()
        alone = decide(one.arm(name), applications[rows])
        pd.testing.assert_frame_equal(decided.loc[rows, alone.columns], alone)
    assert (decided["shadow:strict:action"] == "approve").tolist() == (applications["score"] >= 600).tolist()


def test_a_table_with_arms_is_decided_as_the_frame_is(applications):
    one, table = policy(0.3, 0.3, shadow=True), ibis.memtable(applications.reset_index(drop=True))
    decided = decided_with_arms(one, table, arm_column(one, table.customer))
    expected = decide_with_arms(one, applications, "customer").drop(columns="reason").reset_index(drop=True)
    found = ibis.duckdb.connect().to_pandas(decided)
    assert found.astype(object).to_dict("list") == expected[list(found.columns)].astype(object).to_dict("list")


def test_the_sql_for_duckdb_decides_arms_and_shadows_as_the_frame_does(applications):
    one, rows = policy(0.3, 0.3, shadow=True), applications.reset_index(drop=True).rename_axis("row").reset_index()
    table = ibis.duckdb.connect().create_table("applications", rows)
    found = duckdb_columns.decided(one, table, ["row"], arm=arm_column(one, table.customer)).order_by("row").to_pandas()
    expected = decide_with_arms(one, rows, "customer").drop(columns="reason")
    assert found[list(expected.columns)].astype(object).to_dict("list") == expected.astype(object).to_dict("list")


def test_a_name_that_no_arm_has_decides_nothing(applications):
    one, rows = policy(0.3), applications.assign(drawn="somebody").reset_index(drop=True)
    table = ibis.duckdb.connect().create_table("applications", rows)
    for decided in (decided_with_arms(one, table, table.drawn), duckdb_columns.decided(one, table, arm=table.drawn)):
        assert decided.to_pandas()["action"].isna().all()


def test_a_column_of_customers_that_is_not_there_is_named(applications):
    with pytest.raises(ValueError, match="arms are drawn by client, which is not among the columns"):
        decide_with_arms(policy(0.3), applications, "client")
