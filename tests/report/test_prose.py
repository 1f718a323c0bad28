import re

import pytest

from riskbench.core.evidence import Evidence
from riskbench.core.status import SHAPES, status_word
from riskbench.core.thresholds import Threshold
from riskbench.report.prose import anchor, prose, status_html

AUC = Threshold(key="auc", direction="at_least", green=0.65, amber=0.60, basis="convention", source="x")


def evidence(value=0.77231, **fields):
    given = {"stage": "validation", "kind": "estimate", "title": "AUC, test"} | fields
    return Evidence(id="validation.champion.auc.test", value=value, **given)


def test_every_status_is_told_by_shape_and_word():
    shown = {status: status_word(status) for status in SHAPES}
    assert shown["green"] == "● meets"
    assert shown["information"] == status_html("information") == ""
    assert len(set(SHAPES.values())) == len(SHAPES)


def test_prose_links_the_value_with_its_interval():
    html = prose("The AUC is {auc} on test.", {"auc": evidence(lower=0.7601, upper=0.7842, method="DeLong", n=14037)})
    assert 'href="evidence.html#e-validation.champion.auc.test" title="AUC, test, DeLong, n = 14,037">0.772<' in html
    assert '</a> <span class="interval">(0.760–0.784)</span> on test.' in html


def test_prose_gives_value_interval_n_and_status_on_their_own():
    e = evidence(lower=0.7601, upper=0.7842, n=400, threshold=AUC, status="green")
    html = prose("{a:value}|{a:interval}|{a:n}|{a:status}", {"a": e})
    value, interval, n, status = html.split("|")
    assert "interval" not in value
    assert [re.sub("<[^>]+>", "", told) for told in (interval, n)] == ["0.760 to 0.784", "400"]
    assert all(f'href="{anchor(e.id)}"' in told for told in (value, interval, n))
    assert "●" in status
    assert "meets" in status


def test_prose_escapes_its_template_and_the_evidence():
    html = prose("<b>&{t}", {"t": evidence("<script>", title='"x"')})
    assert html.startswith("&lt;b&gt;&amp;<a ")
    assert "&lt;script&gt;" in html
    assert "&quot;x&quot;" in html


def test_prose_says_why_a_figure_is_missing():
    assert "not evaluated (one class only)" in prose("{a:value}", {"a": evidence(None, reason="one class only")})


def test_prose_refuses_a_name_it_was_not_given():
    with pytest.raises(ValueError, match="only name evidence that it was given \\(auc\\), got 'gini'"):
        prose("{gini}", {"auc": evidence()})


def test_prose_refuses_a_form_it_does_not_know():
    with pytest.raises(ValueError, match=r"knows the forms value, interval, n and status, got \{auc:mean\}"):
        prose("{auc:mean}", {"auc": evidence()})
