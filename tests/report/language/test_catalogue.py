"""Catalogues: what is found, what is refused."""

import pytest

from riskbench.report.language.catalogue import BadTranslation, Catalogue, check_places, chinese
from riskbench.report.language.po import empty, write

UNLIKE = "its elements do not open and close as in the unit"
KNOWN = Catalogue(
    {
        "bad rate": "坏账率",
        "age band": "年龄段",
        "{1} or younger": "{1}及以下",
        "{2}": "",
        "Bins of {feature}": "{feature}的分箱",
        "cell {name}": "单元格{name}",
        "Source: {as_is}": "来源：{as_is}",
        "{what} of <1>{where}</1>, n = {2}": "<1>{where}</1>的{what}，n={2}",
        "over {1} years": "",
        "share of {x} here": "此处的{x}占比",
        "share of {name} here": "此处{name}占比",
        "failed: {as_is_rest}": "失败：{as_is_rest}",
    }
)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("bad rate", "坏账率"),
        ("Bad rate", "坏账率"),  # the first letter in either case
        ("Bad rate.", "坏账率。"),  # and a stop after it
        ("age band: {4} or younger", "年龄段：{4}及以下"),  # piece by piece, with its own number
        ("bad rate (age band)", "坏账率（年龄段）"),
        ("Bins of bad rate", "坏账率的分箱"),
        ("Bins of housing", "\ue000housing\ue001的分箱"),  # a word that nobody translated is marked
        ("cell proof", "单元格proof"),  # a name needs no translation
        ("cell where it stands", None),  # and more than a name is not one
        ("Source: Bad rate", "来源：Bad rate"),  # a citation is left as it is
        ("Bad rate of <3>age band</3>, n = {7}", "<3>年龄段</3>的坏账率，n={7}"),
        ("share of bad rate here", "此处的坏账率占比"),
        ("share of housing here", "此处housing占比"),  # an entry that says all of it stands before one that says half
        ("failed: bad rate; bad rate", "失败：bad rate; bad rate"),  # a citation to the end is never cut
        ("over {1} years", None),  # an entry that is not translated yet
        ("age band: unheard of", None),
        ("<1>Bad rate</1>, <2>age band</2>", "<1>坏账率</1>、<2>年龄段</2>"),  # a list of links
        ("{1} {2}", "{1} {2}"),  # nothing to translate
        ("Bad rate: {1}, {2}, {3}", "坏账率：{1}、{2}、{3}"),  # a list
        ("; bad rate,", "；坏账率，"),  # the marks around it
        ("贷款用途 (GT Bank)", "贷款用途 (GT Bank)"),  # Chinese already
    ],
)
def test_a_unit_is_found_whole_by_wildcard_or_by_its_pieces(unit, text):
    assert KNOWN.translate(unit) == text


def test_a_wildcard_never_tears_an_element():
    assert Catalogue({"{a} of {b}": "{b}的{a}"}).translate("<1>loss of <2>x</2></1> or y") is None


@pytest.mark.parametrize(
    ("msgid", "msgstr", "why"),
    [
        ("{1} of {2}", "{2}中的{1}", ""),
        ("{1} of {2}", "{1}", "{2} stands 1 times in the unit and 0 times in its translation"),
        ("{1} loans", "{1}和{1}", "{1} stands 1 times in the unit and 2 times in its translation"),
        ("Bins of {x}", "{y}", "{x} stands 1 times in the unit and 0 times in its translation"),
        ("<1>a</1>", "</1>甲<1>", UNLIKE),
        ("<1>a</1> <2>b</2>", "<1>甲<2>乙</2></1>", UNLIKE),
        ("<1>a <2>b</2></1>", "<1><2>乙</2>甲</1>", ""),
        ("<1>a <2>b</2></1>", "<1>甲</1><2>乙</2>", UNLIKE),
    ],
)
def test_a_translation_keeps_each_placeholder_once_and_its_elements_closed(msgid, msgstr, why):
    assert check_places(msgid, msgstr) == why


def test_a_catalogue_that_loses_a_placeholder_is_refused_with_file_and_line(tmp_path):
    catalog = empty("common")
    catalog.add("{1} of {2} loans", "{1}笔")
    write(tmp_path / "common.po", catalog)
    with pytest.raises(BadTranslation, match=r"common\.po, line \d+: \{2\} stands 1 times"):
        chinese(tmp_path)


def test_the_catalogues_of_the_house_hold_no_bad_translation():
    assert len(chinese().texts) > 3000
