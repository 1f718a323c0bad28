"""Bins, cards and studies as a modeller sees them who ends a cell with one: as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from riskbench.report import figures
from riskbench.report.tables import html_table

if TYPE_CHECKING:
    from riskbench.data.study import Study
    from riskbench.scorecard import Scorecard, WoeBinning
    from riskbench.scorecard.binning.bins import FeatureBins


@dataclass(frozen=True)
class Sheet:
    """A table that is shown as HTML in a browser and as text elsewhere."""

    frame: pd.DataFrame
    caption: str
    formats: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def html(self) -> str:
        """The table as HTML."""
        return html_table(self.frame, self.caption, formats=self.formats, note=self.note)

    def text(self) -> str:
        """The table as plain text."""
        return f"{self.caption}\n{self.frame.to_string(index=False)}"


def bins_sheet(bins: "FeatureBins") -> Sheet:
    """The bins of a feature, with the position by which an edit by hand is told of them."""
    frame = bins.table()
    frame.insert(1, "position", range(len(frame)))
    if not any(frame["note"]):
        frame = frame.drop(columns="note")
    trend = f", trend {bins.trend}" if bins.trend else ""
    caption = f"{bins.name}: information value {bins.iv:.3f}{trend}{', edited by hand' if bins.edited else ''}"
    return Sheet(frame, caption, note=f"Bad rate with Wilson's 95 % interval. {bins.edited}".strip())


def bins_html(bins: "FeatureBins") -> str:
    """The bins of a feature with their drawing beside them."""
    sheet = bins_sheet(bins)
    figure = figures.bin_plot(sheet.frame, overall=float(bins.bads.sum() / bins.cases.sum()), label="bin")
    picture = figures.picture_html(figure, figures.bins_alt(bins.name, sheet.frame, label="bin"))
    return f'<div class="beside"><div>{sheet.html()}</div>{picture}</div>'


def features_sheet(features: Sequence["FeatureBins"]) -> Sheet:
    """Binned features, the one with the largest information value first."""
    rows = [(f.name, f.iv, int((f.cases > 0).sum()), f.trend, float(_missing(f)), bool(f.edited)) for f in features]
    frame = pd.DataFrame(rows, columns=["feature", "iv", "bins", "trend", "missing", "edited"])
    frame = frame.sort_values(["iv", "feature"], ascending=[False, True], ignore_index=True)
    if not frame["edited"].any():
        frame = frame.drop(columns="edited")
    return Sheet(frame, f"Information value of {_features(len(frame))}", {"missing": "%"})


def binning_sheet(binning: "WoeBinning") -> Sheet | None:
    """The features of a binning; None before it is fitted."""
    return features_sheet(list(binning.features_.values())) if hasattr(binning, "features_") else None


def card_sheet(card: "Scorecard") -> Sheet | None:
    """The points of a card by feature and bin; None before it is fitted."""
    if not hasattr(card, "points_"):
        return None
    frame = card.points_table()[["feature", "bin", "woe", "points"]]
    scale = f"{card.base_score:g} points at odds of {card.base_odds:g} to 1, {card.pdo:g} points double the odds"
    return Sheet(frame, f"Scorecard of {_features(len(card.points_))}: {scale}")


def study_sheet(study: "Study") -> Sheet:
    """The tables of a study, and what bad means in it."""
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
    return Sheet(pd.DataFrame(rows, columns=columns), f"{study.title} ({study.name})", note=study.outcome.definition)


def _features(count: int) -> str:
    return f"{count} feature{'' if count == 1 else 's'}"


def _missing(bins: "FeatureBins") -> float:
    return bins.cases[-1] / bins.cases.sum()
