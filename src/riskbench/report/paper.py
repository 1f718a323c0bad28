"""A dossier as one document, for paper: its pages become chapters, and links between pages lead to chapters.

Chromium reads it and writes the PDF (`report/pdf.py`); the running head of a chapter is a page of its own name.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from bs4 import BeautifulSoup, Tag

BETWEEN = "--"  # between the name of a page and an id on it; no page has two dashes in its name
_HEAD = re.compile(r'^@page ({ @top-left { content: ".*)$', re.MULTILINE)  # the line that layout.html.j2 gives a page
DECK_SHEET = "sheet"  # what `.deck` calls its sheets in dossier.css
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "headers")  # attributes that name ids of their page


def one_document(pages: Mapping[str, str], title: str) -> str:
    """The HTML of all `pages` (name to HTML, in reading order) as one, in the language of the first.

    What folds away on a screen is as the style sheet prints it. A link to a page that is not among them stays text.
    Raises ValueError for no page, or for one without a main part.

    >>> page, other = '<main><a href="b.html#x">see</a></main>', '<main><h1 id="x">B</h1></main>'
    >>> document = one_document({"a": page, "b": other}, "Both")
    >>> '<a href="#b--x">see</a>' in document, '<h1 id="b--x">B</h1>' in document
    (True, True)
    """
    if not pages:
        raise ValueError("a document needs a page")
    read = {name: BeautifulSoup(html, "html.parser") for name, html in pages.items()}
    first = next(iter(read.values()))
    language = _attribute(first.html, "lang") or "en"
    style = "\n".join(dict.fromkeys(tag.get_text() for page in read.values() for tag in page.find_all("style")))
    chapters = [_chapter(name, page, set(read)) for name, page in read.items()]
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title, quote=False)}</title>\n<style>\n{_without_heads(style)}\n{_heads(read)}\n</style>\n"
        f"</head>\n<body>\n<main>\n{''.join(chapters)}</main>\n</body>\n</html>\n"
    )


def _chapter(name: str, page: BeautifulSoup, known: set[str]) -> str:
    main = page.find("main")
    if not isinstance(main, Tag):
        raise ValueError(f"page {name} has no main part")
    for tag in main.find_all(True):
        if "id" in tag.attrs:
            tag["id"] = f"{name}{BETWEEN}{tag['id']}"
        for reference in REFERENCES:
            if reference in tag.attrs:
                words = tag[reference] if isinstance(tag[reference], list) else str(tag[reference]).split()
                tag[reference] = " ".join(f"{name}{BETWEEN}{word}" for word in words)
        if tag.name == "a" and "href" in tag.attrs:
            _lead(tag, name, known)
    kind = " ".join(["chapter", *_classes(page.body)])
    opening = f'<section class="{escape(kind)}" id="{name}" style="page: {_page(name, page)}">'
    return f"{opening}{main.decode_contents()}</section>\n"


def _lead(link: Tag, name: str, known: set[str]) -> None:
    """Let a link lead to a chapter; to what is not in the document, it does not lead."""
    page, _, at = str(link["href"]).partition("#")
    target = page.removesuffix(".html") if page else name
    if target in known:
        link["href"] = f"#{target}{BETWEEN}{at}" if at else f"#{target}"
    else:
        del link["href"]


def _heads(pages: Mapping[str, BeautifulSoup]) -> str:
    """The running heads of the chapters, each of which begins on a new sheet."""
    rules = [".chapter + .chapter { break-before: page; }"]
    for name, page in pages.items():
        heads = [found[1] for style in page.find_all("style") for found in _HEAD.finditer(style.get_text())]
        rules += [f"@page {_page(name, page)} {head}" for head in heads]
    return "\n".join(rules)


def _without_heads(style: str) -> str:
    return _HEAD.sub("", style)


def _page(name: str, page: BeautifulSoup) -> str:
    """The name of the sheets of a chapter: a deck has those of the style sheet, which lie on their side."""
    return DECK_SHEET if "deck" in _classes(page.body) else f"chapter-{name}"


def _classes(body: Any) -> list[str]:
    found = body.get("class") if isinstance(body, Tag) else None
    return list(found) if isinstance(found, list) else []


def _attribute(tag: Any, name: str) -> str:
    return str(tag.get(name, "")) if isinstance(tag, Tag) else ""
