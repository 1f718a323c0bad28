"""Replayed looks are those that somebody would have taken, and what they say is told in tables."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.core.errors import NotEvaluated
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.warning import tables
from riskbench.monitoring.warning.evaluate import evaluate
from riskbench.monitoring.warning.observed import Observed
from riskbench.monitoring.warning.replay import (
    History,
    ahead,
    looked_told,
    month_ends,
    month_of,
    nothing_seen,
    replay,
    replayed,
)
from riskbench.monitoring.warning.stated import stated_table
from riskbench.monitoring.warning.unseen import unseen
from riskbench.monitoring.warning.warnings import Stable, Warnings

from .conftest import baseline, month, monthly, outcomes, rules

LATER = ["2026-01", "2026-02", "2026-03"]
RULES = rules(
    monthly("approval", name="approved", segments=["channel"]),
    monthly("drift", name="moved", of="score"),
    monthly("volume", name="many"),
    monthly("label_free", name="free"),
    monthly("vintage", name="vintage", age="3"),
    {"kind": "stale_feed", "name": "feed"},
)


def history(reference: CountTable, later: list[CountTable], known_after: int = 30) -> History:
    """Months since; what a loan was at month 3 becomes known so many days after the decision."""
    applied = [CountTable(t.frame[~t.frame["subject"].str.startswith("outcome:")]) for t in later]
    paid = CountTable.merged([outcomes(reference), *map(outcomes, later)])

    def known(day: dt.date) -> CountTable:
        return CountTable(paid.frame[paid.frame["day"] <= pd.Timestamp(day) - pd.Timedelta(days=known_after)])

    frozen = baseline(reference, CountTable.merged(applied))
    return History(frozen, frozen.later, known)


@pytest.fixture(scope="module")
def quiet(reference) -> History:
    return history(reference, [month(label) for label in LATER])


@pytest.fixture(scope="module")
def moved(reference) -> History:
    """In February the odds change, and in March the population as well."""
    return history(reference, [month("2026-01"), month("2026-02", bad=0.3), month("2026-03", low=0.9, bad=0.3)])


def test_a_look_is_the_first_moment_after_a_whole_month(quiet) -> None:
    assert [at.isoformat() for at in month_ends(quiet.baseline)] == [f"2026-{m:02d}-01T00:00:00+00:00" for m in (2, 3)]


@settings(max_examples=15, deadline=None)
@given(look=st.integers(0, 1), approved=st.floats(0.1, 0.9), low=st.floats(0.1, 0.9), n=st.integers(1, 3000))
def test_what_comes_later_changes_nothing_that_was_said(reference, look, approved, low, n) -> None:
    strange = [month(LATER[look + 1], n, approved=approved, low=low), month(LATER[look + 1], segment="channel=new")]
    honest = history(reference, [month(label) for label in LATER])
    changed = history(reference, [*(month(label) for label in LATER[: look + 1]), *strange, month("2026-04")])
    at = month_ends(honest.baseline)[look]
    assert [r for r in replay(RULES, honest) if r.at == at] == [r for r in replay(RULES, changed) if r.at == at]


def test_a_replayed_look_is_what_evaluate_says_of_what_was_known_then(moved) -> None:
    for at in month_ends(moved.baseline):
        before = moved.counts.frame[moved.counts.frame["day"] < pd.Timestamp(at.date())]
        known = CountTable.merged([CountTable(before), moved.outcomes(at.date() - dt.timedelta(days=1))])
        assert [r for r in replay(RULES, moved) if r.at == at] == evaluate(RULES, Observed(at, moved.baseline, known))


def test_a_look_at_all_days_of_a_run_says_what_the_replay_says_of_its_end(moved) -> None:
    everyone, at = moved.baseline.everyone, dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    known = CountTable.merged([everyone, moved.outcomes(dt.date(2026, 2, 28))])  # the days of the reference as well
    assert evaluate(RULES, Observed(at, moved.baseline, known)) == [r for r in replay(RULES, moved) if r.at == at]


def test_the_proof_counts_readings_that_later_knowledge_changes(moved) -> None:
    assert ahead(RULES, moved, replay(RULES, moved)).value == 0
    found = [r for r in replay(RULES, moved) if r.rule != "moved"]
    assert ahead(RULES, moved, found).value > 0  # a reading is missing from what was said


def test_without_dates_there_is_no_look_and_the_reason_is_told(reference) -> None:
    undated = baseline(reference, dated="none")
    with pytest.raises(NotEvaluated, match="the study has no decision dates"):
        month_ends(undated)
    nothing = History(undated, CountTable.empty(), lambda day: CountTable.empty())
    assert replayed(RULES, nothing) == []
    assert tables.looked_at([]).reason == "no month could be looked at"
    told = dict(tables.silent(nothing_seen(RULES, nothing)).to_numpy())
    assert told.pop("feed") == "feeds were not looked at"
    assert set(told) == {"approved", "moved", "many", "free", "vintage"}  # every rule says why it cannot speak
    assert set(told.values()) == {"the study has no decision dates"}


def test_where_the_data_end_says_which_months_are_looked_at(reference) -> None:
    assert looked_told(baseline(reference)) == "Whole months are looked at."
    assert looked_told(baseline(reference, dated="none")).endswith("the study has no decision dates.")
    plain = baseline(reference)
    cut = dataclasses.replace(plain, record=plain.record.model_copy(update={"cut": dt.date(2026, 1, 14)}))
    assert looked_told(cut).endswith("on 2026-01-14: the newest month is taken to be incomplete.")


def test_a_run_that_ends_with_its_reference_has_no_look(reference) -> None:
    with pytest.raises(NotEvaluated, match="no whole month after its reference, which ends 15 December 2025"):
        month_ends(baseline(reference))


def test_the_timeline_has_a_state_for_each_rule_and_month(moved) -> None:
    by = tables.timeline(replay(RULES, moved)).set_index(["rule", "month"])["state"]
    assert by["feed", "2026-01"] == "not_evaluated"
    assert by["approved", "2026-01"] == "quiet"


def test_a_signal_lasts_until_the_rule_is_quiet_again(reference) -> None:
    lent = [0.6, 0.3, 0.3, 0.6, 0.3]
    later = [month(f"2026-{m:02d}", approved=share) for m, share in enumerate(lent, 1)] + [month("2026-06")]
    told = tables.episodes(replay(rules(monthly("approval")), history(reference, later)))
    assert told[["first", "last", "looks"]].to_numpy().tolist() == [
        ["2026-02", "2026-03", 2],
        ["2026-05", "2026-05", 1],
    ]


def test_false_alarms_are_counted_in_stable_months_alone(reference) -> None:
    later = [month("2026-01", approved=0.3), month("2026-02"), month("2026-03", approved=0.3), month("2026-04")]
    warnings = Warnings(
        schema_version=1,
        stable=Stable(first="2026-01", last="2026-02", because="a test"),
        rules=rules(monthly("approval", name="approved")).rules,
    )
    table = tables.stable_table(warnings, replay(warnings, history(reference, later)))
    assert table[["rule", "looks", "alarms", "observed"]].to_numpy().tolist() == [
        ["approved", 2, 1, 0.5],
        ["all together", 2, 1, 0.5],
    ]
    assert table["stated"].tolist() == pytest.approx([1 / 200, 1 / 200])
    assert tables.together(table, "stated").p_value == pytest.approx(1 - (1 - 1 / 200) ** 2)  # one or both of two looks


def in_2026(*of: dict) -> Warnings:
    return Warnings(
        schema_version=1, stable=Stable(first="2026-01", last="2026-12", because="a test"), rules=rules(*of).rules
    )


def test_what_is_expected_is_the_mean_of_what_each_look_tells(reference) -> None:
    later = [month("2026-01"), month("2026-02", 400), month("2026-03")]  # a small look has wide limits
    warnings = in_2026(monthly("approval", tolerance=0.02), monthly("drift", name="moved", of="score", floor=0.02))
    readings = replay(warnings, history(reference, later))
    table = tables.stable_table(warnings, readings).set_index("rule")["expected_share"]
    by_rule = {name: [r.chance for r in readings if r.rule == name] for name in ("r", "moved")}
    assert 0 < table["r"] == pytest.approx(np.mean(by_rule["r"]))
    assert table["r"] < 1 / 200
    each = [1 - (1 - a) * (1 - b) for a, b in zip(*by_rule.values(), strict=True)]
    assert table["all together"] == pytest.approx(np.mean(each))


def test_subjects_of_a_rule_expect_at_most_the_sum_of_theirs(quiet) -> None:
    warnings = in_2026(monthly("null_rate", columns=["income"]), RULES.rules[0].model_dump())
    readings = replay(warnings, quiet)
    looks = tables.chances(warnings, readings)
    at = [r for r in readings if r.rule == "approved" and month_of(r) == "2026-01"]
    assert looks.set_index(["rule", "month"]).loc[("approved", "2026-01"), "chance"] == sum(r.chance or 0 for r in at)
    assert (looks["chance"] <= 1 / 200).all()


def test_more_alarms_than_expected_may_still_be_as_stated(reference) -> None:
    later = [month("2026-01", approved=0.66), *(month(f"2026-{m:02d}") for m in range(2, 8))]
    warnings = in_2026(monthly("approval", tolerance=0.005))
    table = tables.stable_table(warnings, replay(warnings, history(reference, later)))
    assert table["alarms"].tolist() == [1, 1]
    assert tables.together(table).p_value < tables.together(table, "stated").p_value


def test_rules_that_state_a_fact_expect_nothing(quiet) -> None:
    told = stated_table(RULES, replay(RULES, quiet)).set_index("rule")["expected_share"]
    assert np.isnan(told["feed"])
    assert told.drop("feed").between(0, 1 / 200, inclusive="right").sum() >= 3
    assert stated_table(RULES)["expected_share"].isna().all()  # without a look nothing is known of limits


def test_rules_state_their_run_length_in_looks_and_by_the_calendar() -> None:
    day = monthly("approval", name="daily") | {"period": "day", "false_alarm": "once in 60 looks"}
    table = stated_table(rules(monthly("approval"), day, {"kind": "stale_feed", "name": "feed"}))
    assert table["every"].tolist() == ["16.7 years", "60 days", "states a fact"]  # 200 months; 60 days
    assert table["a_month"].tolist()[:2] == pytest.approx([1 / 200, 365.25 / 12 / 60])


def test_all_rules_together_expect_the_sum_of_their_false_alarms() -> None:
    drift = monthly("drift", name="moved", of="features", q=0.05)
    assert rules(monthly("approval"), drift).alarms_a_month == pytest.approx(1 / 200 + 1 / 20)


def test_rules_that_were_never_evaluated_are_told_with_the_reason(moved) -> None:
    told = tables.silent(replay(RULES, moved))
    assert told.to_numpy().tolist() == [["feed", "feeds were not looked at"]]


def test_what_the_rules_cannot_see_is_said_by_what_they_said(reference, quiet) -> None:
    later = [month("2026-01"), month("2026-02", bad=0.3), month("2026-03"), month("2026-04")]
    changed = history(reference, later)
    assert unseen(RULES, replay(RULES, changed)).endswith(
        "The rule vintage signalled first, at the end of 2026-03. At that look free, which reads PDs alone, was quiet."
    )
    assert unseen(RULES, replay(RULES, quiet)).endswith("were evaluated, and none of them signalled.")
    blind = rules(monthly("label_free", name="free"))
    assert unseen(blind, replay(blind, changed)).endswith("such a change would have gone unseen.")
