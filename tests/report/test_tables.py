import re

import numpy as np
import pandas as pd
import pytest

from riskbench.core.evidence import Evidence
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Threshold
from riskbench.report.prose import anchor
from riskbench.report.tables import checks_table, html_table

BINS = pd.DataFrame({"bin": ["< 5", "5 <"], "n": [1200, 300], "bad_rate": [0.0812, 0.2], "iv": [0.1, np.nan]})


def cells(html):
    return re.findall(r"<t[dh](?: [^>]*)?>(.*?)</t[dh]>", html)


def test_units_stand_in_the_header_and_figures_are_aligned():
    html = html_table(BINS, "Bins", formats={"bad_rate": "%", "iv": ".3f"})
    assert '<th scope="col" class="number">bad rate <span class="unit">%</span></th>' in html
    assert cells(html)[4:] == ["&lt; 5", "1,200", "8.1", "0.100", "5 &lt;", "300", "20.0", "–"]


def test_a_table_has_a_caption_scopes_and_a_box_of_its_own():
    html = html_table(BINS, "Bins & more", note="Of development.")
    assert html.startswith('<div class="table-box" role="region" aria-label="Bins &amp; more" tabindex="0"><table>')
    assert "<caption>Bins &amp; more</caption><thead>" in html
    assert '<th scope="row">&lt; 5</th>' in html
    assert html.endswith('<p class="note">Of development.</p>')


def test_a_column_of_fractions_keeps_the_digits_of_its_largest_value():
    html = html_table(pd.DataFrame({"x": [12.3456, 0.5]}), "t")
    assert cells(html)[1:] == ["12.3", "0.5"]


@pytest.mark.parametrize("name", ["p", "p_value", "wald_p", "trend_p_value"])
def test_no_p_value_reads_zero(name):
    assert cells(html_table(pd.DataFrame({name: [3e-9, 0.001, 0.15731, None]}), "t"))[1:] == [
        "&lt;\u00a00.001",
        "0.001",
        "0.157",
        "–",
    ]


def test_a_column_may_be_told_to_hold_p_values_or_not_to():
    assert cells(html_table(pd.DataFrame({"x": [0.0]}), "t", formats={"x": "p"}))[1:] == ["&lt;\u00a00.001"]
    assert cells(html_table(pd.DataFrame({"p_value": [0.00004]}), "t", formats={"p_value": ".5f"}))[1:] == ["0.00004"]


def test_everything_in_a_table_is_escaped():
    html = html_table(pd.DataFrame({"<i>": ["<script>"]}), "<b>", note="<u>")
    assert not re.search(r"<(i|b|u|script)>", html)


def test_a_named_index_becomes_the_first_column():
    html = html_table(pd.DataFrame({"n": [1]}, index=pd.Index(["A"], name="grade")), "t")
    assert cells(html) == ["grade", "n", "A", "1"]


def test_dates_flags_months_and_gaps_read_plainly():
    frame = pd.DataFrame(
        {
            "on": [pd.Timestamp("2026-01-31"), pd.NaT],
            "open": [True, False],
            "month": pd.PeriodIndex(["2026-01", "2026-02"], freq="M"),
            "mixed": ["a", 0.25],
        }
    )
    assert cells(html_table(frame, "t"))[4:] == ["2026-01-31", "yes", "2026-01", "a", "–", "no", "2026-02", "0.250"]


def test_the_column_of_statuses_shows_shapes_and_words_unasked():
    html = html_table(pd.DataFrame({"check": ["AUC", "KS"], "status": ["green", "not_evaluated"]}), "t")
    assert "meets" in html
    assert "not evaluated" in html
    assert ">green<" not in html


def test_samples_and_headings_read_as_pages_call_them():
    frame = pd.DataFrame({"sample": ["out_of_time"], "mean_pd": [0.1], "lr_p_value": [0.2], "out_of_time": [3]})
    shown = re.sub(r" <span.*?</span>", "", html_table(frame, "t"))
    assert cells(shown)[:5] == ["sample", "mean PD", "LR p-value", "out-of-time", "out-of-time"]


def test_a_name_is_written_once_for_rows_that_share_it_and_each_row_still_has_it():
    html = html_table(pd.DataFrame({"feature": ["age", "age", "sex", "age"], "n": [1, 2, 3, 4]}), "t")
    names = re.findall(r'<th scope="row">(.*?)</th>', html)
    assert names == ["age", '<span class="again">age</span>', "sex", "age"]


def test_a_table_stands_closer_where_its_figures_need_more_room_than_a_page_has():
    # "123,456" takes 7 letters and its gap 3.5, a page has room for 125: 11 columns take 115.5, 12 take 126
    def closer(count):
        return "table-box close" in html_table(pd.DataFrame({f"v{i}": [123456.0] for i in range(count)}), "t")

    assert [closer(count) for count in (11, 12)] == [False, True]


def test_a_status_column_of_another_name_can_be_named():
    html = html_table(pd.DataFrame({"check": ["AUC"], "light": ["red"]}), "t", status_column="light")
    assert "■" in html
    assert "fails" in html


def test_a_format_for_a_column_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="must belong to a column of the table \\(bin, n, bad_rate, iv\\), got"):
        html_table(BINS, "t", formats={"badrate": "%"})


def test_an_empty_table_still_has_its_header_and_says_none():
    assert cells(html_table(BINS.iloc[:0], "t")) == ["bin", "n", 'bad rate <span class="unit">%</span>', "IV", "none"]


LIMIT = Threshold(key="k", direction="at_least", green=0.7, amber=0.6, basis="convention", source="x")
CHECKS = [
    CheckResult("a.auc.test", "Good", Estimate(0.772, 0.760, 0.784, level=0.95, n=14037), LIMIT),
    CheckResult("a.auc_thin", "Thin", Estimate.missing("<100 bads"), LIMIT),
    CheckResult("a.auc.out_of_time", "Bad", Estimate(0.51, n=90), LIMIT),
]


def test_checks_show_the_worst_first_with_value_interval_n_and_limit():
    html = checks_table(CHECKS)
    assert html.index("Bad") < html.index("Thin") < html.index("Good")
    for shown in ("0.772<small>(0.760–0.784)</small>", "14,037", "≥\u00a00.7<small>watch ≥\u00a00.6</small>"):
        assert shown in html
    assert "&lt;100 bads" in html
    assert "intervals at 95 %" in html


def test_what_is_for_information_has_neither_status_nor_limit_and_a_note_says_so():
    html = checks_table([*CHECKS, CheckResult("a.brier", "Brier score", Estimate(0.1))])
    assert cells(html)[-5:] == ["Brier score", "", "0.100", "", "–"]
    assert "Without a status: for information." in html
    assert "for information" not in checks_table(CHECKS)


def test_a_limit_that_the_study_set_says_so():
    own = LIMIT.model_copy(update={"override_reason": "a young market"})
    assert "<small>set by the study</small>" in checks_table([CheckResult("a.b", "x", Estimate(0.7), own)])
    assert "set by the study" not in checks_table(CHECKS)


def test_checks_read_alike_before_and_after_they_become_evidence():
    recorded = [Evidence.of("validation", check) for check in CHECKS]
    assert cells(checks_table(CHECKS)) == cells(re.sub("</?a[^>]*>", "", checks_table(recorded)))


def test_every_row_of_recorded_checks_leads_to_its_check():
    recorded = [Evidence.of("validation", check) for check in CHECKS]
    assert all(checks_table(recorded).count(f'href="{anchor(e.id)}"') == 1 for e in recorded)
    assert "<a " not in checks_table(CHECKS)


def test_the_caption_of_a_recorded_table_leads_to_its_entry():
    html = html_table(BINS, "Bins", evidence="a.b.c")
    assert '<caption>Bins <a class="traced" href="evidence.html#e-a.b.c" title="a.b.c">evidence</a></caption>' in html
    assert 'aria-label="Bins"' in html


def test_of_a_long_table_both_parts_lead_to_its_entry():
    assert html_table(pd.DataFrame({"a": range(200)}), "Long", evidence="a.b.c").count("evidence.html#e-a.b.c") == 2


def test_bounds_stand_beside_their_value_and_not_in_columns_of_their_own():
    frame = pd.DataFrame({"group": ["a"], "rate": [0.5], "lower": [0.4], "upper": [0.6]})
    shown = cells(html_table(frame, "t", formats=dict.fromkeys(("rate", "lower", "upper"), ".1f")))
    assert shown[-1] == '0.5 <span class="interval">(0.4–0.6)</span>'


def test_bounds_without_a_number_leave_the_point_alone():
    frame = pd.DataFrame({"group": ["a", "b"], "rate": [0.5, 0.7], "lower": [None, 0.6], "upper": [None, 0.8]})
    assert "0.5" in cells(html_table(frame, "t", formats={"rate": ".1f"}))


@pytest.mark.parametrize(("rows", "folded"), [(150, False), (151, True), (500, True)])
def test_a_long_table_shows_its_first_rows_and_folds_the_others_away(rows, folded):
    html = html_table(pd.DataFrame({"feature": [f"v{i}" for i in range(rows)], "iv": range(rows)}), "IV")
    assert html.count("<tr>") == rows + (2 if folded else 1)  # every row is there, and a header for each part
    assert ("<details" in html) == folded
    if folded:
        assert html.index(">v39<") < html.index("<details") < html.index(">v40<")
        assert f"The first 40 of {rows} rows; the others are folded below." in html


def test_bounds_with_a_sign_are_joined_by_a_word():
    frame = pd.DataFrame({"gain": [0.188], "gain_lower": [0.039], "gain_upper": [0.337]})
    assert "(+0.039 to +0.337)" in html_table(frame, "Gains", formats={"gain": "+.3f"})


def test_a_person_keeps_the_capital_of_the_name_in_a_heading():
    html = html_table(pd.DataFrame({"p_holm": [0.5], "jeffreys_p": [0.5], "sd": [1.0]}), "Tests")
    assert re.findall(r'scope="col"[^>]*>([^<]+)<', html) == ["p Holm", "Jeffreys p", "SD"]


def test_ids_of_evidence_in_a_cell_lead_to_their_entries_and_other_words_stay_words():
    frame = pd.DataFrame({"rule": ["X", "Y"], "evidence": ["intake.columns.count, and 2 more", ""]})
    _, _, _, found, _, nothing = cells(html_table(frame, "Rules"))
    assert found == ('<a href="evidence.html#e-intake.columns.count">intake.<wbr>columns.<wbr>count</a>, and 2 more')
    assert nothing == "–"


def test_what_only_looks_like_an_id_is_escaped():
    frame = pd.DataFrame({"evidence": ["<b>.a.b, use.<i>.c"]})
    assert cells(html_table(frame, "Rules"))[1] == "&lt;b&gt;.a.b, use.&lt;i&gt;.c"
