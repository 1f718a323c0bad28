"""A proposal: a candidate made on the newest closed months, held against the champion, and what the rules say of both.

It is written into a folder of its own: `proposal.json`, `proposal.html`, and the study as the candidate was made from
it. The candidate is a finished run like any other; nothing here signs, approves or promotes it.
"""

import datetime as dt
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from riskbench.core.errors import CannotRun
from riskbench.core.files import digest, sha256
from riskbench.core.project import Project
from riskbench.data.engine import Engine
from riskbench.data.samples import labelled
from riskbench.data.study import STUDY_FILE, Study, find_study, load_study
from riskbench.governance.live import live_version
from riskbench.governance.manifest import MANIFEST, read_manifest
from riskbench.governance.signing.keyfile import trust_file
from riskbench.pipeline.bundles import read_bundle, sealed, sealed_file
from riskbench.pipeline.proposing.comparison import HELD_OUT, Comparison, Held
from riskbench.pipeline.proposing.rules import Recommendation, recommend
from riskbench.pipeline.proposing.study_copy import candidate_content, recalibrated_content, write_copy
from riskbench.pipeline.proposing.window import Window, closed_window, refuse_seen
from riskbench.pipeline.switching import applicants_of

FOLDER = "proposals"  # below reports/
Perform = Callable[[Path, Path], None]  # a study's file and the folder of the run to be made of it


@dataclass(frozen=True)
class Wanted:
    """What is asked: as of which day, of how many closed months, against which run (None: the version in use)."""

    study: str
    as_of: dt.date
    months: int = 12
    run: Path | None = None
    out: Path | None = None
    retrospective: bool = False


@dataclass(frozen=True)
class Made:
    """A run that takes part, by its folder and the hashes of its manifest and its bundle."""

    folder: Path
    manifest_sha256: str
    bundle: str

    @classmethod
    def of(cls, run: Path) -> "Made":
        """A finished run; raises `CannotRun` where it is not, or made no bundle."""
        if not (run / MANIFEST).is_file():
            raise CannotRun(f"{run} is no finished run: it has no {MANIFEST}")
        return cls(run, sha256(run / MANIFEST), read_bundle(run).address)


@dataclass(frozen=True, eq=False)
class Proposal:
    """What a proposal came to. `recalibrated` is the run of the champion at its new level, where that is proposed.

    `same_card` says whether that run has the bins and coefficients of the champion, None where there is none.
    """

    folder: Path
    study: Study
    window: Window
    champion: Made
    candidate: Made
    comparison: Comparison
    recommendation: Recommendation
    recalibrated: Made | None = None
    same_card: bool | None = None

    @property
    def proposed(self) -> Made | None:
        """The run that people are asked to look at; None where nothing is to change, or nothing is decided."""
        return {"rebuild": self.candidate, "recalibrate": self.recalibrated}.get(self.recommendation.verdict)


def propose(project: Project, wanted: Wanted, perform: Perform) -> Proposal:
    """Make a candidate and hold it against the champion; `perform` runs a study's file into a folder.

    Raises `CannotRun` before anything is made where no version is in use, the champion is not whole, too few months are
    closed, or the champion has seen those that would judge it; and what `perform` raises.
    """
    file = find_study(project.data, wanted.study)
    study = load_study(file)
    champion = _champion(project, study, wanted.run)
    own = load_study(sealed(champion.folder, STUDY_FILE))
    if own.name != study.name:
        raise CannotRun(f"{champion.folder.name} is a run of the study {own.name}, not of {study.name}")
    window = closed_window(
        study, _decided(study, file.parent), wanted.as_of, wanted.months, retrospective=wanted.retrospective
    )
    refuse_seen(window, own, champion.folder.name)
    folder, name = _place(project, wanted, study, champion)
    content = tomllib.loads(file.read_text("utf-8"))
    copy = write_copy(file.parent, candidate_content(content, window), folder / "study")
    candidate = _performed(perform, copy, project.reports / f"{name}-candidate")
    comparison = Comparison(_held(champion, candidate))
    found = recommend(comparison, study.limits)
    recalibrated, same = None, None
    if found.verdict == "recalibrate":
        described = tomllib.loads(sealed(champion.folder, STUDY_FILE).read_text("utf-8"))
        asked = recalibrated_content(described, window, found.method)
        copy = write_copy(file.parent, asked, folder / "study_recalibrated", edits=True)
        recalibrated = _performed(perform, copy, project.reports / f"{name}-recalibrated")
        same = _same_card(champion, recalibrated)
    return Proposal(folder, study, window, champion, candidate, comparison, found, recalibrated, same)


def _champion(project: Project, study: Study, run: Path | None) -> Made:
    """The run that is named, or that of the version in use."""
    if run is not None:
        return Made.of(run.resolve())
    live = live_version(project.registry, study.name, trust=trust_file(project.root))
    folder = project.reports / live.run
    if not folder.is_dir():
        raise CannotRun(f"version {live.version} of {study.name} is in use, and its run {live.run} is not here")
    made = Made.of(folder)
    if (made.manifest_sha256, made.bundle) != (live.manifest_sha256, live.bundle_sha256):
        raise CannotRun(f"the run {live.run} is not what was promoted as version {live.version} of {study.name}")
    return made


def _decided(study: Study, home: Path) -> pd.Series:
    """The days of all decisions that the study's tables hold."""
    engine = Engine(study, home)
    moments = engine.moments()
    return engine.frame(moments.select(day=moments[study.as_of]))["day"]


def _place(project: Project, wanted: Wanted, study: Study, champion: Made) -> tuple[Path, str]:
    """The folder of the proposal, new or empty, and how its runs begin."""
    now = dt.datetime.now(dt.UTC)
    asked = [champion.manifest_sha256, wanted.as_of.isoformat(), wanted.months, now.isoformat()]
    name = f"{study.name}-{wanted.as_of:%Y%m%d}-{digest(asked)[:6]}"
    folder = (wanted.out or project.reports / FOLDER / name).resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CannotRun(f"{folder} is not empty: a proposal never overwrites; name another folder or remove it")
    return folder, name


def _performed(perform: Perform, study_file: Path, run: Path) -> Made:
    perform(study_file, run)
    return Made.of(run)


def _held(champion: Made, candidate: Made) -> Held:
    study = load_study(sealed(candidate.folder, STUDY_FILE))
    scores, before = (
        pd.read_parquet(sealed_file(of.folder, "scorecard", "scores.parquet")) for of in (candidate, champion)
    )
    developed = scores["sample"] == "development"
    return Held(
        study,
        read_bundle(champion.folder, champion.bundle),
        read_bundle(candidate.folder, candidate.bundle),
        applicants_of(candidate.folder, study, HELD_OUT),
        before.loc[before["sample"] == "development", "score"],
        scores.loc[developed, "score"],
        int(scores.loc[labelled(scores, "development"), "y"].sum()),
    )


def _same_card(champion: Made, recalibrated: Made) -> bool:
    """Whether two cards differ in their level alone."""
    first, second = (read_bundle(of.folder, of.bundle).card for of in (champion, recalibrated))
    return all(first[part] == second[part] for part in ("binning", "logit"))


def run_id(made: Made) -> str:
    """What a run is called in its manifest."""
    return read_manifest(made.folder).run_id
