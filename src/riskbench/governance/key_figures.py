"""The figures by which versions of a model are told apart: on the summary of a run, and from run to run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from riskbench.core.evidence import Evidence


@dataclass(frozen=True)
class KeyFigure:
    """A figure of the sample that judges the card, under a short name; `stem` is its id without the sample."""

    name: str
    stem: str


def key_figures(evidence: Mapping[str, Evidence], holdout: str) -> list[tuple[KeyFigure, Evidence | None]]:
    """The key figures of a run on its holdout, in the order of `KEY_FIGURES`; None where a run has not recorded one."""
    return [(figure, evidence.get(f"{figure.stem}.{holdout}")) for figure in KEY_FIGURES]


KEY_FIGURES: Sequence[KeyFigure] = (
    KeyFigure("AUC", "validation.champion.auc"),
    KeyFigure("Calibration slope", "validation.champion.calibration_slope"),
    KeyFigure("Approval rate", "policy.portfolio.approval_rate"),
    KeyFigure("Lowest adverse impact ratio, one attribute", "fairness.groups.lowest_ratio"),
    KeyFigure("PSI of the score", "monitoring.score.psi"),
)
