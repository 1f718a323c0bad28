"""The card as an Excel workbook for a committee: the card, its bins, its coefficients and a calculator to try.

The calculator adds points up by formulas over the table of the sheet "Card", so it is the card and no copy of it. A
workbook of one card has the same bytes whenever it is written: its date is fixed.
"""

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.export.document import address, texts_by_feature, version_of
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.rules import parts_of

CREATED = dt.datetime(2000, 1, 1)
STYLES: Mapping[str, Mapping[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "head": {"bold": True, "text_wrap": True, "bottom": 1, "valign": "bottom", "indent": 1},
    "head_number": {"bold": True, "text_wrap": True, "bottom": 1, "valign": "bottom", "align": "right"},
    "text": {"text_wrap": True, "valign": "top", "align": "left", "indent": 1},
    "fact": {"num_format": "#,##0", "valign": "top", "align": "left", "indent": 1},
    "rule": {"top": 4},
    "whole": {"num_format": "#,##0", "valign": "top"},
    "share": {"num_format": "0.0%", "valign": "top"},
    "weight": {"num_format": "0.000", "valign": "top"},
    "probability": {"num_format": "0.0000", "valign": "top"},
    "choice": {"text_wrap": True, "valign": "top", "bg_color": "#FFF2CC", "border": 1},
    "total": {"bold": True, "num_format": "#,##0", "top": 1},
    "total_share": {"bold": True, "num_format": "0.00%"},
}
LINE = 15.0  # height of a line, in points
LIMITS = (
    "The card is valid for the population and the period it was developed on; see the dossier of the run.",
    "The PD in the calculator is the one that the rounded score stands for. The exact PD comes from the coefficients"
    " and differs by the rounding of points.",
    "Bad rates are those of the development sample, before any move to another bad rate; the card's page in the dossier"
    " has their intervals.",
    "A bin that development never saw has WoE 0, the average risk, unless a rule for missing or special values gives"
    " another; a thin bin earns no more than average risk.",
    "Whoever changes points in this workbook has another card: its address is no longer the one on the first sheet.",
)


def workbook(card: Scorecard, edition: Edition) -> bytes:
    """The workbook, with sheets Summary, Card, Calculator, Coefficients, Features and Limits.

    The facts of an edition are further lines of the summary.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        comments = f"card sha256 {address(card)}"
        book.set_properties({"title": edition.title, "created": CREATED, "comments": comments})
        styles = {name: book.add_format(dict(style)) for name, style in STYLES.items()}
        table = card_table(card, edition.texts)
        _summary(_sheet(book, "Summary", (28, 78)), styles, card, edition)
        widths = (24, 32, 9, 9, 9, 9, 9, *[44] * (table.shape[1] - 7))
        _table(_sheet(book, "Card", widths), styles, table, widths)
        _calculator(_sheet(book, "Calculator", (28, 52, 12, 14)), styles, card, table)
        _table(_sheet(book, "Coefficients", (28, *[13] * 8)), styles, card.summary())
        _table(_sheet(book, "Features", (28, 14, 10, 8, 18, 12, 12)), styles, feature_table(card))
        _limits(_sheet(book, "Limits", (105,)), styles)
    return content.getvalue()


def card_table(card: Scorecard, texts: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row a bin: feature, bin (numbered, so that no two are called alike), count, share, bad rate, WoE, points.

    Where `texts` are given, a column for each language follows.
    """
    said, rows = texts_by_feature(card, texts), []
    for part in parts_of(card):
        told = part.bins.table()
        for position, points in enumerate(part.points):
            bin_ = told.iloc[position]
            languages = {f"text_{name}": of[position] for name, of in said.get(part.feature, {}).items()}
            named = {"feature": part.feature, "bin": f"{position + 1}. {bin_['bin']}", "count": bin_["count"]}
            figures = {name: bin_[name] for name in ("share", "bad_rate", "woe")}
            rows.append(named | figures | {"points": int(points)} | languages)
    return pd.DataFrame(rows)


def feature_table(card: Scorecard) -> pd.DataFrame:
    """One row a feature: its kind, IV, number of bins, trend, fewest and most points."""
    rows = [
        (
            part.feature,
            part.bins.coding.kind,
            part.bins.iv,
            len(part.points),
            part.bins.trend,
            int(part.points.min()),
            int(part.points.max()),
        )
        for part in parts_of(card)
    ]
    names = ["feature", "kind", "iv", "bins", "trend", "fewest_points", "most_points"]
    return pd.DataFrame(rows, columns=names)


def _sheet(book: xlsxwriter.Workbook, name: str, widths: Sequence[float]) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.set_footer("&L&A&RPage &P of &N")
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    return sheet


def _summary(sheet: Worksheet, styles: Mapping[str, Format], card: Scorecard, edition: Edition) -> None:
    first = next(iter(card.binning_.features_.values()))
    parts = parts_of(card)
    lowest, highest = (card.base_ + sum(int(getattr(p.points, end)()) for p in parts) for end in ("min", "max"))
    lines: dict[str, str | float] = {
        "Version": edition.version or version_of(card),
        "Scale": f"{card.base_score:g} points are odds of {card.base_odds:g} good to one bad",
        "Points that double the odds": card.pdo,
        "Features": len(parts),
        "Bins": sum(len(part.points) for part in parts),
        "Scores from": lowest,
        "Scores to": highest,
        "Points that everybody has": card.base_,
        "Cases of development": float(first.cases.sum()),
        "of which bad": float(first.bads.sum()),
        **edition.facts,
        "Address of the card": f"sha256 {address(card)}",
        "A larger score": "is safer",
    }
    sheet.write_string(0, 0, edition.title, styles["title"])
    for row, (name, value) in enumerate(lines.items(), 2):
        sheet.write_string(row, 0, name, styles["text"])
        if isinstance(value, str):
            sheet.write_string(row, 1, value, styles["text"])
        else:
            sheet.write_number(row, 1, value, styles["fact"])


def _limits(sheet: Worksheet, styles: Mapping[str, Format]) -> None:
    sheet.write_string(0, 0, "What this card cannot tell", styles["title"])
    for row, sentence in enumerate(LIMITS, 2):
        sheet.set_row(row, LINE * _lines(sentence, 100))
        sheet.write_string(row, 0, sentence, styles["text"])


def _table(sheet: Worksheet, styles: Mapping[str, Format], table: pd.DataFrame, widths: Sequence[float] = ()) -> None:
    """A frame with its header repeated on every page; with `widths` every row is as high as its longest text needs."""
    for column, name in enumerate(table):
        kind = table[name].dtype.kind  # whole numbers and others stand to the right, with their header
        head = "head_number" if kind in "if" else "head"
        sheet.write_string(0, column, str(name).replace("_", " "), styles[head])
    for row, values in enumerate(table.itertuples(index=False, name=None), 1):
        for column, (name, value) in enumerate(zip(table, values, strict=True)):
            _write(sheet, row, column, value, styles[_style(str(name), value)])
        lines = [_lines(value, width) for value, width in zip(values, widths, strict=False) if isinstance(value, str)]
        if max(lines, default=1) > 1:
            sheet.set_row(row, LINE * max(lines))
    if table.iloc[:, 0].duplicated().any():
        changes = {"type": "formula", "criteria": "=$A2<>$A1", "format": styles["rule"]}
        sheet.conditional_format(1, 0, len(table), table.shape[1] - 1, changes)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)


def _lines(text: str, width: float) -> int:
    """Lines that a text fills in a column; some programs do not fit a row to its text. Wide letters count twice."""
    return 1 + int(sum(2 if ord(letter) > 0x2E7F else 1 for letter in text) * 1.1 // width)


def _style(name: str, value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if name in ("share", "bad_rate"):
        return "share"
    if name == "p_value":
        return "probability"
    return "whole" if name in ("count", "points", "bins", "fewest_points", "most_points") else "weight"


def _write(sheet: Worksheet, row: int, column: int, value: Any, style: Format) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value, style)
    elif isinstance(value, bool) or pd.isna(value):
        sheet.write_string(row, column, {True: "yes", False: "no"}.get(value, ""), style)
    else:
        sheet.write_number(row, column, float(value), style)


def _calculator(sheet: Worksheet, styles: Mapping[str, Format], card: Scorecard, table: pd.DataFrame) -> None:
    """One line a feature: a bin to choose from a list, its points and what it loses against the best bin."""
    parts, start = parts_of(card), 1
    bin_column, points_column = (table.columns.get_loc(name) for name in ("bin", "points"))
    sheet.write_string(0, 0, "Choose a bin in each yellow cell; the score follows.", styles["title"])
    for column, name in enumerate(("feature", "bin", "points", "points lost")):
        sheet.write_string(2, column, name, styles["head" if column < 2 else "head_number"])
    total = card.base_
    for row, part in enumerate(parts, 3):
        end = start + len(part.points) - 1
        bins, points = (f"Card!{xl_range_abs(start, column, end, column)}" for column in (bin_column, points_column))
        chosen = int(part.bins.cases.argmax())
        sheet.write_string(row, 0, part.feature, styles["text"])
        sheet.write_string(row, 1, table["bin"].iloc[start - 1 + chosen], styles["choice"])
        sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": f"={bins}"})
        here, earned = xl_rowcol_to_cell(row, 1), int(part.points[chosen])
        formula = f"=INDEX({points},MATCH({here},{bins},0))"
        sheet.write_formula(row, 2, formula, styles["whole"], earned)
        lost = f"=MAX(0,{part.baseline}-{xl_rowcol_to_cell(row, 2)})"
        sheet.write_formula(row, 3, lost, styles["whole"], max(0, part.baseline - earned))
        total, start = total + earned, end + 1
    last = 2 + len(parts)
    sheet.write_string(last + 1, 0, "Score", styles["total"])
    score, cells = xl_rowcol_to_cell(last + 1, 2), f"{xl_rowcol_to_cell(3, 2)}:{xl_rowcol_to_cell(last, 2)}"
    sheet.write_formula(last + 1, 2, f"={card.base_}+SUM({cells})", styles["total"], total)
    sheet.write_string(last + 2, 0, "PD that the score stands for", styles["text"])
    pd_ = f"=1/(1+EXP(({score}-{card.offset!r})/{card.factor!r}))"
    sheet.write_formula(last + 2, 2, pd_, styles["total_share"], float(card.score_to_pd(total)))
