"""The monitoring plan says the limits in force, and where this run stands against them."""

from riskbench.core.evidence import Evidence
from riskbench.core.thresholds import Override, Thresholds
from riskbench.governance.use_monitoring import ALWAYS, PLAN, follows, monitoring_plan, stop_triggers


def auc(sample: str, status: str) -> Evidence:
    id_ = f"validation.champion.auc.{sample}"
    return Evidence(id=id_, stage="validation", kind="check", title="AUC", value=0.6, status=status)


def test_a_limit_of_the_study_is_the_limit_of_the_plan():
    own = Thresholds({"validation.auc": Override(green=0.6, amber=0.55, reason="thin files")})
    plan = monitoring_plan({}, own).set_index("watched")
    assert plan.limit["AUC"].replace("\N{NO-BREAK SPACE}", " ") == "≥ 0.6, watch ≥ 0.55"


def test_the_worst_check_of_its_kind_stands_beside_the_line():
    evidence = {e.id: e for e in (auc("development", "green"), auc("test", "red"))}
    plan = monitoring_plan(evidence, Thresholds()).set_index("watched")
    assert plan.evidence["AUC"] == "validation.champion.auc.test"
    stops = stop_triggers(evidence, Thresholds()).set_index("trigger")
    assert stops.status["AUC"] == "red"


def test_a_study_without_dates_has_the_whole_plan_and_no_reading_yet():
    plan = monitoring_plan({}, Thresholds())
    assert len(plan) == len(PLAN)
    assert (plan.evidence == "").all()


def test_a_tampered_run_and_an_expired_approval_stop_the_model_whatever_is_watched():
    assert len(stop_triggers({}, Thresholds())) == sum(bool(w.stops) for w in PLAN) + len(ALWAYS)


def test_every_line_says_who_acts_and_what_follows():
    assert all(w.acts and w.then and w.every for w in PLAN)


def test_what_follows_is_said_of_checks_that_miss_their_limit_alone():
    assert follows([auc("test", "green")]).empty
    assert follows([auc("test", "red")])[["watched", "status"]].to_numpy().tolist() == [["AUC", "red"]]


def test_a_check_without_a_figure_asks_for_nothing_yet():
    assert follows([auc("test", "not_evaluated")]).what_follows.tolist() == ["its first reading is still to come"]
