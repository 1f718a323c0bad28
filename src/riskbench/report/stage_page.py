"""From an executed notebook to a page: the one door to nbconvert.

Prose stays prose, code folds away, outputs are cleaned by `clean_html`, formulas become MathML. A notebook that failed
or stopped half-way renders too, and says so first.
"""

import re
from collections.abc import Sequence
from copy import deepcopy
from html import escape

from nbformat import NotebookNode

from riskbench.core.evidence import Evidence
from riskbench.report.clean import clean_html
from riskbench.report.layout import PROPOSING, TEMPLATES, Dossier, answer_of, render
from riskbench.report.math import mathml
from riskbench.report.parameters import parameter_table, parameters

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


def render_stage(notebook: NotebookNode, name: str, dossier: Dossier, evidence: Sequence[Evidence]) -> str:
    """The HTML page of the executed notebook of a stage: title, the answer, then the notebook itself.

    `evidence` (of the whole run) gives the conclusion and the key figures. Raises ValueError where an output would
    fetch something from elsewhere.
    """
    shown = deepcopy(notebook)
    shown.cells = [cell for cell in shown.cells if _RUNNER_NOTE not in _tags(cell)]
    title = _take_title(shown) or dossier.page(name).title
    _tabulate_parameters(shown)
    _say_what_is_left_out(shown)
    return render(
        "stage.html.j2",
        name,
        dossier,
        title=title,
        answer=answer_of(name, evidence),
        failure=_failure(shown),
        decided_since=dossier.registered and name in PROPOSING,
        body=_body(shown),
    )


def _take_title(notebook: NotebookNode) -> str:
    """The first heading, taken out of the notebook: the page has it as its one h1. "" where there is none."""
    first = next((cell for cell in notebook.cells if cell.cell_type == "markdown"), None)
    found = _TITLE.match(first.source) if first else None
    if not (first and found):
        return ""
    first.source = first.source[found.end() :]
    first.metadata["opening"] = True
    return re.sub(r"[*_`]", "", found[1])


def _tabulate_parameters(notebook: NotebookNode) -> None:
    """Let the two cells of parameters, the declared and the injected, be one that carries their table."""
    tagged = {tag: cell for cell in notebook.cells for tag in _tags(cell)}
    given = tagged.get("injected-parameters")
    shown = tagged.get("parameters", given)
    if shown is not None:
        rows = parameters(shown.source, given.source if given else "")
        shown.metadata["parameter_table"] = parameter_table(rows) if rows else ""
        shown.metadata["parameter_count"] = len(rows)
        notebook.cells = [cell for cell in notebook.cells if cell is shown or cell is not given]


def _say_what_is_left_out(notebook: NotebookNode) -> None:
    """Let an output that a page cannot carry be a line that says so."""
    for output in (output for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output):
        if not set(_SHOWN) & set(output.data):
            output.data = {
                "text/plain": f"[{', '.join(output.data)} left out: a page carries text, tables and pictures]"
            }


def _tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


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
            return f'<div class="formula" tabindex="0">{_formula(body, block=True)}</div>'

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
