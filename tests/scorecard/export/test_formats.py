"""What every format promises, whoever adds one."""

from pathlib import Path

import pytest

from riskbench.scorecard import Scorecard
from riskbench.scorecard.export.document import address
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.formats import FORMATS, NAMES, Format, format_named

EVERY = pytest.mark.parametrize("of", FORMATS, ids=[of.file for of in FORMATS])


@EVERY
def test_one_card_and_edition_give_the_same_content_whenever_it_is_written(card: Scorecard, of: Format) -> None:
    assert of.write(card, Edition("A card")) == of.write(card, Edition("A card"))


@EVERY
def test_every_text_names_the_card_it_is_of(card: Scorecard, of: Format) -> None:
    content = of.write(card, Edition("A card"))
    assert isinstance(content, bytes) or address(card) in content


@EVERY
def test_every_format_says_where_it_goes_and_who_reads_it(of: Format) -> None:
    assert of.label
    assert Path(of.file).suffix
    assert of.title.startswith("The ")
    assert of.purpose.startswith(("read by ", "scores "))


def test_no_two_formats_share_a_file_or_a_title() -> None:
    assert len({of.file for of in FORMATS}) == len({of.title for of in FORMATS}) == len(FORMATS)


def test_every_name_finds_its_format() -> None:
    assert [format_named(name).name for name in NAMES] == list(NAMES)


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match=r"a format must be one of json, sql, pmml, .*, got 'pdf' for duckdb"):
        format_named("pdf")
