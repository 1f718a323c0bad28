"""What a run counts is what its bundle, deciding one application after the other, would have had counted."""

import dataclasses

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.decision.decide import decide
from riskbench.monitoring.counts.from_run import RunTables, baseline_of, failed_checks
from riskbench.monitoring.counts.table import OUTSIDE

from .conftest import Lender, raw

NUMBER = st.none() | st.sampled_from([-999.0, 0.0, 0.99, 1.0, 1e6, 1e6 + 1]) | st.floats(-1e9, 1e9)
ROW = st.fixed_dictionaries(
    {
        "amount": st.floats(0.01, 1e9),
        "income": NUMBER,
        "enquiries": NUMBER,
        "channel": st.none() | st.sampled_from(["app", "web", "APP", "fax", ""]),
    }
)
CHECKS = ("below:", "above:", "level:")


def by_policy_alone(lender: Lender, rows: pd.DataFrame, development: int) -> RunTables:
    """What a run writes down: decisions of its policy, which knows of no checks of inputs."""
    tables = lender.tables(rows, development)
    read = lender.bundle.read_by_policy(rows)
    return dataclasses.replace(tables, decisions=decide(lender.bundle.credit_policy, read))


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=8))
def test_a_table_fails_the_checks_that_its_rows_fail_one_by_one(lender: Lender, rows: list[dict]) -> None:
    columns = pd.DataFrame(rows).astype({"income": float, "enquiries": float, "channel": "str"})
    columns["channel"] = columns["channel"].where(pd.Series([row["channel"] is not None for row in rows]))
    one_by_one = [[hit for hit in lender.decider(row).decision.hits if hit.startswith(CHECKS)] for row in rows]
    assert [[name for name in hits.split(";") if name] for hits in failed_checks(lender.bundle, columns)] == one_by_one


def test_a_run_counts_values_outside_though_its_policy_does_not_check_them(lender: Lender) -> None:
    rows = raw(400)
    rows.loc[390:394, "income"] = 2e6  # above a million
    rows.loc[395, "channel"] = "fax"
    counted = baseline_of(by_policy_alone(lender, rows, 200), lender.model)
    of = {name: counted.everyone.where(subject=OUTSIDE + name) for name in ("income", "channel")}
    assert {name: (found["cell"].unique().tolist(), found["n"].sum()) for name, found in of.items()} == {
        "income": (["above"], 5),
        "channel": (["level"], 1),
    }
    assert counted.development.frame["subject"].str.startswith(OUTSIDE).sum() == 0


def test_a_baseline_names_the_columns_that_are_checked(lender: Lender) -> None:
    checked = baseline_of(lender.tables(raw(400), 200), lender.model).record.yardstick.checked
    assert set(checked) == {"income", "channel"}  # amount and enquiries have neither range nor levels


def test_a_run_without_a_bundle_checks_nothing(lender: Lender) -> None:
    model = dataclasses.replace(lender.model, bundle=None)
    assert baseline_of(by_policy_alone(lender, raw(400), 200), model).record.yardstick.checked == ()
