"""What a reader sees who ends a cell with a result: a table or a sentence of the house, not a repr.

Results live on lower floors and know nothing of HTML, so IPython is told by name how each of them is shown. Opening a
stage does that; without a stage, `%load_ext riskbench.report.display` does.
"""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from riskbench.core import words
from riskbench.core.evidence import SAMPLES, Evidence, Table
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.status import status_word
from riskbench.report import figures, tables
from riskbench.report.layout import TEMPLATES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from riskbench.data.study import Study
    from riskbench.scorecard import Scorecard, WoeBinning
    from riskbench.scorecard.binning.bins import FeatureBins

Result = Estimate | CheckResult | Evidence


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


def _html(as_html: Callable[[Any], str | None], thing: Any) -> str | None:
    shown = as_html(thing)
    return None if shown is None else dressed(shown)


def _text(as_text: Callable[[Any], str | None], thing: Any, printer: Any, cycle: bool) -> None:
    printer.text(as_text(thing) or repr(thing))


# --- estimates, checks, evidence ------------------------------------------------------------------------------------


def estimate_text(estimate: Estimate) -> str:
    """An estimate in one line.

    >>> estimate_text(Estimate(0.75, 0.7, 0.8, level=0.95, n=400, method="DeLong")).replace(words.NBSP, " ")
    '0.750 (95 % interval 0.700 to 0.800), n = 400, DeLong'
    """
    said = [words.format_evidence(tables.as_evidence(_named(estimate)))]
    said += [f"n = {words.format_number(estimate.n)}"] if estimate.n is not None else []
    said += [f"p = {words.format_number(estimate.p_value)}"] if estimate.p_value is not None else []
    return ", ".join([*said, *([estimate.method] if estimate.method else [])])


def result_text(result: CheckResult | Evidence) -> str:
    """A check, or a piece of evidence, in one line: title, value, status."""
    e = tables.as_evidence(result)
    about = f"{e.title}, {SAMPLES[e.dims.sample]}" if e.dims.sample else e.title
    value = re.sub(r"<[^>]*>", "", e.value) if isinstance(e.value, str) else words.format_evidence(e)
    judged = status_word(e.status) if e.kind == "check" and e.value is not None else ""
    return f"{about}: {value}" + (f", {judged}" if judged else "")


def estimate_html(estimate: Estimate) -> str:
    """An estimate as a sentence."""
    return f"<p>{escape(estimate_text(estimate), quote=False)}</p>"


def result_html(result: CheckResult | Evidence) -> str:
    """A check or a figure as a table of one row, a recorded table as a table, a recorded sentence as a sentence."""
    if isinstance(result, Evidence) and isinstance(result.value, Table):
        frame = pd.DataFrame(result.value.rows, columns=result.value.columns)
        status = "status" if "status" in frame.columns else None
        return tables.html_table(frame, result.title, status_column=status)
    if isinstance(result, Evidence) and result.kind == "text":
        text = str(result.value)  # a conclusion is HTML already, made by `prose`
        return f"<p>{text if result.id.endswith('.page.conclusion') else escape(text, quote=False)}</p>"
    return tables.checks_table([result], "Check" if result.threshold else "Estimate")


def several_html(things: Sequence[Any] | Mapping[Any, Any]) -> str | None:
    """Results or bins, and nothing else, as one table; None for any other list."""
    named = isinstance(things, Mapping)
    items = list(things.values()) if isinstance(things, Mapping) else list(things)
    if items and all(isinstance(item, Estimate | CheckResult | Evidence) for item in items):
        titles = [str(key) for key in things] if named else [""] * len(items)
        rows = [_named(item, title) if isinstance(item, Estimate) else item
                for item, title in zip(items, titles, strict=True)]  # fmt: skip
        return tables.checks_table([row for row in rows if getattr(row, "kind", "") != "text"], "Results")
    if named and items and all(_is_bins(item) for item in items):
        return _iv_sheet(items).html()
    return None


def _named(estimate: Estimate, title: str = "") -> CheckResult:
    return CheckResult("estimate.value", title or estimate.method or "Estimate", estimate)


# --- bins, cards, studies, drawings ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sheet:
    """A table that is shown as HTML in a browser and as text elsewhere."""

    frame: pd.DataFrame
    caption: str
    formats: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def html(self) -> str:
        return tables.html_table(self.frame, self.caption, formats=self.formats, note=self.note)

    def text(self) -> str:
        return f"{self.caption}\n{self.frame.to_string(index=False)}"


def _bins_sheet(bins: "FeatureBins") -> _Sheet:
    frame = bins.table()
    frame.insert(1, "position", range(len(frame)))  # what an edit by hand is told
    if not any(frame["note"]):
        frame = frame.drop(columns="note")
    share = dict.fromkeys(("share", "bad_rate", "bad_rate_lower", "bad_rate_upper"), "%")
    trend = f", trend {bins.trend}" if bins.trend else ""
    caption = f"{bins.name}: information value {bins.iv:.3f}{trend}{', edited by hand' if bins.edited else ''}"
    note = f"Bad rate with Wilson's 95 % interval. {bins.edited}".strip()
    return _Sheet(frame, caption, {**share, "woe": ".3f", "iv": ".3f"}, note)


def bins_html(bins: "FeatureBins") -> str:
    """The bin table of a feature with its drawing beside it."""
    sheet = _bins_sheet(bins)
    figure = figures.bin_plot(sheet.frame, overall=float(bins.bads.sum() / bins.cases.sum()), label="bin")
    picture = figures.picture_html(figure, figures.bins_alt(bins.name, sheet.frame, label="bin"))
    return f'<div class="beside"><div>{sheet.html()}</div>{picture}</div>'


def _iv_sheet(features: Sequence["FeatureBins"]) -> _Sheet:
    rows = [(f.name, f.iv, int((f.cases > 0).sum()), f.trend, float(_missing(f)), bool(f.edited)) for f in features]
    frame = pd.DataFrame(rows, columns=["feature", "iv", "bins", "trend", "missing", "edited"])
    frame = frame.sort_values(["iv", "feature"], ascending=[False, True], ignore_index=True)
    if not frame["edited"].any():
        frame = frame.drop(columns="edited")
    return _Sheet(frame, f"Information value of {_features(len(frame))}", {"iv": ".3f", "missing": "%"})


def _features(count: int) -> str:
    return f"{count} feature{'' if count == 1 else 's'}"


def _missing(bins: "FeatureBins") -> float:
    return bins.cases[-1] / bins.cases.sum()


def _is_bins(thing: Any) -> bool:
    return f"{type(thing).__module__}.{type(thing).__name__}" == "riskbench.scorecard.binning.bins.FeatureBins"


def _binning_sheet(binning: "WoeBinning") -> _Sheet | None:
    return _iv_sheet(list(binning.features_.values())) if hasattr(binning, "features_") else None


def _card_sheet(card: "Scorecard") -> _Sheet | None:
    if not hasattr(card, "points_"):
        return None
    frame = card.points_table()[["feature", "bin", "woe", "points"]]
    scale = f"{card.base_score:g} points at odds of {card.base_odds:g} to 1, {card.pdo:g} points double the odds"
    return _Sheet(frame, f"Scorecard of {_features(len(card.points_))}: {scale}", {"woe": ".3f"})


def _study_sheet(study: "Study") -> _Sheet:
    rows = [
        (
            name,
            table.join,
            len(table.columns),
            sum(column.role == "feature" for column in table.columns.values()) + len(table.aggregates),
            table.lawful_basis,
        )
        for name, table in study.tables.items()
    ]
    columns = ["table", "join", "columns", "features", "lawful_basis"]
    return _Sheet(pd.DataFrame(rows, columns=columns), f"{study.title} ({study.name})", note=study.outcome.definition)


def _drawing_html(figure: "Figure") -> str | None:
    """A drawing of ours; one of pyplot's has a manager, and IPython shows it already."""
    if figure.canvas.manager is not None:
        return None
    titles = [axes.get_title(loc="left") or axes.get_title() for axes in figure.axes]
    return figures.picture_html(figure, f"A drawing: {'; '.join(filter(None, titles)) or 'without a title'}.")


def _sheet_html(sheet: Callable[[Any], _Sheet | None], thing: Any) -> str | None:
    made = sheet(thing)
    return made.html() if made else None


def _sheet_text(sheet: Callable[[Any], _Sheet | None], thing: Any) -> str | None:
    made = sheet(thing)
    return made.text() if made else None


def _as_sheet(sheet: Callable[[Any], _Sheet | None]) -> tuple[Callable, Callable]:
    return functools.partial(_sheet_html, sheet), functools.partial(_sheet_text, sheet)


SHOWN: dict[str, tuple[Callable[[Any], str | None], Callable[[Any], str | None] | None]] = {
    "riskbench.core.results.Estimate": (estimate_html, estimate_text),
    "riskbench.core.results.CheckResult": (result_html, result_text),
    "riskbench.core.evidence.Evidence": (result_html, result_text),
    "riskbench.scorecard.binning.bins.FeatureBins": (bins_html, _as_sheet(_bins_sheet)[1]),
    "riskbench.scorecard.woe_binning.WoeBinning": _as_sheet(_binning_sheet),
    "riskbench.scorecard.card.Scorecard": _as_sheet(_card_sheet),
    "riskbench.data.study.study.Study": _as_sheet(_study_sheet),
    "matplotlib.figure.Figure": (_drawing_html, None),
}
