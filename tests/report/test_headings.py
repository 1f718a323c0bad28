from riskbench.report.headings import with_ids


def test_headings_of_the_second_level_get_ids_and_are_listed_in_order():
    html, found = with_ids("<h1>A</h1><h2>The <em>samples</em></h2><h3>No</h3><h2>Checks &amp; limits</h2>")
    assert [(h.id, h.text) for h in found] == [("the-samples", "The samples"), ("checks-limits", "Checks & limits")]
    assert '<h2 id="the-samples">The <em>samples</em></h2><h3>No</h3>' in html


def test_an_id_that_is_there_is_kept():
    html, found = with_ids('<h2 id="e1" class="x">One</h2>')
    assert (html, found[0].id) == ('<h2 id="e1" class="x">One</h2>', "e1")


def test_two_headings_of_the_same_words_have_ids_of_their_own():
    _, found = with_ids("<h2>Checks</h2><h2>Checks</h2><h2>检查</h2>")
    assert [h.id for h in found] == ["checks", "checks-2", "section"]
