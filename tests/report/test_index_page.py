import datetime as dt
import re

import pytest

from riskbench.core.evidence import Evidence, Input, Table
from riskbench.core.thresholds import Threshold
from riskbench.governance.registry.records import Condition, Finding, RiskException, Verification, Version
from riskbench.governance.signing.signature import Signature
from riskbench.governance.standing import Standing
from riskbench.report.evidence_page import render_evidence
from riskbench.report.index_page import RunSummary, first_sentence, render_index
from riskbench.report.layout import Dossier, Page
from riskbench.report.verdict import verdict

DOSSIER = Dossier(
    [Page("scorecard", "Scorecard"), Page("policy", "Policy"), Page("fairness", "Fairness", made=False)],
    run="micro-1",
    synthetic=True,
)
LIMIT = Threshold(
    key="k", direction="at_least", green=0.7, amber=0.6, basis="convention", source="x", override_reason="thin <files>"
)


def check(name, status, value=0.5, **fields):
    given = {"stage": "scorecard", "kind": "check", "title": name.title(), "threshold": LIMIT} | fields
    return Evidence(id=f"{given['stage']}.{name}.auc.test", value=value, status=status, **given)


CHECKS = [
    check("good", "green", 0.772, lower=0.760, upper=0.784, level=0.95, n=14037, method="DeLong", source="Siddiqi",
          inputs=[Input(table="features", sha256="ab" * 32)], cell="roc", dims={"sample": "test"}, p_value=0.04),
    check("late", "not_evaluated", None, reason="one class only"),
    check("weak", "amber", 0.65),
    check("bad", "red", 0.51),
]  # fmt: skip
TEXTS = [
    Evidence(
        id="scorecard.page.conclusion", stage="scorecard", kind="text", title="Conclusion", value="It <b>ranks</b>."
    ),
    Evidence(id="scorecard.page.note", stage="scorecard", kind="text", title="Note", value="<b>plain</b>"),
    Evidence(
        id="scorecard.page.key_figures",
        stage="scorecard",
        kind="table",
        title="Key figures",
        value=Table(columns=["id"], rows=[["scorecard.good.auc.test"]]),
    ),
]
SUMMARY = RunSummary(
    study_name="micro",
    study_title="Micro-loans",
    created=dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC),
    facts=[("Data", "loans.parquet <sha>")],
    more=[("Limitations", "young"), ("Limitations", "small")],
    decisions=["Whether the card may decide."],
    default_definition=["90 days past due."],
    appendices=[("Drift report", "appendix/drift.html")],
)
WHOLE = Dossier([Page("scorecard", "Scorecard"), Page("policy", "Policy")], run="micro-1")
NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
VERSION = Version(
    model="micro", number=3, run="micro-1", manifest_sha256="0" * 64, registered=NOON, registered_by="li",
    state="approved", expires=dt.date(2027, 11, 20), conditions=[Condition(text="New loans only.")],
)  # fmt: skip


def index(summary=SUMMARY, evidence=(*CHECKS, *TEXTS), dossier=DOSSIER, standing=None):
    return render_index(summary, dossier, evidence, standing or Standing())


def one_page(html):
    return html[html.index('<section class="one-page"') : html.index('<section class="after">')]


def signed(role, person, problem=""):
    acts = {"modeller": "development", "validator": "validation", "approver": "approval"}
    return Signature(person, role, acts[role], "micro-1", "0" * 64, NOON, "k" * 64, "", problem)


@pytest.mark.parametrize(
    ("statuses", "sentence"),
    [
        (["green"], "The one check meets its limit."),
        (["red"], "The one check fails."),
        (["green"] * 3, "All 3 checks meet their limits."),
        (["amber"] * 2, "Of 2 checks, 2 are to be watched."),
        (["green", "red", "red"], "Of 3 checks, 2 fail and 1 meets its limit."),
        (
            ["red", "amber", "not_evaluated", "green"],
            "Of 4 checks, 1 fails, 1 is to be watched, 1 was not evaluated and 1 meets its limit.",
        ),
    ],
)
def test_the_verdict_counts_the_checks_the_worst_first(statuses, sentence):
    assert verdict([check("a", status) for status in statuses]) == sentence


def test_the_summary_answers_before_it_explains():
    html = index()
    parts = ["<h1>Micro-loans</h1>", "Synthetic data.", "Whether the card may decide.", "Recommended by rule",
             "Of 4 checks, 1 fails", "What matters most", "Conditions", "Signed by", "riskbench verify reports/micro-1",
             "Contents", "The rule of the recommendation", "Appendices"]  # fmt: skip
    places = [html.index(part) for part in parts]
    assert places == sorted(places)


def test_a_real_portfolio_is_not_called_synthetic():
    html = index(evidence=[], dossier=Dossier([], "micro-1"))
    assert "ynthetic data" not in html
    assert "No check was recorded." in html


def test_the_recommendation_names_its_rule_and_leaves_the_decision_to_a_person():
    page = one_page(index(evidence=[CHECKS[0]], dossier=WHOLE))
    assert "Recommended by rule R3: <strong>approve</strong>" in page
    assert "A rule recommends; a person decides, and signs." in page


def test_a_run_without_all_stages_is_not_recommended_and_says_which_are_absent():
    page = one_page(index(evidence=[CHECKS[0]]))
    assert "Recommended by rule R1: <strong>do not approve</strong>" in page
    assert "Not run: Fairness." in page


def test_at_most_five_findings_stand_on_the_one_page_the_heaviest_first():
    failing = [check(name, "red") for name in ("aa", "bb", "cc", "dd", "ee")]
    heavy = check("champion", "red", stage="validation")
    table = one_page(index(evidence=[*failing, heavy]))
    assert table.index("Champion") < table.index("Aa") < table.index("Dd")
    assert "Ee" not in table


def test_a_finding_is_told_with_its_weight_its_sample_and_why_it_matters():
    table = one_page(index())
    assert "</span><small>low</small>" in table
    assert (
        "<small>Test. By rule: the limit rests on a convention, and scorecard judges how the model was made.</small>"
        in table
    )


def test_an_open_finding_without_a_check_matters_too():
    finding = Finding(id="F-0001", model="micro", title="Papers lack", severity="high", raised_by="wang", state="open",
                      severity_because="nobody can tell")  # fmt: skip
    page = one_page(index(evidence=[CHECKS[0]], dossier=WHOLE, standing=Standing(findings=[finding])))
    assert '<a href="findings.html">Papers lack</a><small>Finding F-0001. Nobody can tell.</small>' in page


def test_an_exception_in_force_is_said_beside_what_it_sets_aside():
    exception = RiskException(id="E-0001", model="micro", about="scorecard.bad.auc.test", because="time",
                              requested_by="li", granted_by="wu", expires=dt.date(2027, 1, 1), state="granted")  # fmt: skip
    page = one_page(index(dossier=WHOLE, standing=Standing(exceptions=[exception])))
    assert "exception E-0001 is in force until 2027-01-01" in page


def test_when_every_check_meets_its_limit_the_summary_says_so():
    assert "Nothing is open: every check meets its limit." in index(evidence=[CHECKS[0]], dossier=WHOLE)


def test_a_key_figure_that_the_run_lacks_is_not_evaluated_and_never_absent():
    assert one_page(index()).count('<dd class="value missing">') == 5


def test_nobody_has_signed_a_run_that_was_just_made():
    page = one_page(index())
    assert "modeller: nobody; validator: nobody; approver: nobody." in page
    assert "This run is not registered as a version of a model." in page


def test_who_signed_the_version_its_conditions_and_its_expiry_are_told():
    standing = Standing(
        version=VERSION, versions=[VERSION], signatures=[signed("modeller", "li"), signed("approver", "wu")]
    )
    page = one_page(index(standing=standing))
    assert "Version 3 of micro, approved." in page
    assert "The approval ends on 20 November 2027." in page
    assert "<li>New loans only.</li>" in page
    assert re.search(r'<a href="signatures.html">wu</a> on 21 November 2026', page)


def test_an_approval_against_the_recommendation_is_said_beside_it():
    standing = Standing(version=VERSION, signatures=[signed("approver", "wu")])
    page = one_page(index(standing=standing))  # a stage was not run: the rule recommends not to approve
    assert page.index("do not approve") < page.index("Decided and signed: <strong>approved with conditions</strong>")
    assert "against the recommendation. No reason is recorded with the signature." in page
    assert "against the recommendation" not in one_page(index(dossier=WHOLE, evidence=CHECKS[:1], standing=standing))


def test_a_run_that_nobody_approved_says_so():
    assert "Nobody has approved this yet." in one_page(index(standing=Standing(version=VERSION)))


def test_who_signs_twice_on_a_day_is_named_once():
    twice = Standing(version=VERSION, signatures=[signed("approver", "wu")] * 2)
    assert one_page(index(standing=twice)).count(">wu</a> on 21 November 2026") == 1


def test_conditions_beyond_the_fourth_are_counted_and_never_dropped_unseen():
    many = VERSION.model_copy(update={"conditions": [Condition(text=f"Condition {i}.") for i in range(6)]})
    page = one_page(index(standing=Standing(version=many)))
    assert page.count("<li>") == 4
    assert "these conditions, and 2 more" in page


def test_a_signature_that_does_not_hold_is_nobody_s():
    page = one_page(index(standing=Standing(version=VERSION, signatures=[signed("approver", "wu", "key expired")])))
    assert "approver: nobody" in page


@pytest.mark.parametrize(("differing", "said"), [([], "all 7 figures match"), (["auc"], "it does not hold")])
def test_the_newest_re_performance_is_told_with_its_outcome(differing, said):
    seen = Verification(run="micro-1", manifest_sha256="0" * 64, by="wang", at=NOON, seconds=1, python="3.11",
                        system="Linux", files=3, figures=7, differing=differing)  # fmt: skip
    assert said in one_page(index(standing=Standing(verifications=[seen])))


def test_conditions_that_the_run_proposes_are_called_proposed():
    table = Table(columns=["theme", "condition"], rows=[["level", "Calibrate again."], ["level", "Calibrate again."]])
    proposed = Evidence(id="governance.conditions.proposed", stage="governance", kind="table", title="C", value=table)
    page = one_page(index(evidence=[*CHECKS, proposed]))
    assert page.count("<li>Calibrate again.</li>") == 1
    assert "nothing is approved yet" in page


def test_facts_of_one_label_stand_together():
    assert "<dt>Limitations</dt><dd>young</dd><dd>small</dd>" in index()


def test_the_day_is_told_in_words():
    assert "Run of 20 November 2026, 09:30 UTC." in index()


def test_the_contents_give_each_page_one_sentence_and_its_counts():
    html = index()
    found = html[html.index("Contents</h2>") : html.index("The rule of the recommendation")]
    for text in ('<a href="scorecard.html">', "It <b>ranks</b>.", "fails 1</span>", "meets 1</span>",
                 "This stage recorded no conclusion.", "Not run: Fairness.", '<a href="signatures.html">'):  # fmt: skip
        assert text in found


@pytest.mark.parametrize(
    ("html", "first"),
    [
        ("One. Two.", "One."),
        ("No stop", "No stop"),
        ("AUC is 0.74 by <a>test. So</a> far. Next.", "AUC is 0.74 by <a>test. So</a> far."),
        ("A <b>b.</b> C. D.", "A <b>b.</b> C."),
        ("", ""),
    ],
)
def test_a_conclusion_is_cut_after_its_first_sentence_and_never_inside_a_tag(html, first):
    assert first_sentence(html) == first


def test_facts_are_escaped():
    assert "loans.parquet &lt;sha&gt;" in index()


def test_no_word_of_a_light_reaches_the_reader():
    shown = re.sub(r"<style>.*?</style>|<[^>]*>", " ", index(), flags=re.DOTALL)
    assert not re.search(r"\b(green|amber|red)\b", shown)


def test_every_link_of_the_summary_leads_to_a_row():
    everything = [*CHECKS, *TEXTS]
    targets = set(re.findall(r'evidence\.html#(e-[^"]+)"', index()))
    assert targets
    assert targets <= set(re.findall(r'id="(e-[^"]+)"', render_evidence(everything, DOSSIER)))
