"""From an executed notebook to a page: the one door to nbconvert.

Prose stays prose, code folds away, outputs are cleaned by `clean_html`, formulas become MathML. A notebook that failed
or stopped half-way renders too, and says so first.
"""

import ast
import io
import re
import tokenize
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from html import escape

from nbformat import NotebookNode

from riskbench.core.evidence import Evidence
from riskbench.report.clean import clean_html
from riskbench.report.layout import TEMPLATES, Page, answer_of, render, stages_of
from riskbench.report.math import mathml
from riskbench.report.tables import Column, table

__all__ = ["Page", "Parameter", "parameters", "render_page"]

_TITLE = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*(?:\n|\Z)")
_RUNNER_NOTE = "papermill-error-cell-tag"  # the runner's own remark on an error; the page says it in its head
_SHOWN = [  # the first of these that an output has; widgets and JavaScript are not among them
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/latex",
    "text/plain",
]
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def render_page(
    notebook: NotebookNode, page: Page, pages: Sequence[Page], evidence: Sequence[Evidence], *, run: str = ""
) -> str:
    """The HTML page of an executed notebook: title, the answer, then the notebook itself.

    `pages` gives the navigation, `evidence` (of the whole run) the conclusion and the key figures. Raises ValueError
    where an output would fetch something from elsewhere.
    """
    title, body = _prepared(notebook, page.title)
    stages = [stage.name for stage in stages_of(pages)]
    return render(
        "stage.html.j2",
        page,
        pages,
        title=title,
        run=run,
        number=stages.index(page.name) + 1 if page.name in stages else None,
        stages=len(stages),
        answer=answer_of(page.name, evidence),
        failure=_failure(body),
        body=_body(body),
    )


@dataclass(frozen=True)
class Parameter:
    """A notebook parameter as a reader sees it: the value used, the default where that differs, and its meaning."""

    name: str
    value: str
    default: str
    meaning: str


def parameters(source: str, injected: str = "") -> list[Parameter]:
    """The parameters of a `parameters` cell with the values that a run laid over them; [] where it does not parse.

    >>> parameters("seed = 1  # of every draw", "seed = 7")
    [Parameter(name='seed', value='7', default='1', meaning='of every draw')]
    """
    try:
        defaults, given = _assignments(source), _assignments(injected)
        comments = {
            token.start[0]: token.string.lstrip("# ")
            for token in tokenize.generate_tokens(io.StringIO(source).readline)
            if token.type == tokenize.COMMENT
        }
    except (SyntaxError, tokenize.TokenError):
        return []
    rows = []
    for name in {**defaults, **given}:
        default, line = defaults.get(name, ("", 0))
        value = given.get(name, (default, 0))[0]
        rows.append(Parameter(name, value, default if default != value else "", comments.get(line, "")))
    return rows


def _assignments(source: str) -> dict[str, tuple[str, int]]:
    found = {}
    for node in ast.parse(source).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and value is not None:
            found[target.id] = (ast.unparse(value), node.end_lineno or 0)
    return found


def _prepared(notebook: NotebookNode, title: str) -> tuple[str, NotebookNode]:
    """The title, and a copy without its first heading, its two parameter cells one table, its outputs showable."""
    body = deepcopy(notebook)
    body.cells = [cell for cell in body.cells if _RUNNER_NOTE not in cell.metadata.get("tags", [])]
    first = next((cell for cell in body.cells if cell.cell_type == "markdown"), None)
    if first and (found := _TITLE.match(first.source)):
        title = re.sub(r"[*_`]", "", found[1])
        first.source = first.source[found.end() :]
        first.metadata["opening"] = True
    for output in (output for cell in body.cells for output in cell.get("outputs", []) if "data" in output):
        if not set(_SHOWN) & set(output.data):
            output.data = {
                "text/plain": f"[{', '.join(output.data)} left out: a page carries text, tables and pictures]"
            }
    tagged = {tag: cell for cell in body.cells for tag in ("parameters", "injected-parameters") if tag in _tags(cell)}
    given = tagged.get("injected-parameters")
    shown = tagged.get("parameters", given)
    if shown is not None:
        rows = parameters(shown.source, given.source if given else "")
        shown.metadata["parameter_table"] = _parameter_table(rows) if rows else ""
        shown.metadata["parameter_count"] = len(rows)
        body.cells = [cell for cell in body.cells if cell is shown or cell is not given]
    return title, body


def _tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def _parameter_table(rows: Sequence[Parameter]) -> str:
    columns = [
        Column("parameter", [f"<code>{escape(row.name)}</code>" for row in rows]),
        Column("value", [f"<code>{escape(row.value)}</code>" for row in rows]),
        Column("meaning", [escape(row.meaning, quote=False) for row in rows]),
    ]
    if any(row.default for row in rows):
        columns.insert(
            2, Column("default", [f"<code>{escape(row.default)}</code>" if row.default else "" for row in rows])
        )
    return table(columns, "Parameters of this notebook", kind="parameters")


def _failure(notebook: NotebookNode) -> dict[str, str] | None:
    """Where and why the notebook stopped, or None."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return {"cell": cell.get("id", ""), "kind": output.ename, "text": _ANSI.sub("", output.evalue)}
    return None


def _body(notebook: NotebookNode) -> str:
    """The notebook's cells as HTML, by nbconvert through `templates/notebook/`."""
    from nbconvert.exporters import HTMLExporter
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
    from traitlets.config import Config

    class Renderer(IPythonRenderer):
        """Markdown whose formulas are MathML; a formula that does not convert is shown as its source."""

        def block_math(self, body: str) -> str:
            return f'<div class="formula">{_formula(body, block=True)}</div>'

        def inline_math(self, body: str) -> str:
            return _formula(body)

        def latex_environment(self, name: str, body: str) -> str:
            return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def markdown(source: str) -> str:
        renderer = Renderer(escape=False, exclude_anchor_links=True)
        return clean_html(MarkdownWithMath(renderer=renderer).render(source))

    exporter = HTMLExporter(
        template_name="notebook",
        extra_template_basedirs=[str(TEMPLATES)],
        default_preprocessors=[],
        config=Config({"NbConvertBase": {"display_data_priority": _SHOWN}}),
        filters={
            "markdown2html": markdown,
            "clean": clean_html,
            "latex": lambda text: _formula(text.strip().strip("$")),
            "plain": lambda text: escape(_ANSI.sub("", text), quote=False),
        },
    )
    html, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": "notebook", "path": ""}})
    return html


def _formula(latex: str, block: bool = False) -> str:
    try:
        return mathml(latex, block=block)
    except ValueError:
        return f"<code>{escape(latex.strip(), quote=False)}</code>"
