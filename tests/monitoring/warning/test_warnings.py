"""The file of rules: every mistake is refused with its line and its key, all of them at once."""

import re
from pathlib import Path

import pandas as pd
import pytest

from riskbench.core.errors import StudyError
from riskbench.data.drafting import Request, draft_study
from riskbench.data.study import load_study
from riskbench.monitoring.warning.warnings import load_warnings

STUDIES = Path(__file__).parents[3] / "data"
NAMES = sorted(path.parent.name for path in STUDIES.glob("*/warnings.yaml"))
WHOLE = """\
schema_version: 1
rules:
  - name: approved
    kind: approval
    severity: warning
    period: month
    segments: [channel]
    false_alarm: once in 120 looks
    advice: look
  - name: drifted
    kind: drift
    severity: alarm
    of: features
    period: month
    features: [burden]
    q: 0.05
    advice: look
  - name: stopped
    kind: stale_feed
    severity: alarm
    feeds: [bureau]
    older_than: 2d
    advice: look
  - name: ring
    kind: velocity
    severity: alarm
    by: device
    within: 1d
    at_least: 5
    advice: look
  - name: risky
    kind: high_risk_application
    severity: notice
    hits: [shared_device]
    advice: look
  - name: young
    kind: early_outcomes
    severity: alarm
    period: month
    ages: [fpd, "3"]
    within: 120d
    false_alarm: once in 60 looks
    advice: look
  - name: fair
    kind: disparity
    severity: alarm
    period: month
    attribute: sex
    at_least: 0.8
    false_alarm: once in 60 looks
    advice: look
"""
FAULTS = [
    ("kind: approval", "kind: aproval", 4, "rules.0.kind: no aproval is known; did you mean approval?"),
    ("    kind: approval\n", "", 3, "rules.0.kind: this key is missing"),
    (
        "period: month\n    segments",
        "period: monthly\n    segments",
        6,
        "must be day, week or month, got the text monthly",
    ),
    ("severity: warning", "severity: loud", 5, "must be notice, warning or alarm, got the text loud"),
    ("once in 120 looks", "120", 8, "rules.0.false_alarm: must be a text"),
    ("once in 120 looks", "once in 1 looks", 8, "once in N looks, N a whole number from 2 up, got once in 1 looks"),
    ("segments: [channel]", "segments: [chanel]", 7, "no segment chanel; did you mean channel?"),
    ("q: 0.05", "false_alarm: once in 20 looks", 13, "drift of the features states how often it rings by q"),
    ("q: 0.05", "q: 5", 16, "must be below 0.5, got 5"),
    ("features: [burden]", "features: [burdn]", 15, "no feature burdn; did you mean burden?"),
    ("features: [burden]", "without: [burdn]", 15, "no feature burdn; did you mean burden?"),
    ("q: 0.05", "q: 0.05\n    without: [burden]", 17, "two ways to say the same"),
    ("feeds: [bureau]", "feeds: [buro]", 21, "no feed buro; did you mean bureau?"),
    ("older_than: 2d", "older_than: two days", 22, "a whole number and m, h or d, as in 30m, 6h or 2d, got two days"),
    ("at_least: 5", "at_lest: 5", 29, "rules.3.at_lest: no such key is known here; did you mean at_least?"),
    ("at_least: 5", "at_least: 1", 29, "must be at least 2, got 1"),
    ("hits: [shared_device]", "hits: [shared]", 34, "no rule of the policy shared; did you mean shared_device?"),
    ("    hits: [shared_device]\n", "", 32, "it asks for nothing. What to do: give score_below, pd_above or hits"),
    ('ages: [fpd, "3"]', 'ages: [fpd, "9"]', 40, "there is no age 9: it is fpd, a month on book from 1 to 6, or final"),
    ("attribute: sex", "attribute: gender", 48, "there is no protected attribute gender; known are sex"),
    ("name: drifted", "name: approved", 10, r"another rule is called approved \(see line 3\)"),
    ("name: drifted", "name: Has Drifted", 10, "should match pattern"),
    ("rules:\n", "rules:\n  - *r\n", 3, "points elsewhere"),
]


def text(tmp_path: Path, content: str) -> Path:
    """The file beside copies of what it is held against."""
    for name in ("study.toml", "policy.yaml", "feeds.toml"):
        (tmp_path / name).write_bytes((STUDIES / "microloan" / name).read_bytes())
    path = tmp_path / "warnings.yaml"
    path.write_text(content, "utf-8")
    return path


def test_the_whole_file_is_taken(tmp_path) -> None:
    path = text(tmp_path, WHOLE)
    warnings = load_warnings(path, load_study(tmp_path / "study.toml"))
    assert [rule.kind for rule in warnings.rules][:3] == ["approval", "drift", "stale_feed"]


@pytest.mark.parametrize(("right", "wrong", "line", "words"), FAULTS, ids=[case[3][:40] for case in FAULTS])
def test_each_mistake_is_told_with_its_line(tmp_path, right, wrong, line, words) -> None:
    assert right in WHOLE
    path = text(tmp_path, WHOLE.replace(right, wrong, 1))
    with pytest.raises(StudyError) as refused:
        load_warnings(path, load_study(tmp_path / "study.toml"))
    assert re.search(rf"warnings\.yaml, line {line}\b.*{words}", str(refused.value), re.MULTILINE), str(refused.value)


def test_all_mistakes_are_told_at_once(tmp_path) -> None:
    path = text(tmp_path, WHOLE.replace("[channel]", "[chanel]").replace("[bureau]", "[buro]"))
    with pytest.raises(StudyError) as refused:
        load_warnings(path, load_study(tmp_path / "study.toml"))
    assert len(str(refused.value).splitlines()) == 2


def test_stable_months_stand_in_order(tmp_path) -> None:
    stable = 'stable: {first: "2026-05", last: "2026-03", because: quiet}\nrules:'
    with pytest.raises(StudyError, match=r"stable\.last: it must not lie before first, 2026-05, got 2026-03"):
        load_warnings(text(tmp_path, WHOLE.replace("rules:", stable)))


@pytest.mark.parametrize("name", NAMES)
def test_the_rules_of_every_study_hold_against_it(name) -> None:
    study = load_study(STUDIES / name / "study.toml")
    warnings = load_warnings(STUDIES / name / "warnings.yaml", study)
    assert 0 < warnings.alarms_a_month < 0.2  # at most a false alarm in five months


def test_every_study_of_the_project_has_rules() -> None:
    assert len(NAMES) == len(list(STUDIES.glob("*/policy.yaml"))) == 5


def test_the_draft_of_a_new_study_holds_against_it(tmp_path) -> None:
    rows = [(i, f"2025-{1 + i % 12:02d}-11", 20 + i % 50, "FM"[i % 2], int(i % 7 == 0)) for i in range(400)]
    frame = pd.DataFrame(rows, columns=["loan_id", "decided_on", "age_of_account", "gender", "bad"])
    frame.to_csv(tmp_path / "loans.csv", index=False)
    draft = draft_study(tmp_path / "data", "mine", tmp_path / "loans.csv", Request("bad", date="decided_on"))
    warnings = load_warnings(draft.folder / "warnings.yaml", load_study(draft.folder / "study.toml"))
    assert "approval_by_gender" in [rule.name for rule in warnings.rules]
