from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from riskbench.scorecard import Scorecard
from riskbench.scorecard.export.document import address
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.workbook import workbook


@pytest.fixture
def book(card: Scorecard, tmp_path: Path) -> Workbook:
    texts = card.points_table()[["feature", "bin"]].assign(en="=1+1", zh="缺失")
    content = workbook(card, Edition("A card", facts={"AUC": "0.71"}, texts=texts))
    (tmp_path / "card.xlsx").write_bytes(content)
    return openpyxl.load_workbook(tmp_path / "card.xlsx")


def test_the_table_of_the_workbook_is_the_card(book: Workbook, card: Scorecard) -> None:
    head, *rows = book["Card"].iter_rows(values_only=True)
    assert head == ("feature", "bin", "count", "share", "bad rate", "woe", "points", "text en", "text zh")
    told = card.points_table()
    assert [row[0] for row in rows] == told["feature"].tolist()
    assert [row[5] for row in rows] == told["woe"].tolist()
    assert [row[6] for row in rows] == told["points"].tolist()


def test_every_calculator_cell_looks_points_up_in_the_table_of_the_card(book: Workbook, card: Scorecard) -> None:
    table, calculator = book["Card"], book["Calculator"]
    lists = {str(v.sqref): v.formula1 for v in calculator.data_validations.dataValidation}
    for line, name in enumerate(card.points_, 4):
        first, last = lists[f"B{line}"].replace("Card!$B$", "").split(":$B$")
        assert {table[f"A{row}"].value for row in range(int(first), int(last) + 1)} == {name}
        assert calculator[f"B{line}"].value in [table[f"B{row}"].value for row in range(int(first), int(last) + 1)]
        assert calculator[f"C{line}"].value == f"=INDEX(Card!$G${first}:$G${last},MATCH(B{line},{lists[f'B{line}']},0))"
    assert calculator["C8"].value == "=0+SUM(C4:C7)"


def test_the_calculator_opens_with_the_score_of_the_bins_it_shows(
    card: Scorecard, book: Workbook, tmp_path: Path
) -> None:
    shown = openpyxl.load_workbook(tmp_path / "card.xlsx", data_only=True)["Calculator"]
    score = sum(int(points[0]) for points in card.points_.values())  # all bins have 40 cases: the first is shown
    assert (shown["C8"].value, shown["C9"].value) == (score, pytest.approx(card.score_to_pd(score)))


def test_texts_are_never_formulas(book: Workbook) -> None:
    assert {(cell.value, cell.data_type) for cell in book["Card"]["H"][1:]} == {("=1+1", "s")}


def test_the_summary_says_which_card_it_is(book: Workbook, card: Scorecard) -> None:
    said = {row[0]: row[1] for row in book["Summary"].iter_rows(min_row=3, values_only=True)}
    assert said["Address of the card"] == f"sha256 {address(card)}"
    assert (said["Version"], said["AUC"], said["Features"]) == (address(card)[:12], "0.71", 4)


def test_every_sheet_prints_on_a4_across_with_its_header_repeated(book: Workbook) -> None:
    names = ["Summary", "Card", "Calculator", "Coefficients", "Features", "Limits"]
    assert book.sheetnames == names
    assert {(sheet.page_setup.paperSize, sheet.page_setup.orientation) for sheet in book} == {(9, "landscape")}
    assert [bool(sheet.print_title_rows) for sheet in book] == [False, True, False, True, True, False]


def test_a_workbook_of_one_card_has_the_same_bytes_whenever_it_is_written(card: Scorecard) -> None:
    assert workbook(card, Edition("A card")) == workbook(card, Edition("A card"))
