"""Pages read by units and written again."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.report.language.extract import Listener
from riskbench.report.language.page import rewrite

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><g><text x="1">age band:</text>\n<text x="1">26 to 40</text></g></svg>'
PICTURE = f'<img alt="Dot plot" src="data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}"/>'
PAGE = (
    '<!doctype html>\n<html lang="en"><head><title>A &amp; B</title><style>p { color: red } /* a > b */</style></head>'
    '<body><p class="say">The card\'s AUC is <a class="figure" href="#e" title="AUC, n = 3">0.77</a> '
    '<span class="interval">(0.70–0.80)</span>; it <strong>meets</strong> its&nbsp;limit. Good.</p>'
    "<pre>if a &lt; b: pass</pre><td>loan_<wbr>amount<small>80 % of 2,000</small></td>"
    f"<p>With <math><mi>x</mi></math> loans<br>and <q>words</q></p>{PICTURE}<!-- note --></body></html>"
)


class Silent:
    """A voice that knows no unit."""

    marks = ""

    def say(self, msgid: str) -> str | None:
        return None

    def number(self, raw: str) -> str:
        return raw


class Saying(Silent):
    """A voice that knows some units, and marks the others as English."""

    marks = "en"

    def __init__(self, known: dict[str, str]) -> None:
        self.known = known

    def say(self, msgid: str) -> str | None:
        return self.known.get(msgid)


def heard(html: str) -> list[str]:
    listener = Listener()
    rewrite(html, listener)
    return list(listener.heard)


def said(html: str, **known: str) -> str:
    return rewrite(html, Saying(known))


def test_a_voice_that_knows_nothing_leaves_every_byte():
    assert rewrite(PAGE, Silent()) == PAGE


@given(
    st.lists(
        st.sampled_from([*"<>&\"' /=a1{}", "<p>", "</p>", "<b>", "</b>", "<br/>", "word ", "<pre>", "2 %"]), max_size=40
    )
)
def test_even_broken_markup_is_left_to_the_byte(pieces):
    html = "".join(pieces)
    assert rewrite(html, Silent()) == html


def test_a_page_is_heard_by_sentences_labels_attributes_and_drawings():
    assert heard(PAGE) == [
        "The card's AUC is {1}; it <2>meets</2> its limit.",
        "AUC, n = {1}",
        "Good.",
        "{1} of {2}",
        "With {1} loans",
        "and <1>words</1>",
        "Dot plot",
        "age band: {1} to {2}",
    ]


def test_a_translation_may_turn_the_order_and_keeps_figure_interval_and_link():
    html = '<p>AUC of <a href="c.html">the card</a>: <a class="figure" href="#e">0.77</a> <span class="interval">(0.7–0.8)</span>.</p>'
    known = {"AUC of <1>the card</1>: {2}.": "{2}是<1>评分卡</1>的AUC。"}
    figure = '<a class="figure" href="#e">0.77</a> <span class="interval">(0.7–0.8)</span>'
    assert said(html, **known) == f'<p>{figure}是<a href="c.html">评分卡</a>的AUC。</p>'


def test_the_link_to_the_evidence_stands_beside_a_caption_and_not_in_it():
    html = '<caption>Bad rate <a class="traced" href="#e">evidence</a></caption>'
    assert heard(html) == ["Bad rate", "evidence"]
    assert said(html, evidence="证据", **{"Bad rate": "坏账率"}) == (
        '<caption>坏账率 <a class="traced" href="#e">证据</a></caption>'
    )


def test_a_status_inside_a_sentence_is_a_unit_of_its_own():
    html = '<p>It <span class="status"><span class="shape" aria-hidden="true">▲</span>\u00a0watch</span> now.</p>'
    told = said(html, **{"It {1} now.": "现为{1}。", "watch": "关注"})
    assert told == '<p>现为<span class="status"><span class="shape" aria-hidden="true">▲</span>\u00a0关注</span>。</p>'


def test_between_two_chinese_sentences_no_space_is_left():
    assert (
        said("<p>One thing. Another thing.</p>", **{"One thing.": "一。", "Another thing.": "二。"})
        == "<p>一。二。</p>"
    )


def test_what_is_not_known_is_marked_as_english_on_its_element():
    assert said('<td class="words">bad rate</td>') == '<td class="words" lang="en">bad rate</td>'


def test_a_sentence_that_is_not_known_among_known_ones_is_marked_alone():
    told = said("<p>One thing. Another thing.</p>", **{"One thing.": "一。"})
    assert told == '<p>一。<span lang="en">Another thing.</span></p>'


def test_a_title_carries_no_mark_since_it_holds_text_alone():
    assert said("<title>Bad rate</title>") == "<title>Bad rate</title>"


def test_code_identifiers_and_numbers_are_no_units():
    assert heard("<td>loan_<wbr/>amount</td><td><code>bad rate</code></td><td>3.2 × 10⁻⁸</td><td>2,000 %</td>") == []


@pytest.mark.parametrize(
    "text", ["See Art. 5 of it.", "As Harrell et al. Found.", "Of 0.5 and more.", "J. Smith wrote."]
)
def test_an_abbreviation_ends_no_sentence(text):
    assert len(heard(f"<p>{text}</p>")) == 1


def test_an_entity_is_a_letter_and_no_number():
    assert heard("<p>Holm&#x27;s method, the card&#39;s bins</p>") == ["Holm's method, the card's bins"]


def test_a_translated_attribute_cannot_end_itself():
    assert said('<a title="old word">5</a>', **{"old word": 'new "word" <b>'}) == (
        '<a title="new &quot;word&quot; &lt;b&gt;">5</a>'
    )


def test_the_running_head_of_paper_is_said_too():
    style = '<style>@page { @top-left { content: "Fairness" } }</style>'
    assert said(style, Fairness="公平性") == '<style>@page { @top-left { content: "公平性" } }</style>'


def test_the_labels_of_a_drawing_are_said_line_by_line_and_name_their_language():
    told = said(PICTURE, **{"age band: {1} to {2}": "年龄段：{1}至{2}"})
    drawn = base64.b64decode(told.partition("base64,")[2].partition('"')[0]).decode()
    assert '<svg xml:lang="zh-Hans"' in drawn
    assert drawn.count("<text") == 2
    assert "".join(re.findall(r">([^<>]+)</text>", drawn)) == "年龄段：26至40"


@given(
    st.lists(
        st.sampled_from(["words ", "3 % ", "<b>bold words</b> ", "<code>x</code> ", "loan_id ", "1,234 "]),
        min_size=1,
        max_size=9,
    )
)
def test_every_placeholder_of_a_unit_survives_a_translation_that_turns_their_order(pieces):
    class Turning(Silent):
        def say(self, msgid: str) -> str:
            places = re.findall(r"\{\d+\}|<\d+>.*?</\d+>", msgid)
            return "".join(reversed(places)) + "字"

    told = rewrite(f"<p>some {''.join(pieces)}</p>", Turning())
    for piece in ("3 %", "<b>", "<code>x</code>", "loan_id", "1,234"):
        assert told.count(piece) == "".join(pieces).count(piece)


def test_a_limit_below_an_action_is_not_the_limit_of_a_check():
    head = '<table><tr><th scope="col">action</th><th scope="col">value</th><th scope="col">limit</th></tr>'
    page = f"{head}<tr><td>limit</td><td></td><td>limit</td></tr></table>"
    told = said(page, **{"limit (the action)": "限额通过", "limit": "限值"})
    assert "<td>限额通过</td><td></td><td>限值</td>" in told


def test_a_limit_of_amounts_is_told_from_the_limit_of_a_check():
    of_bands, of_checks = (
        f'<table><tr><th scope="col">{a}</th><th scope="col">limit</th></tr></table>' for a in ("band", "value")
    )
    told = said(of_bands + of_checks, **{"limit (of amounts)": "额度", "limit": "限值"})
    assert (told.count("额度"), told.count("限值")) == (1, 1)


def test_a_limit_below_an_action_stays_where_its_meaning_is_not_known():
    page = '<table><tr><th scope="col">action</th></tr><tr><td>limit</td></tr></table>'
    assert rewrite(page, Silent()) == page


def test_a_limit_beside_the_other_actions_is_one_with_its_unit():
    heads = "".join(f'<th scope="col">{name} <span class="unit">%</span></th>' for name in ("decline", "limit"))
    told = said(f"<table><tr>{heads}</tr></table>", **{"limit (the action)": "限额通过"})
    assert '限额通过<span class="unit">%</span>' in told


@pytest.mark.parametrize(
    ("heads", "told"),
    [
        (("time", "by", "why"), "经办人"),
        (("of", "by", "mix"), "划分依据"),
        (("of", "by", "level"), "取值"),
        (("level", "role"), "级别"),
    ],
)
def test_a_heading_is_told_by_those_that_stand_before_it(heads, told):
    page = "".join(f'<th scope="col">{head}</th>' for head in heads)
    words = {"by": "经办人", "by (a column)": "划分依据", "level": "级别", "level (of a column)": "取值"}
    assert told in said(f"<table><tr>{page}</tr></table>", **words)
