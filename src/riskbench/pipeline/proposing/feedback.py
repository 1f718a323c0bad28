"""The feedback of a study: its outcomes, joined to the decisions of a log, or without one to those of a run."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from riskbench.core.errors import CannotRun
from riskbench.core.files import replacing
from riskbench.core.project import Project
from riskbench.data.engine import Engine
from riskbench.data.study import Study, find_study, load_study
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.places import token_key
from riskbench.decision.log.selection import Selection
from riskbench.decision.log.tokens import load_tokens
from riskbench.decision.policy.arms import CHAMPION
from riskbench.governance.live import live_version
from riskbench.governance.manifest import MANIFEST
from riskbench.governance.signing.keyfile import trust_file
from riskbench.monitoring.feedback.decisions import KINDS, decisions_of
from riskbench.monitoring.feedback.joining import Feedback, Names, join, outcomes_at
from riskbench.monitoring.feedback.monthly import MonthOfModel, monthly
from riskbench.pipeline.bundles import read_bundle, sealed_file
from riskbench.privacy.pseudonyms import load_or_create_key, pseudonymise


@dataclass(frozen=True, eq=False)
class Returned:
    """The feedback of a study as of a day; `developed` holds by model the scores of its development, where known."""

    study: Study
    as_of: dt.date
    from_log: bool
    feedback: Feedback
    developed: dict[str, pd.Series] = field(default_factory=dict)

    def months(self) -> list[MonthOfModel]:
        """What each model did in each month."""
        return monthly(self.feedback.rows, self.developed, overrides_known=self.from_log)


def feedback_of_log(project: Project, study: str, url: str, as_of: dt.date) -> Returned:
    """Outcomes joined to the decisions of a log, by the tokens of the project's key.

    Entries written after the day are not read: a review that came later has not been made yet. Raises `CannotRun` where
    the project has no key of tokens, `LogError` where there is no log, `BrokenLedger` where an entry was edited.
    """
    key = token_key(project)
    if not key.is_file():
        raise CannotRun(
            f"there is no key of tokens at {key}, so no decision can be led back to its application: it is made by the "
            "service that writes the log"
        )
    tokens = load_tokens(key)
    until = dt.datetime.combine(as_of + dt.timedelta(days=1), dt.time(), dt.UTC)
    with open_log(url, writing=False) as log:
        decisions = decisions_of(log.contents(Selection(until=until, kinds=KINDS)))
    if decisions.empty:
        raise CannotRun(f"the log holds no decision up to {as_of}")
    file = find_study(project.data, study)
    described = load_study(file)

    def names(keys: pd.Series) -> pd.Series:
        return keys.astype(str).map(tokens.application)

    made_by = decisions.drop_duplicates("model", keep="last")
    developed = {}
    for model, run in zip(made_by["model"], made_by["run"], strict=True):
        if (scores := _developed(project.reports / str(run), str(model))) is not None:
            developed[str(model)] = scores
    return _joined(described, file.parent, decisions, names, as_of, developed, from_log=True)


def feedback_of_run(project: Project, study: str, run: Path | None, as_of: dt.date) -> Returned:
    """Outcomes joined to what a run decides of its own months; without `run`, that of the version in use.

    Raises `CannotRun` where the run is not whole, or was made with another key of pseudonyms; `Refused` where no
    version is in use.
    """
    file = find_study(project.data, study)
    described = load_study(file)
    trust = trust_file(project.root)
    folder = run or project.reports / live_version(project.registry, described.name, trust=trust).run
    bundle = read_bundle(folder)
    if bundle.study != described.name:
        raise CannotRun(f"{folder.name} is a run of the study {bundle.study}, not of {described.name}")
    scores = pd.read_parquet(sealed_file(folder, "scorecard", "scores.parquet"))
    decided = pd.read_parquet(sealed_file(folder, "policy", "decisions.parquet"))
    key = load_or_create_key(project.pseudonym_key)

    def names(keys: pd.Series) -> pd.Series:
        return pseudonymise(keys, key, "application")

    engine = Engine(described, file.parent)
    outcomes = outcomes_at(engine, names, as_of)
    when = outcomes.set_index("application")["decided_on"]
    rows = pd.DataFrame({
        "decision": decided["application"],
        "at": decided["application"].map(when),
        "application": decided["application"],
        "model": bundle.address,
        "run": folder.name,
        "arm": CHAMPION,
        "band": decided["band"],
        "action": decided["action"],
        "said": decided["action"],
        "override": False,
        "pd": scores["pd_applied"],
        "score": scores["score"].astype(float),
    })  # fmt: skip
    if rows["at"].isna().all():
        raise CannotRun(
            f"none of the applications of {folder.name} is found again: the run was made with another key of "
            f"pseudonyms, or nothing was decided up to {as_of}"
        )
    rows = rows[rows["at"].notna()].reset_index(drop=True)  # what was decided after the day is not known yet
    developed = _developed(folder, bundle.address)
    known = {} if developed is None else {bundle.address: developed}
    return Returned(described, as_of, False, join(rows, outcomes), known)


def write_feedback(returned: Returned, target: Path) -> int:
    """Write the rows to a Parquet file, whole or not at all; how many they are."""
    with replacing(target) as temporary:
        returned.feedback.rows.to_parquet(temporary, index=False)
    return len(returned.feedback.rows)


def _joined(
    study: Study,
    home: Path,
    decisions: pd.DataFrame,
    names: Names,
    as_of: dt.date,
    developed: dict[str, pd.Series],
    *,
    from_log: bool,
) -> Returned:
    outcomes = outcomes_at(Engine(study, home), names, as_of)
    return Returned(study, as_of, from_log, join(decisions, outcomes), developed)


def _developed(run: Path, model: str) -> pd.Series | None:
    """The scores of the development of a model, where its run is here and is the one that made it."""
    if not (run.name and (run / MANIFEST).is_file()):
        return None
    try:
        if read_bundle(run).address != model:
            return None
        scores = pd.read_parquet(sealed_file(run, "scorecard", "scores.parquet"))
    except CannotRun:
        return None
    return scores.loc[scores["sample"] == "development", "score"].astype(float)
