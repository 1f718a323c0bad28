"""The baseline of a run, frozen by the stage that monitors: what everything later is held against."""

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from riskbench.core.files import canonical_json
from riskbench.decision.bundle.bundle import load_bundle
from riskbench.monitoring.counts.baseline import COUNTS, DOCUMENT, Baseline, save_baseline
from riskbench.monitoring.counts.from_run import Model, RunTables, baseline_of
from riskbench.scorecard import Scorecard

if TYPE_CHECKING:
    from riskbench.pipeline.stage import Stage


Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]  # in the order that `freeze` says


def freeze(stage: "Stage", tables: Tables, bands: int, cut: dt.date | None = None) -> Baseline:
    """Freeze edges and counts of development, with `bands` bands of the score, and write them into the stage's folder.

    `tables` are applications, features, scores and decisions of the run, and `cut` is where the data end, if within a
    month (`monitoring.population.cut_month`). The reference is always development, whatever a page compares with.
    """
    bundle = load_bundle(canonical_json(stage.read_json("bundle")).encode())
    card = Scorecard.from_dict(stage.read_json("card"))
    model = Model(stage.study.name, card, bundle, stage.study.base.segments)
    baseline = save_baseline(baseline_of(RunTables(*tables, cut=cut), model, bands=bands), stage.output)
    stage.wrote(DOCUMENT, COUNTS)
    return baseline
