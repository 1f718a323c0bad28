"""Decisions of a run by protected group, beside its baseline: the one that is frozen holds no group."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from riskbench.monitoring.counts.baseline import Baseline
from riskbench.monitoring.counts.from_frame import Seen, count_frame
from riskbench.monitoring.counts.from_run import days_of
from riskbench.monitoring.counts.table import EVERYONE, CountTable
from riskbench.monitoring.counts.yardstick import Yardstick

INTAKE, DECISIONS = Path("artifacts/intake"), Path("artifacts/policy/decisions.parquet")


def with_groups(
    baseline: Baseline, applications: pd.DataFrame, decisions: pd.DataFrame, groups: pd.DataFrame
) -> Baseline:
    """The same baseline with decisions counted by group as well.

    `applications` has `month` and `sample`, `groups` a column for each attribute; all tables have the same rows in the
    same order.
    """
    alone = Yardstick(model=baseline.model)
    reference = (applications["sample"] == baseline.record.sample).to_numpy()
    days = days_of(applications["month"])
    parts = []
    for rows in (reference, ~reference):
        of = {str(name): column[rows] for name, column in groups.items()}
        counted = count_frame(Seen(days[rows], pd.DataFrame(index=days[rows].index), None, decisions[rows], of), alone)
        parts.append(CountTable(counted.frame[counted.frame["segment"] != EVERYONE]))
    development, rest = parts
    return replace(
        baseline,
        development=CountTable.merged([baseline.development, development]),
        rest=CountTable.merged([baseline.rest, rest]),
    )


def with_groups_of_run(baseline: Baseline, run: Path, attributes: Sequence[str]) -> Baseline:
    """The same for the folder of a run, and the attributes that it keeps."""
    protected = run / INTAKE / "protected.parquet"
    if not attributes or not protected.is_file():
        return baseline
    groups = pd.read_parquet(protected)
    kept = [name for name in attributes if name in groups]
    applications = pd.read_parquet(run / INTAKE / "applications.parquet", columns=["month", "sample"])
    decisions = pd.read_parquet(run / DECISIONS, columns=["action", "rule", "amount"])
    return with_groups(baseline, applications, decisions, groups[kept]) if kept else baseline
