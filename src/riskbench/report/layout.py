"""What every page shares: its frame, its navigation, its style, and the answer that it opens with.

The templates and the style sheet are files beside this module; each page carries the whole style and stands alone.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from riskbench.core import status, words
from riskbench.core.evidence import Evidence, Table
from riskbench.report import prose
from riskbench.report.clean import clean_html

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(str(files("riskbench.report").joinpath("templates")))
NOT_STAGES = ("index", "evidence")


@dataclass(frozen=True)
class Page:
    """One page of a run: `name` is the stage's ("scorecard"), or "index" or "evidence"; `href` its file."""

    name: str
    title: str
    href: str
    state: Literal["done", "not run", "failed"] = "done"


@dataclass(frozen=True)
class Answer:
    """What a page opens with: its conclusion (clean HTML, "" where there is none) and the figures behind it."""

    conclusion: str
    figures: Sequence[Evidence]


def answer_of(stage: str, evidence: Sequence[Evidence]) -> Answer:
    """The evidence `<stage>.page.conclusion`, and what the table `<stage>.page.key_figures` names in its column id.

    Raises ValueError when the table names a figure that is not in the evidence.
    """
    known = {e.id: e for e in evidence}
    conclusion, keys = known.get(f"{stage}.page.conclusion"), known.get(f"{stage}.page.key_figures")
    ids = [str(row[0]) for row in keys.value.rows] if keys and isinstance(keys.value, Table) else []
    if unknown := [key for key in ids if key not in known]:
        raise ValueError(f"{stage}.page.key_figures may only name evidence of the run, got {', '.join(unknown)}")
    text = clean_html(conclusion.value) if conclusion and isinstance(conclusion.value, str) else ""
    return Answer(text, [known[key] for key in ids])


def stages_of(pages: Sequence[Page]) -> list[Page]:
    """The pages that are stages, in their order."""
    return [page for page in pages if page.name not in NOT_STAGES]


def render(template: str, page: Page, pages: Sequence[Page], *, title: str, run: str = "", **content: Any) -> str:
    """One page from its template. `title` is the page's one h1; values are escaped unless they are already markup."""
    place = next((k for k, other in enumerate(pages) if other.name == page.name), None)
    read = [other for other in pages if other.state != "not run" or other.name == page.name]
    at = next((k for k, other in enumerate(read) if other.name == page.name), 0)
    before = read[at - 1] if place is not None and at > 0 else None
    after = read[at + 1] if place is not None and at + 1 < len(read) else None
    style = (TEMPLATES / "dossier.css").read_text("utf-8")
    heads = {"left": _css_text(title), "right": _css_text(f"riskbench {run}".strip())}
    return (
        _environment()
        .get_template(template)
        .render(
            page=page,
            pages=pages,
            title=title,
            run=run,
            style=style,
            heads=heads,
            before=before,
            after=after,
            **content,
        )
    )


@functools.cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"words": words, "prose": prose, "statuses": status}
    return environment


def _css_text(text: str) -> str:
    """Text for a `content:` string, with everything that could end it taken out."""
    return "".join(f"\\{ord(c):x} " if c in '"\\<>\n\r' else c for c in text)
