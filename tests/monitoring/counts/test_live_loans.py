"""Decisions of the row path, logged and read again with their outcomes, count as the run counts the same loans."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.core.project import Project
from riskbench.data.engine import Engine
from riskbench.data.labels import labels_of
from riskbench.data.performance import performance_of
from riskbench.data.study import load_study
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.places import token_key
from riskbench.decision.log.tokens import load_tokens
from riskbench.monitoring.counts.from_run import baseline_of
from riskbench.monitoring.outcomes.counts import outcome_counts
from riskbench.monitoring.watch.loans import levels_of_run
from riskbench.monitoring.watch.logged_loans import LoggedLoans

from .conftest import STUDY_TEXT, Lender, decision_of, raw

AT = dt.datetime(2028, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def rows() -> pd.DataFrame:
    """Three hundred applications whose loans are all over."""
    rows, rng = raw(300), np.random.default_rng(4)
    names = [f"A{number:03d}" for number in range(len(rows))]
    return rows.assign(id=names, who=names, y=rng.integers(0, 2, len(rows)))


def test_live_outcomes_by_segment_are_those_of_the_run(
    url: str, lender: Lender, log: DecisionLog, rows: pd.DataFrame, tmp_path: Path
) -> None:
    project, folder = Project(tmp_path), tmp_path / "data" / "counted"
    folder.mkdir(parents=True)
    text = STUDY_TEXT.replace('bad = ["1"], good = ["0"]', "bad = [1], good = [0]")
    (folder / "study.toml").write_text(text, "utf-8")
    rows.assign(asked=rows["asked"].dt.date).to_parquet(folder / "applications.parquet", index=False)
    tokens = load_tokens(token_key(project))
    log.append([decision_of(lender, row, application=tokens.application(row["id"])) for _, row in rows.iterrows()])

    engine = Engine(load_study(folder / "study.toml"), folder)
    joined = engine.collate()
    labels = labels_of(engine, joined)["label"]
    performance = performance_of(engine, joined, pd.DataFrame({"application": joined["id"], "label": labels}))
    scores = lender.bundle.score(rows).assign(application=rows["id"])
    baseline = baseline_of(lender.tables(raw(1_500), 600), lender.model)
    parts = levels_of_run(rows.rename(columns={"id": "application"}), baseline, ("channel",))
    of_run = outcome_counts(performance, scores, AT.date(), model=lender.bundle.address, segments=parts)

    live = LoggedLoans(project, "counted", url, ("channel",)).known(log, baseline, AT)
    assert {"channel=web", "channel=unknown"} < set(live.table.frame["segment"])
    pd.testing.assert_frame_equal(live.table.frame, of_run.frame)
