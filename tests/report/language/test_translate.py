"""Finished pages in Chinese, and dossiers in both languages."""

import pytest

from riskbench.report.language.catalogue import Catalogue, chinese
from riskbench.report.language.translate import translate_page, write_language
from riskbench.report.layout import Dossier, Page, render

KNOWN = Catalogue({"bad rate": "坏账率", "on {1}": "{1}"})
PAGE = (
    '<html lang="en"><head><style>p {}</style></head><body><p class="mark"><a href="index.html">riskbench</a></p><main>'
    '<p>bad rate</p><p>unknown words here</p><p>on 26 November 2026, 02:20 UTC</p><a href="card/points.csv">5 %</a>'
    '<a href="index.html#a">6 %</a></main><footer></footer></body></html>'
)


def test_a_page_says_its_language_and_how_much_of_it_is_translated():
    page = translate_page(PAGE, KNOWN)
    assert '<html lang="zh-Hans">' in page.html
    assert (page.translated, page.units) == (2, 3)
    assert "共3处文字，已译2处（67%）" in page.html


def test_what_is_not_translated_names_its_language():
    assert '<p lang="en">unknown words here</p>' in translate_page(PAGE, KNOWN).html


def test_english_words_that_a_wildcard_caught_are_marked_and_keep_the_unit_from_counting():
    page = translate_page('<td title="Bins of xyz">Bins of xyz</td>', Catalogue({"Bins of {x}": "{x}的分箱"}))
    assert page.html == '<td title="xyz的分箱"><span lang="en">xyz</span>的分箱</td>'
    assert (page.translated, page.units) == (0, 2)


def test_dates_and_percents_are_written_as_chinese_does():
    html = translate_page(PAGE, KNOWN).html
    assert "<p>2026年11月26日02:20（UTC）</p>" in html
    assert ">5%</a>" in html


def test_beside_its_units_style_and_foot_a_page_stays_the_same():
    page = translate_page(PAGE, KNOWN).html
    for kept in ('<p class="mark"><a href="index.html">riskbench</a></p><main>', "p {}", '<a href="card/points.csv">'):
        assert kept in page


def test_both_languages_stand_beside_each_other_and_lead_to_each_other(tmp_path):
    write_language(tmp_path, {"index.html": PAGE}, "both")
    english, told = (tmp_path / "index.html").read_text(), (tmp_path / "zh" / "index.html").read_text()
    assert '<a href="zh/index.html" hreflang="zh-Hans" lang="zh-Hans">中文</a></p><main>' in english
    assert '<a href="../index.html" hreflang="en" lang="en">English</a></p><main>' in told


def test_a_chinese_page_in_its_folder_finds_the_files_of_the_run(tmp_path):
    write_language(tmp_path, {"index.html": PAGE}, "both")
    told = (tmp_path / "zh" / "index.html").read_text()
    assert 'href="../card/points.csv"' in told
    assert 'href="index.html#a"' in told


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_one_language_alone_is_written_without_a_link_to_another(tmp_path, lang):
    write_language(tmp_path, {"index.html": PAGE}, lang)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert "hreflang" not in (tmp_path / "index.html").read_text()


def test_english_pages_are_written_to_the_byte(tmp_path):
    assert write_language(tmp_path, {"index.html": PAGE}, "en") == {}
    assert (tmp_path / "index.html").read_text() == PAGE


def test_the_frame_of_every_page_is_translated_in_full():
    html = render("layout.html.j2", "index", Dossier([Page("fairness", "Fairness")]), title="Summary")
    page = translate_page(html, chinese())
    assert page.translated == page.units > 5


def test_a_notice_quoted_in_english_stays_as_it_is_and_says_its_language():
    table = '<table><tr><th scope="col">part</th><th scope="col">English</th></tr><tr><td>To</td><td>bad rate</td></tr>'
    assert '<td><span lang="en">bad rate</span></td>' in translate_page(table, Catalogue({"bad rate": "坏账率"})).html


def test_a_person_in_the_column_who_is_a_name_and_their_role_a_word():
    table = '<table><tr><th scope="col">who</th></tr><tr><td>mia<small>modeller</small></td></tr>'
    page = translate_page(table, Catalogue({"who": "签名人", "modeller": "建模人员"}))
    assert "<td>mia<small>建模人员</small></td>" in page.html
    assert page.translated == page.units == len(("who", "modeller"))


def test_a_status_that_opens_a_sentence_is_translated_with_it():
    status = '<span class="status"><span class="shape" aria-hidden="true">■</span> fails</span>'
    page = translate_page(f"<p>{status} Altered:</p>", Catalogue({"fails": "不达标", "Altered:": "被改动："}))
    assert "■</span> 不达标</span>" in page.html
    assert "被改动：" in page.html
