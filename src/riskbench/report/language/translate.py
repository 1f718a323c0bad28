"""A finished page in Simplified Chinese, and the pages of a dossier in one language or both."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from riskbench.report.language.catalogue import Catalogue, chinese
from riskbench.report.language.numbers import chinese_number
from riskbench.report.language.page import rewrite
from riskbench.report.language.unit import LEFT_ENGLISH
from riskbench.report.layout import TEMPLATES

Language = Literal["en", "zh", "both"]
CHINESE = "zh-Hans"
_LINK = re.compile(r'(<a\b[^>]*?\shref=")([^"#][^"]*)"')
_MARK = re.compile(r'(<p class="mark">.*?)(</p>)', re.DOTALL)


class Translated(NamedTuple):
    """A page in Chinese, how many of its units were translated, and how many it has."""

    html: str
    translated: int
    units: int


class Translator:
    """A voice that says units from a catalogue and keeps count; what is not known is marked as English."""

    marks = "en"

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.units = self.translated = self.words = self.words_translated = 0

    def say(self, msgid: str) -> str | None:
        """The Chinese of a unit, or None."""
        found, words = self.catalogue.translate(msgid), len(msgid.split())
        self.units += 1
        self.words += words
        if found is not None and LEFT_ENGLISH[0] not in found:
            self.translated += 1
            self.words_translated += words
        return found

    def number(self, raw: str) -> str:
        """A number or a date as Chinese writes it."""
        return chinese_number(raw)


def translate_page(html: str, catalogue: Catalogue) -> Translated:
    """A finished English page in Simplified Chinese.

    What the catalogue lacks stays English, with `lang="en"` on its element (WCAG 3.1.2); the foot of the page says how
    much is translated. Code, identifiers, formulas and every byte of the layout stay as they are.

    >>> known = Catalogue({"bad rate {1}": "坏账率{1}"})
    >>> page = translate_page('<html lang="en"><p>bad rate 3 %</p><p>else</p></html>', known)
    >>> page.html, page.translated, page.units
    ('<html lang="zh-Hans"><p>坏账率3%</p><p lang="en">else</p></html>', 1, 2)
    """
    translator = Translator(catalogue)
    page = rewrite(html, translator)
    page = page.replace('<html lang="en">', f'<html lang="{CHINESE}">', 1)
    page = page.replace("</style>", (TEMPLATES / "chinese.css").read_text("utf-8") + "</style>", 1)
    head, foot, rest = page.rpartition("</footer>")
    if foot:
        page = f"{head}{_coverage(translator)}\n{foot}{rest}"
    return Translated(page, translator.translated, translator.units)


def write_language(folder: Path, pages: Mapping[str, str], lang: Language) -> dict[str, Translated]:
    """Write finished English pages (by file name, "index.html") in a language, and say what was translated of each.

    "en" and "zh" write into `folder`; "both" writes English there and Chinese into `folder/zh`, each page with a link
    to its other language. Links of a page in `zh` that lead to no page lead one folder up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told: dict[str, Translated] = {}
    if lang != "en":
        told = {name: translate_page(html, chinese()) for name, html in pages.items()}
    for name, html in pages.items():
        if lang == "zh":
            (folder / name).write_text(told[name].html, "utf-8")
            continue
        english = with_switch(html, f"zh/{name}", CHINESE, "中文") if lang == "both" else html
        (folder / name).write_text(english, "utf-8")
        if lang == "both":
            (folder / "zh").mkdir(exist_ok=True)
            moved = _one_folder_up(told[name].html, pages)
            (folder / "zh" / name).write_text(with_switch(moved, f"../{name}", "en", "English"), "utf-8")
    return told


def with_switch(html: str, href: str, language: str, word: str) -> str:
    """A page with a link to its other language at the end of its head line."""
    link = f'<a href="{href}" hreflang="{language}" lang="{language}">{word}</a>'
    found = _MARK.search(html)
    if found:
        return f"{html[: found.end(1)]} {link}{html[found.end(1) :]}"
    return html.replace("<main", f'<p class="mark">{link}</p>\n<main', 1)


def _one_folder_up(html: str, pages: Mapping[str, str]) -> str:
    def moved(found: "re.Match[str]") -> str:
        address = found[2].partition("#")[0]
        here = address in pages or re.match(r"[a-z][a-z0-9+.-]*:|/", address)
        return found[0] if here else f'{found[1]}../{found[2]}"'

    return _LINK.sub(moved, html)


def _coverage(translator: Translator) -> str:
    if not translator.units:
        return ""
    share = f"{100 * translator.translated / translator.units:.0f}%"
    return (
        f'<p class="small">本页译自英文页：共{translator.units:,}处文字，已译{translator.translated:,}处（{share}）；'
        "未译部分保留英文，并标明其语言。中英文如有出入，以英文页为准。</p>"
    )
