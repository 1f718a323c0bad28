"""What every page shares: its frame, its navigation, its style, and the answer that it opens with.

The templates and the style sheet are files beside this module; each page carries the whole style and stands alone.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskbench.core import status, words
from riskbench.core.evidence import Evidence, Table
from riskbench.report import headings, prose
from riskbench.report.clean import clean_html

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(str(files("riskbench.report").joinpath("templates")))
PROPOSING = ("governance", "rules")  # stages that speak of what people decide only after the run has ended
OPENING = "governance"  # the stage that is read first: what the model is for, its limits, its security


@dataclass(frozen=True)
class Page:
    """One page of a run: `name` is the stage's ("scorecard"), or of `FRONT` or `BACK`; not `made` is not run."""

    name: str
    title: str
    made: bool = True

    @property
    def href(self) -> str:
        """The file of the page, beside the others of its run."""
        return f"{self.name}.html"

    @property
    def is_stage(self) -> bool:
        """Whether an executed notebook stands behind the page."""
        return self not in (*FRONT, *BACK)


FRONT = (Page("index", "Summary"), Page("committee", "Committee"))
BACK = (
    Page("checks", "Open checks"),
    Page("findings", "Findings"),
    Page("reperformance", "Re-performance"),
    Page("signatures", "Signatures"),
    Page("evidence", "Evidence"),
    Page("glossary", "Glossary"),
)


@dataclass(frozen=True)
class Dossier:
    """What the pages of one run share: its stages in their order, its id, and whether its data are synthetic.

    `registered` says whether people have put the run forward, and so may have decided about it since it ended.
    """

    stages: Sequence[Page]
    run: str = ""
    synthetic: bool = False
    registered: bool = False

    @property
    def pages(self) -> list[Page]:
        """All pages, in the order in which a reader meets them."""
        stages = sorted(self.stages, key=lambda stage: stage.name != OPENING)
        return [*FRONT, *stages, *BACK]

    @property
    def made(self) -> list[Page]:
        """The pages that there are: those of every run, and those of the stages that were run."""
        return [page for page in self.pages if page.made]

    def page(self, name: str) -> Page:
        """The page of this name."""
        return next(page for page in self.pages if page.name == name)


@dataclass(frozen=True)
class Answer:
    """What a page opens with: its conclusion (clean HTML, "" where there is none) and the figures behind it."""

    conclusion: str
    figures: Sequence[Evidence]


def answer_of(stage: str, evidence: Sequence[Evidence]) -> Answer:
    """The evidence `<stage>.page.conclusion`, and what the table `<stage>.page.key_figures` names in its column id.

    A figure that repeats the value of a check of its stage, as the lowest of several ratios does, is judged as that
    check is. Raises ValueError when the table names a figure that is not in the evidence.
    """
    known = {e.id: e for e in evidence}
    conclusion, keys = known.get(f"{stage}.page.conclusion"), known.get(f"{stage}.page.key_figures")
    ids = [str(row[0]) for row in keys.value.rows] if keys and isinstance(keys.value, Table) else []
    if unknown := [key for key in ids if key not in known]:
        raise ValueError(f"{stage}.page.key_figures may only name evidence of the run, got {', '.join(unknown)}")
    text = clean_html(conclusion.value) if conclusion and isinstance(conclusion.value, str) else ""
    return Answer(text, [judged(known[key], evidence) for key in ids])


def judged(e: Evidence, evidence: Sequence[Evidence]) -> Evidence:
    """The figure with the status and the limit of the check that it repeats; as it is, where it repeats none."""
    if e.kind != "estimate" or not isinstance(e.value, float):
        return e
    same = (c for c in evidence if c.kind == "check" and c.stage == e.stage and c.dims.sample == e.dims.sample)
    alike = (c for c in same if (c.value, c.lower, c.upper, c.unit) == (e.value, e.lower, e.upper, e.unit))
    found = next(alike, None)
    return e.model_copy(update={"status": found.status, "threshold": found.threshold}) if found else e


def render(template: str, name: str, dossier: Dossier, *, title: str, **content: Any) -> str:
    """The page `name` from its template. `title` is its one h1; values are escaped unless they are already markup."""
    page, made = dossier.page(name), dossier.made
    at = made.index(page)
    running = f"riskbench {dossier.run}".strip() + (", synthetic data" if dossier.synthetic else "")
    return (
        _environment()
        .get_template(template)
        .render(
            page=page,
            dossier=dossier,
            title=title,
            style=(TEMPLATES / "dossier.css").read_text("utf-8"),
            heads={"left": _css_text(title.partition(": ")[0]), "right": _css_text(running)},
            before=made[at - 1] if at else None,
            after=made[at + 1] if at + 1 < len(made) else None,
            **content,
        )
    )


def render_alone(template: str, *, title: str, running: str, **content: Any) -> str:
    """A page that belongs to no dossier, in the same look and under the same policy; `running` heads its paper."""
    return (
        _environment()
        .get_template(template)
        .render(
            title=title,
            running=running,
            style=(TEMPLATES / "dossier.css").read_text("utf-8"),
            heads={"left": _css_text(title), "right": _css_text(f"riskbench {running}".strip())},
            **content,
        )
    )


def templates_in(folder: Path) -> "Environment":
    """The templates of a folder: whatever they are given is escaped, and a name that nobody gave is refused."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def _environment() -> "Environment":
    environment = templates_in(TEMPLATES)
    environment.globals |= {"words": words, "prose": prose, "statuses": status, "with_ids": headings.with_ids}
    environment.globals |= {"fewest_headings": headings.FEWEST}
    return environment


def _css_text(text: str) -> str:
    """Text for a `content:` string, with everything that could end it taken out."""
    return "".join(f"\\{ord(c):x} " if c in '"\\<>\n\r' else c for c in text)
