import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.report.clean import clean_html


@pytest.mark.parametrize(
    ("given_html", "kept"),
    [
        ("<script>alert(1)</script>after", "after"),
        ("<style scoped>p{}</style><p>x</p>", "<p>x</p>"),
        ("<th>a_<wbr>b</th>", "<th>a_<wbr>b</th>"),
        ('<p onclick="x()" style="color:red" class="note">x</p>', '<p class="note">x</p>'),
        ("<h1>Title</h1>", "<h2>Title</h2>"),
        ("<blink>x</blink>", "x"),
        ("<b>never closed", "<b>never closed</b>"),
        ("</div></main>x", "x"),
        ("<b><i>x</b>y", "<b><i>x</i></b>y"),
        ("a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c"),
        ('<a href="evidence.html#e-a">x</a>', '<a href="evidence.html#e-a">x</a>'),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="java\nscript:alert(1)">x</a>', "<a>x</a>"),
        ("<math><mspace width='1em'/><mi>x</mi></math>", '<math><mspace width="1em"></mspace><mi>x</mi></math>'),
        ("<details open><summary>s</summary></details>", '<details open=""><summary>s</summary></details>'),
        ("<!-- note -->x", "x"),
    ],
)
def test_known_markup_is_kept_and_the_rest_removed(given_html, kept):
    assert clean_html(given_html) == kept


@pytest.mark.parametrize("tag", ["svg", "iframe", "canvas", "form"])
def test_what_a_page_cannot_hold_is_named_in_its_place(tag):
    assert clean_html(f"<{tag}><b>x</b></{tag}>y") == (
        f'<span class="left-out">[{tag} left out: a page carries text, tables and pictures]</span>y'
    )


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://example.org/a.png">',
        '<img src="//example.org/a.png">',
        '<script src="https://example.org/a.js"></script>',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<iframe src="h&#9;ttps://example.org"></iframe>',
        '<svg><image xlink:href="http://example.org/a.png"/></svg>',
    ],
)
def test_anything_fetched_from_elsewhere_is_refused(html):
    with pytest.raises(ValueError, match="must not fetch anything from elsewhere, got <"):
        clean_html(html)


def test_a_picture_must_be_carried_by_the_page():
    with pytest.raises(ValueError, match=r"must be carried by the page .* got 'chart.png'"):
        clean_html('<img src="chart.png" alt="x">')


def test_a_carried_picture_keeps_its_alt_and_gets_one_where_it_has_none():
    picture = "data:image/png;base64,AAAA"
    assert clean_html(f'<img src="{picture}" alt="x">') == f'<img alt="x" src="{picture}">'
    assert 'alt="A picture without a description"' in clean_html(f'<img src="{picture}">')


def test_an_address_elsewhere_is_printed_not_linked():
    shown = clean_html('<a href="https://example.org/a?b&c">source</a>')
    assert shown == '<span class="elsewhere">source (https://example.org/a?b&amp;c)</span>'


@given(st.text(alphabet="<>/ab='\"&;! scriptp\n", max_size=60))
def test_cleaning_clean_markup_changes_nothing(text):
    once = clean_html(text)
    assert clean_html(once) == once
    assert "<script" not in once
