"""The baseline of a run, frozen by the stage that monitors: what everything later is held against."""

from typing import TYPE_CHECKING

from riskbench.core.files import canonical_json
from riskbench.decision.bundle.bundle import load_bundle
from riskbench.monitoring.counts.baseline import COUNTS, DOCUMENT, Baseline, save_baseline
from riskbench.monitoring.counts.from_run import Model, RunTables, baseline_of
from riskbench.monitoring.population.cut_month import cut_off
from riskbench.scorecard import Scorecard

if TYPE_CHECKING:
    from riskbench.pipeline.stage import Stage


def freeze(stage: "Stage", bands: int) -> Baseline:
    """Freeze edges and counts of development, with `bands` bands of the score, and write them into the stage's folder.

    The reference is always development, whatever a page compares with.
    """
    bundle = load_bundle(canonical_json(stage.read_json("bundle")).encode())
    card = Scorecard.from_dict(stage.read_json("card"))
    applications, features, scores = (stage.read(name) for name in ("applications", "features", "scores"))
    tables = RunTables(
        applications,
        features,
        scores,
        stage.read("decisions"),
        cut=cut_off(stage.read("performance")["decided_on"], applications["month"]),
    )
    model = Model(stage.study.name, card, bundle, stage.study.base.segments)
    baseline = save_baseline(baseline_of(tables, model, bands=bands), stage.output)
    stage.wrote(DOCUMENT, COUNTS)
    return baseline
