"""How loans have turned out, for a look: those of development by the run of the baseline, since then those logged."""

import datetime as dt
from pathlib import Path

import pandas as pd

from riskbench.core.project import Project
from riskbench.data.engine import Engine
from riskbench.data.study import STUDY_FILE, load_study
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.places import token_key
from riskbench.decision.log.selection import Selection
from riskbench.decision.log.tokens import load_tokens
from riskbench.monitoring.counts.baseline import Baseline
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.feedback.decisions import KINDS, decisions_of
from riskbench.monitoring.feedback.joining import performance_named
from riskbench.monitoring.outcomes.counts import outcome_counts

DAY = dt.timedelta(days=1)
PERFORMANCE, SCORES = Path("artifacts/intake/performance.parquet"), Path("artifacts/scorecard/scores.parquet")


def loans_of_run(run: Path, baseline: Baseline) -> CountTable:
    """The loans of a run with the PDs of its card; none where the run keeps no performance."""
    files = run / PERFORMANCE, run / SCORES
    if not all(file.is_file() for file in files):
        return CountTable.empty()
    performance, scores = (pd.read_parquet(file) for file in files)
    return outcome_counts(performance, scores, model=baseline.model)


class LoggedLoans:
    """The loans of logged decisions, led back to them by the tokens of the project's key.

    Tables, feeds and log are read whole, so once a day, and what was known when yesterday ended is counted.
    """

    def __init__(self, project: Project, study: str):
        self._project, self._folder = project, project.data / study
        self._known: tuple[dt.date, CountTable] | None = None

    def known(self, log: DecisionLog, now: dt.datetime) -> CountTable:
        """Counts by the model that decided, an application being that of its last decision.

        Raises `RiskbenchError` where the study's tables or the log cannot be read.
        """
        if self._known is None or self._known[0] != now.date():
            self._known = now.date(), self._counted(log, now.date() - DAY)
        return self._known[1]

    def _counted(self, log: DecisionLog, yesterday: dt.date) -> CountTable:
        key, study = token_key(self._project), load_study(self._folder / STUDY_FILE)
        decisions = decisions_of(log.contents(Selection(kinds=KINDS))) if key.is_file() else decisions_of(())
        decided = decisions.drop_duplicates("application", keep="last").dropna(subset="pd")
        if decided.empty:
            return CountTable.empty()
        tokens = load_tokens(key)
        performance = performance_named(
            Engine(study, self._folder), lambda keys: keys.astype(str).map(tokens.application)
        )
        return CountTable.merged(
            outcome_counts(performance, of, yesterday, model=str(model)) for model, of in decided.groupby("model")
        )


def since_development(of_run: CountTable, baseline: Baseline, logged: CountTable) -> CountTable:
    """Development by the run, then what was logged: in its later months the run decided nothing here."""
    reference = of_run.frame
    if baseline.last is not None:
        reference = reference[reference["day"] <= pd.Timestamp(baseline.last) + pd.offsets.MonthEnd(0)]
    return CountTable.merged([CountTable(reference), logged])
