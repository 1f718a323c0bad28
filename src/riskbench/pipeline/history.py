"""What a run knows of the months after its development, for rules of early warning to be replayed."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from riskbench.core.files import canonical_json
from riskbench.decision.bundle.bundle import load_bundle
from riskbench.monitoring.counts.baseline import Baseline
from riskbench.monitoring.counts.from_frame import Seen, count_frame
from riskbench.monitoring.counts.from_run import Model, RunTables, baseline_of
from riskbench.monitoring.counts.table import EVERYONE, CountTable
from riskbench.monitoring.outcomes.counts import outcome_counts
from riskbench.monitoring.warning.kinds.disparity import Disparity
from riskbench.monitoring.warning.replay import History
from riskbench.monitoring.warning.warnings import Warnings
from riskbench.scorecard import Scorecard

if TYPE_CHECKING:
    from riskbench.pipeline.stage import Stage


def history_of(stage: "Stage", warnings: Warnings) -> History:
    """The counts of a run, and the outcomes known at any day; protected groups only where a rule asks for them."""
    applications, scores, decisions = (stage.read(name) for name in ("applications", "scores", "decisions"))
    tables = RunTables(applications, stage.read("features"), scores, decisions)
    baseline = _baseline(stage, tables)
    performance = stage.read("performance")
    segments = [name for name in stage.study.base.segments if name in applications]
    parts = applications[["application", *segments]] if segments else None
    if attributes := sorted({rule.attribute for rule in warnings.rules if isinstance(rule, Disparity)}):
        baseline = _by_group(baseline, tables, stage.read("protected")[attributes])
    return History(baseline, baseline.later, lambda day: outcome_counts(performance, scores, day, segments=parts))


def _baseline(stage: "Stage", tables: RunTables) -> Baseline:
    bundle = load_bundle(canonical_json(stage.read_json("bundle")).encode())
    card = Scorecard.from_dict(stage.read_json("card"))
    return baseline_of(tables, Model(stage.study.name, stage.folder.name, card, bundle, stage.study.base.segments))


def _by_group(baseline: Baseline, tables: RunTables, groups: pd.DataFrame) -> Baseline:
    """The same baseline with decisions counted by group as well; the frozen one has none."""
    seen, reference = tables.seen, (tables.applications["sample"] == baseline.record.sample).to_numpy()
    parts = []
    for rows in (reference, ~reference):
        nothing = pd.DataFrame(index=seen.days[rows].index)
        of = {str(name): column[rows] for name, column in groups.items()}
        decided = None if tables.decisions is None else tables.decisions[rows]
        counted = count_frame(Seen(seen.days[rows], nothing, None, decided, of), baseline.record.yardstick)
        parts.append(CountTable(counted.frame[counted.frame["segment"] != EVERYONE]))
    development, rest = parts
    return replace(
        baseline,
        development=CountTable.merged([baseline.development, development]),
        rest=CountTable.merged([baseline.rest, rest]),
    )
