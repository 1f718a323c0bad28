"""The dossier as a PDF, printed by a real browser."""

from pathlib import Path

import pytest
from pypdf import PdfReader

from riskbench.core.errors import CannotRun
from riskbench.report.paper import one_document
from riskbench.report.pdf import print_pdf

NAMES = ["index", "intake", "scorecard", "evidence", "glossary"]


@pytest.fixture(scope="module")
def pdf(dossier: Path, chromium: str, tmp_path_factory: pytest.TempPathFactory) -> PdfReader:
    target = tmp_path_factory.mktemp("pdf") / "dossier.pdf"
    pages = {name: (dossier / f"{name}.html").read_text("utf-8") for name in NAMES}
    sheets = print_pdf(one_document(pages, "Micro-loans: dossier"), target)
    reader = PdfReader(target)
    assert len(reader.pages) == sheets > len(NAMES)
    return reader


def test_a_pdf_is_tagged_and_says_its_title_and_language(pdf: PdfReader):
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == "en"
    assert pdf.metadata.title == "Micro-loans: dossier"
    assert "/StructTreeRoot" in root


def test_the_outline_of_a_pdf_names_every_chapter(pdf: PdfReader):
    titles = [entry.title for entry in pdf.outline if not isinstance(entry, list)]
    assert {"Evidence index", "Glossary"} <= set(titles)


def test_a_pdf_prints_on_a4_and_numbers_its_sheets(pdf: PdfReader):
    first, last = pdf.pages[0], pdf.pages[-1]
    assert (round(first.mediabox.width), round(first.mediabox.height)) == (595, 842)
    assert f"{len(pdf.pages)} / {len(pdf.pages)}" in last.extract_text()


def test_without_a_browser_a_pdf_is_refused_with_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    with pytest.raises(CannotRun, match=r"riskbench\[pdf\]"):
        print_pdf("<p>a</p>", tmp_path / "a.pdf")
    assert not list(tmp_path.iterdir())
