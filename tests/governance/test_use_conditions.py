"""Open checks propose conditions by one fixed table, and none is left without an answer."""

from pathlib import Path

from riskbench.core.evidence import Evidence
from riskbench.core.thresholds import Threshold, Thresholds
from riskbench.governance.use_conditions import ANSWERS, checks_by_theme, proposed_conditions, unanswered_check

LIMIT = Threshold(key="k", direction="at_least", green=0.7, amber=0.6, basis="convention", source="x")


def checks(**statuses: str) -> dict[str, Evidence]:
    found = {}
    for name, status in statuses.items():
        id_ = name.replace("__", ".")
        value = None if status == "not_evaluated" else 0.5
        more = {"status": status, "threshold": LIMIT}
        found[id_] = Evidence(id=id_, stage=id_.split(".")[0], kind="check", title="t", value=value, **more)
    return found


OPEN = checks(
    validation__champion__auc__test="red",
    validation__champion__auc__out_of_time="red",
    fairness__sex__joint_proxy__test="amber",
    monitoring__score__psi__newest_month="green",
    validation__grade_1__jeffreys__test="not_evaluated",
)


def test_checks_that_ask_for_the_same_share_a_condition_and_the_worst_stands_first():
    table = proposed_conditions(OPEN)
    assert table.status.tolist() == ["red", "amber", "not_evaluated"]
    assert table.evidence[0] == "validation.champion.auc.test, validation.champion.auc.out_of_time"


def test_a_failing_check_asks_for_more_than_one_to_be_watched():
    failing = proposed_conditions(checks(fairness__sex__joint_proxy__test="red")).condition[0]
    assert failing != proposed_conditions(OPEN).condition[1]


def test_a_bundle_that_decides_otherwise_is_no_loss_of_profit():
    told = proposed_conditions(checks(policy__bundle__differences="red")).condition[0]
    assert "bundle is not approved" in told
    assert "profit" not in told


def test_an_unknown_check_is_answered_as_well():
    table = proposed_conditions(checks(elsewhere__thing__measured="red"))
    assert table.theme.tolist() == ["other"]


def test_what_was_not_evaluated_is_open_in_its_theme_and_never_met():
    row = checks_by_theme(OPEN).set_index("theme").loc["calibration"]
    assert (row.meets, row.not_evaluated, row.evidence) == (0, 1, "validation.grade_1.jeffreys.test")


def test_one_condition_answers_all_that_was_not_evaluated():
    unknown = checks(validation__champion__auc__test="not_evaluated", fairness__sex__gap__test="not_evaluated")
    table = proposed_conditions(unknown)
    assert table.theme.tolist() == ["not evaluated"]
    assert table.evidence[0] == "validation.champion.auc.test, fairness.sex.gap.test"
    assert unanswered_check(unknown, table.iloc[1:], Thresholds()).estimate.value == 2


def test_the_proof_rings_where_a_condition_was_taken_out_of_the_table():
    whole = proposed_conditions(OPEN)
    assert unanswered_check(OPEN, whole, Thresholds()).status == "green"
    left_out = unanswered_check(OPEN, whole.iloc[1:], Thresholds())
    assert (left_out.estimate.value, left_out.status) == (2, "red")  # both checks of the condition


def test_a_run_without_open_checks_proposes_nothing():
    assert proposed_conditions({}).empty
    assert checks_by_theme({}).empty


def test_every_answer_but_the_last_names_a_stage():
    known = {path.stem.split("_", 1)[1] for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb")}
    named = {pattern.split(".")[0] for answer in ANSWERS[:-1] for pattern in answer.patterns}
    assert named <= known
    assert ANSWERS[-1].patterns == ("*",)
