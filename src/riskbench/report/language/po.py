"""Catalogues as files: the one door to Babel's reader and writer of `.po`."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LOCALE = "zh_Hans_CN"
_NOT_OURS = (  # lines of the format that change without the words, or say nothing here
    *(
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Last-Translator',
        '"Language-Team',
        '"Report-Msgid',
        '"Generated-By',
    ),
    '"Project-Id-Version',
    "#, python-brace-format",
)


def empty(area: str) -> "Catalog":
    """A new catalogue of Simplified Chinese."""
    from babel.messages.catalog import Catalog

    return Catalog(locale=LOCALE, header_comment=f"# {area}: what the pages of riskbench say, in Simplified Chinese")


def read(path: Path) -> "Catalog":
    """The catalogue of a file."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def write(path: Path, catalog: "Catalog") -> None:
    """Write a catalogue; the same entries give the same bytes."""
    from babel.messages.pofile import write_po

    catalog.fuzzy = False
    buffer = BytesIO()
    write_po(buffer, catalog, width=0)
    lines = [line for line in buffer.getvalue().decode().splitlines(keepends=True) if not line.startswith(_NOT_OURS)]
    path.write_text("".join(lines), "utf-8")
