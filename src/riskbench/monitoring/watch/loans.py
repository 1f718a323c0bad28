"""How loans have turned out, for a look: those of development by the run of the baseline, since then those logged."""

from collections.abc import Collection, Iterable
from pathlib import Path

import pandas as pd

from riskbench.data.study import STUDY_FILE, load_study
from riskbench.monitoring.counts.baseline import Baseline
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import Segment, segment_levels
from riskbench.monitoring.outcomes.counts import outcome_counts
from riskbench.monitoring.warning.rule import Rule
from riskbench.monitoring.warning.unseen import PAY
from riskbench.monitoring.warning.warnings import WARNINGS_FILE, load_warnings

PERFORMANCE, SCORES = Path("artifacts/intake/performance.parquet"), Path("artifacts/scorecard/scores.parquet")
APPLICATIONS = Path("artifacts/intake/applications.parquet")


def asked_segments(folder: Path) -> tuple[str, ...]:
    """The columns by which rules of the study in a folder look at how loans pay; none where it has no rules."""
    path = folder / WARNINGS_FILE
    return paying_segments(load_warnings(path, load_study(folder / STUDY_FILE)).rules) if path.is_file() else ()


def paying_segments(rules: Iterable[Rule]) -> tuple[str, ...]:
    """The columns by which some rules look at how loans pay."""
    return tuple(sorted({name for rule in rules if rule.SEES == PAY for name in getattr(rule, "segments", ())}))


def loans_of_run(run: Path, baseline: Baseline, asked: Collection[str] = ()) -> CountTable:
    """The loans of a run with the PDs of its card, by the segments asked for; none where it keeps no performance."""
    files = run / PERFORMANCE, run / SCORES, run / APPLICATIONS
    if not all(file.is_file() for file in files):
        return CountTable.empty()
    performance, scores, applications = (pd.read_parquet(file) for file in files)
    levels = levels_of_run(applications, baseline, asked)
    return outcome_counts(performance, scores, model=baseline.model, segments=levels)


def levels_of_run(applications: pd.DataFrame, baseline: Baseline, asked: Collection[str]) -> pd.DataFrame:
    """Each application and its level in the segments asked for, as decisions are counted by them."""
    found = [one for one in segments_of(baseline, asked) if one.column in applications]
    levels = {one.column: segment_levels(one, applications[one.column]) for one in found}
    return applications[["application"]].assign(**levels)


def since_development(of_run: CountTable, baseline: Baseline, logged: CountTable) -> CountTable:
    """Development by the run, then what was logged: in its later months the run decided nothing here."""
    reference = of_run.frame
    if baseline.last is not None:
        reference = reference[reference["day"] <= pd.Timestamp(baseline.last) + pd.offsets.MonthEnd(0)]
    return CountTable.merged([CountTable(reference), logged])


def segments_of(baseline: Baseline, asked: Collection[str]) -> list[Segment]:
    """The segments of a baseline that are asked for."""
    return [one for one in baseline.record.yardstick.segments if one.column in asked]
