"""What a run knows of the months after its development, for rules of early warning to be replayed."""

from typing import TYPE_CHECKING

from riskbench.core.files import sha256
from riskbench.monitoring.counts.baseline import DOCUMENT, FOLDER, load_baseline
from riskbench.monitoring.counts.groups import with_groups
from riskbench.monitoring.outcomes.counts import outcome_counts
from riskbench.monitoring.warning.kinds.disparity import attributes
from riskbench.monitoring.warning.replay import History
from riskbench.monitoring.warning.warnings import Warnings
from riskbench.monitoring.watch.loans import levels_of_run, paying_segments

if TYPE_CHECKING:
    from riskbench.pipeline.stage import Stage


def history_of(stage: "Stage", warnings: Warnings) -> History:
    """The counts of a run, and the outcomes known at any day; protected groups only where a rule asks for them."""
    applications, scores, decisions = (stage.read(name) for name in ("applications", "scores", "decisions"))
    baseline = load_baseline(stage.folder)
    stage.source({DOCUMENT: sha256(stage.folder / FOLDER / DOCUMENT)})
    performance = stage.read("performance")
    parts = levels_of_run(applications, baseline, paying_segments(warnings.rules))
    if compared := attributes(warnings.rules):
        baseline = with_groups(baseline, applications, decisions, stage.read("protected")[compared])
    return History(baseline, baseline.later, lambda day: outcome_counts(performance, scores, day, segments=parts))
