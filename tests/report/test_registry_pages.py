"""The pages of findings, re-performance and signatures, as the registry stands."""

import datetime as dt

import pytest

from riskbench.core.evidence import Evidence
from riskbench.core.thresholds import Threshold
from riskbench.governance.registry.records import Finding, Model, Review, RiskException, Step, Verification, Version
from riskbench.governance.signing.signature import Signature
from riskbench.governance.standing import Standing
from riskbench.report.findings_page import render_findings
from riskbench.report.index_page import RunSummary
from riskbench.report.layout import Dossier, Page
from riskbench.report.reperformance_page import render_reperformance
from riskbench.report.signatures_page import render_signatures

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
DAY, LATER = dt.date(2026, 11, 20), dt.date(2027, 3, 31)
DOSSIER = Dossier([Page("validation", "Validation")], run="micro-1")
SUMMARY = RunSummary("micro", "Micro-loans", NOON, cached=["intake (executed in micro-0)"])
LIMIT = Threshold(key="validation.auc", direction="at_least", green=0.7, amber=0.6, basis="convention", source="x")
FAILING = Evidence(id="validation.champion.auc.test", stage="validation", kind="check", title="AUC <low>", value=0.5,
                   status="red", threshold=LIMIT, tolerance=0)  # fmt: skip
HASH = "ab" * 32


def step(after, before="", by="li", because="it begins"):
    return Step(at=NOON, by=by, before=before, after=after, because=because)


def version(**fields):
    given = {"model": "micro", "number": 2, "run": "micro-1", "manifest_sha256": HASH, "registered": NOON}
    return Version(**given | {"registered_by": "li", "history": [step("candidate")]} | fields)


def finding(**fields):
    given = {"id": "F-0001", "model": "micro", "version": 2, "title": "PDs <low>", "severity": "high"}
    return Finding(**given | {"raised_by": "wang", "state": "open", "owner": "li", "due": LATER} | fields)


def exception(**fields):
    given = {"id": "E-0001", "model": "micro", "about": "F-0001", "because": "time", "requested_by": "li"}
    return RiskException(**given | {"expires": LATER, "state": "granted", "granted_by": "wu"} | fields)


def verification(**fields):
    given = {"run": "micro-1", "manifest_sha256": HASH, "by": "wang", "at": NOON, "seconds": 70, "python": "3.11"}
    return Verification(**given | {"system": "Linux", "files": 61, "figures": 488} | fields)


def signature(person="li", role="modeller", act="development", **fields):
    return Signature(person, role, act, "micro-1", HASH, NOON, "0123456789abcdef" * 4, "", **fields)


def page(render, standing=None, evidence=(FAILING,)):
    return render(SUMMARY, DOSSIER, evidence, standing or Standing())


@pytest.mark.parametrize(
    ("render", "said", "to_do"),
    [
        (render_findings, "the run was not registered", "riskbench inventory register reports/micro-1"),
        (render_reperformance, "nobody had performed the run again", "riskbench verify reports/micro-1"),
        (render_signatures, "nobody had signed this run", "riskbench sign reports/micro-1"),
    ],
)
def test_a_run_that_was_just_made_says_what_there_is_not_yet_and_what_to_do(render, said, to_do):
    html = page(render)
    assert said in html
    assert to_do in html


def test_a_check_that_fails_and_has_no_finding_is_named():
    html = page(render_findings)
    assert "Checks that fail and have no finding yet" in html
    assert '<a href="evidence.html#e-validation.champion.auc.test">AUC &lt;low&gt;</a>' in html
    answered = Standing(version=version(), findings=[finding(evidence=FAILING.id)])
    assert "have no finding yet" not in page(render_findings, answered)


def test_findings_are_counted_and_those_that_weigh_come_first():
    done = finding(id="F-0002", title="Papers", state="closed")
    late = finding(id="F-0003", title="Drift", severity="low", state="draft", due=DAY - dt.timedelta(3))
    html = page(render_findings, Standing(version=version(), findings=[done, late, finding()]))
    assert (
        "2 of 3 findings weigh against the model: 1 of high severity, 1 drafts that nobody has confirmed yet, 1 overdue."
        in html
    )
    assert html.index("PDs &lt;low&gt;") < html.index("Drift") < html.index("Papers")
    assert "overdue by 3 days" in html


@pytest.mark.parametrize(
    ("expires", "said"), [(LATER, "in force until 2027-03-31"), (DAY - dt.timedelta(1), "it counts no more")]
)
def test_an_exception_says_whether_it_is_in_force(expires, said):
    assert said in page(render_findings, Standing(version=version(), exceptions=[exception(expires=expires)]))


def test_the_change_log_holds_every_step_of_every_record():
    model = Model(id="micro", title="Micro", study="micro", owner="li", purpose="p", tier=2, tier_because=["small"],
                  history=[step("proposed", because="it is needed")])  # fmt: skip
    moved = finding(history=[step("open", "draft", "wang", "seen by two"), step("open", "open", "li", "another owner")])
    html = page(render_findings, Standing(model=model, version=version(), versions=[version()], findings=[moved]))
    for text in ("it is needed", "new → candidate", "draft → open", "seen by two", "another owner"):
        assert text in html


def test_a_review_says_what_when_and_whether_it_is_late():
    review = Review(model="micro", kind="annual", due=DAY - dt.timedelta(1), what="The whole model")
    html = page(render_findings, Standing(version=version(), reviews=[review]))
    assert "19 November 2026<small>overdue</small>" in html


def test_a_re_performance_that_holds_is_told_with_its_figures():
    html = page(render_reperformance, Standing(verifications=[verification()]))
    assert "all 488 figures match" in html
    assert "in 70 s" in html


def test_what_did_not_hold_is_listed_by_file_and_figure():
    broken = verification(broken={"evidence.json": "changed"}, differing=[f"figure {i}" for i in range(25)])
    html = page(render_reperformance, Standing(verifications=[verification(), broken]))
    assert "and it does not hold" in html
    assert "<code>evidence.json</code>: changed" in html
    assert "figure 19" in html
    assert "figure 20" not in html
    assert "and 5 more figures" in html


@pytest.mark.parametrize(
    ("tolerance", "meaning"), [(0, "exact"), (1e-9, "last digits"), (0.02, "drawn anew by another seed")]
)
def test_every_tolerance_is_explained(tolerance, meaning):
    assert meaning in page(render_reperformance, evidence=[FAILING.model_copy(update={"tolerance": tolerance})])


def test_stages_from_the_cache_are_named_and_what_re_performance_cannot_find_is_said():
    html = page(render_reperformance)
    assert "intake (executed in micro-0)" in html
    assert "What it does not find" in html


def test_a_signature_is_told_with_who_what_when_and_its_key():
    standing = Standing(version=version(), signatures=[signature()], ledger_head="cd" * 32)
    html = page(render_signatures, standing)
    assert "All 1 signatures hold." in html
    assert "<small>modeller</small>" in html
    assert "0123 4567 89ab cdef 0123 4567 89ab cdef" in html
    assert "20 November 2026, 12:00 UTC" in html
    assert f"<code>{HASH}</code>" in html
    assert f"<code>{'cd' * 32}</code>" in html


def test_a_signature_that_does_not_hold_comes_first_and_says_why():
    standing = Standing(signatures=[signature(), signature("wu", "approver", "approval", problem="key expired")])
    html = page(render_signatures, standing)
    assert "1 of 2 signatures do not hold. Do not rely on this dossier" in html
    assert "<small>key expired</small>" in html


def test_what_was_altered_is_named_by_file():
    html = page(render_signatures, Standing(signatures=[signature()], problems={"evidence.json": "changed <since>"}))
    assert "<code>evidence.json</code>: changed &lt;since&gt;" in html


@pytest.mark.parametrize(
    ("expires", "said"), [(LATER, "The approval ends on 31 March 2027."), (DAY - dt.timedelta(1), "The approval ended")]
)
def test_an_approval_says_until_when_it_holds(expires, said):
    assert said in page(render_signatures, Standing(version=version(state="approved", expires=expires)))


def test_the_newest_stop_or_promotion_says_whether_the_version_is_in_use():
    moves = [signature("wu", "approver", "promotion"), signature("wang", "validator", "stop")]
    html = page(render_signatures, Standing(version=version(state="stopped"), signatures=moves))
    assert "the version is stopped: signed by wang" in html


def test_there_is_a_line_for_each_role_to_sign_on_paper():
    html = page(render_signatures)
    for role in ("modeller", "validator", "approver"):
        assert f'<tr><th scope="row">{role}</th><td></td><td></td><td></td></tr>' in html
