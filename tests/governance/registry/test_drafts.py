import pytest

from riskbench.core.evidence import Evidence
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Override, Thresholds
from riskbench.governance.registry.drafts import draft, failing, mended, severity_of, still_there, told


def check(stage="validation", name="champion.auc.test", value=0.55, key="validation.auc", limits=None):
    limit = (limits or Thresholds())[key]
    return Evidence.of(
        stage, CheckResult(name, "Area under the ROC curve", Estimate(value, 0.5, 0.6, level=0.95), limit)
    )


@pytest.mark.parametrize(
    ("stage", "key", "severity"),
    [
        ("governance", "privacy.identifiers_found", "high"),
        ("validation", "validation.auc", "medium"),
        ("monitoring", "validation.auc", "medium"),
        ("challengers", "validation.auc", "low"),
        ("intake", "validation.auc", "low"),
    ],
)
def test_the_severity_follows_from_the_basis_of_the_limit_and_the_stage(stage, key, severity):
    value = 3 if key.startswith("privacy") else 0.5
    found, because = severity_of(check(stage, value=value, key=key))
    assert found == severity
    assert because.startswith("By rule: the limit rests on")


def test_only_checks_that_fail_open_a_draft():
    information = Evidence.of("validation", CheckResult("champion.gini.test", "Gini", Estimate(-1.0)))
    missing = check(name="champion.auc.out_of_time").model_copy(update={"value": None, "status": "not_evaluated"})
    assert failing([check(), information, missing, check(value=0.9)]) == [check()]


def test_a_draft_names_its_check_its_value_and_its_limit_in_words():
    made = draft(check(), "F-0007", "loans", 2, "loans-2")
    assert (made.title, made.evidence, made.state) == (
        "Area under the ROC curve",
        "validation.champion.auc.test",
        "draft",
    )
    assert (made.version, made.run, made.raised_by, made.owner) == (2, "loans-2", "riskbench", "")
    assert made.text.startswith("Found: 0.550 (95 % interval 0.500 to 0.600). Limit: ≥ 0.65, watch ≥ 0.6 (convention: ")


def test_a_limit_that_the_study_set_itself_is_told_with_its_reason():
    limits = Thresholds({"validation.auc": Override(green=0.7, amber=0.6, reason="thin files")})
    assert told(check(limits=limits)).endswith("The study sets it so itself: thin files.")


def test_the_finding_of_a_check_is_found_under_the_old_id_too_until_it_is_done_with():
    old = draft(check(), "F-0001", "loans", 1, "loans-1").model_copy(update={"evidence": "monitoring.score.psi.last"})
    assert still_there("monitoring.score.psi.newest_month", [old]) == old
    assert still_there("validation.champion.auc.test", [old]) is None
    for state in ("closed", "dismissed"):
        assert still_there("monitoring.score.psi.newest_month", [old.model_copy(update={"state": state})]) is None


def test_a_finding_whose_check_meets_its_limit_now_is_told():
    open_ = draft(check(), "F-0001", "loans", 1, "loans-1").model_copy(update={"state": "open"})
    assert mended([check(value=0.9)], [open_]) == [open_]
    assert mended([check()], [open_]) == []
    unknown = check().model_copy(update={"value": None, "status": "not_evaluated"})
    assert mended([unknown], [open_]) == []
    assert mended([check(value=0.9)], [open_.model_copy(update={"state": "closed"})]) == []
