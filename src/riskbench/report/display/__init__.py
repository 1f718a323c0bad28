"""What a reader sees who ends a cell with a result: a table or a sentence of the house, not a repr.

Results live on lower floors and know nothing of HTML, so IPython is told by name how each of them is shown. Opening a
stage does that; without a stage, `%load_ext riskbench.report.display` does.
"""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from riskbench.report.display import results, sheets
from riskbench.report.figures import picture_html
from riskbench.report.layout import TEMPLATES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Html = Callable[[Any], str | None]  # None: IPython is to show the thing as it would
Text = Callable[[Any], str | None]

FEATURE_BINS = "riskbench.scorecard.binning.bins.FeatureBins"


def show(html: str) -> None:
    """Show HTML as the output of the running cell."""
    from IPython.display import HTML, display

    display(HTML(dressed(html)))


def dressed(html: str) -> str:
    """HTML with the style that it needs outside a dossier; a page of the dossier takes that style off again.

    Every output carries it: JupyterLab takes cells that are out of sight off its page, and their styles with them.
    """
    return f'<div class="riskbench"><style>{_style()}</style>{html}</div>'


@functools.cache
def _style() -> str:
    css = re.sub(r"/\*.*?\*/", "", (TEMPLATES / "output.css").read_text("utf-8"), flags=re.DOTALL)
    return re.sub(r"\s*([{};,])\s*", r"\1", css).replace(";}", "}").strip()


def load_ipython_extension(shell: Any) -> None:
    """Tell IPython how results are shown; telling it again changes nothing."""
    formatters = shell.display_formatter.formatters
    html, plain = formatters["text/html"], formatters["text/plain"]
    for name, (as_html, as_text) in SHOWN.items():
        module, _, kind = name.rpartition(".")
        html.for_type_by_name(module, kind, functools.partial(_html, as_html))
        if as_text:
            plain.for_type_by_name(module, kind, functools.partial(_text, as_text))
    for several in (list, tuple, dict):
        html.for_type(several, functools.partial(_html, several_html))


def several_html(things: Sequence[Any] | Mapping[Any, Any]) -> str | None:
    """Results, or features by name, and nothing else, as one table; None for any other collection."""
    if isinstance(things, Mapping) and things and all(_name(item) == FEATURE_BINS for item in things.values()):
        return sheets.features_sheet(list(things.values())).html()
    return results.several_html(things)


def _name(thing: Any) -> str:
    return f"{type(thing).__module__}.{type(thing).__qualname__}"


def _html(as_html: Html, thing: Any) -> str | None:
    shown = as_html(thing)
    return None if shown is None else dressed(shown)


def _text(as_text: Text, thing: Any, printer: Any, cycle: bool) -> None:
    printer.text(as_text(thing) or repr(thing))


def _drawing_html(figure: "Figure") -> str | None:
    """A drawing of ours; one of pyplot's has a manager, and IPython shows it already."""
    if figure.canvas.manager is not None:
        return None
    titles = [axes.get_title(loc="left") or axes.get_title() for axes in figure.axes]
    return picture_html(figure, f"A drawing: {'; '.join(filter(None, titles)) or 'without a title'}.")


def _shown_as(sheet: Callable[[Any], sheets.Sheet | None]) -> tuple[Html, Text]:
    """A thing as its sheet in HTML and in text; as IPython would, where it has none."""

    def html(thing: Any) -> str | None:
        made = sheet(thing)
        return made.html() if made else None

    def text(thing: Any) -> str | None:
        made = sheet(thing)
        return made.text() if made else None

    return html, text


SHOWN: dict[str, tuple[Html, Text | None]] = {  # classes by name, so that none is imported before it is used
    "riskbench.core.results.Estimate": (results.estimate_html, results.estimate_text),
    "riskbench.core.results.CheckResult": (results.result_html, results.result_text),
    "riskbench.core.evidence.Evidence": (results.result_html, results.result_text),
    FEATURE_BINS: (sheets.bins_html, _shown_as(sheets.bins_sheet)[1]),
    "riskbench.scorecard.woe_binning.WoeBinning": _shown_as(sheets.binning_sheet),
    "riskbench.scorecard.card.Scorecard": _shown_as(sheets.card_sheet),
    "riskbench.data.study.study.Study": _shown_as(sheets.study_sheet),
    "matplotlib.figure.Figure": (_drawing_html, None),
}
