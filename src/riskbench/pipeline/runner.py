"""The runner: from a study to an immutable run, stages side by side, unchanged ones from the cache.

A run's folder has its final name from the start and is finished by the manifest, which is written last. What was
interrupted or failed has no manifest; its finished stages are in the cache, so a new run goes on from there.
"""

import datetime as dt
import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from riskbench.core.errors import CannotRun, MachineError, RiskbenchError, StageFailed, explained
from riskbench.core.files import digest, locked, sha256
from riskbench.core.project import REPORTS_VARIABLE, Project
from riskbench.data.sources import ensure_data
from riskbench.data.study import STUDY_FILE, load_study
from riskbench.decision.policy.reading import load_policy
from riskbench.governance.manifest import StageRecord
from riskbench.pipeline import kernels
from riskbench.pipeline.cache import Cache
from riskbench.pipeline.code import notebook_digest, package_digest, study_files
from riskbench.pipeline.execute import execute, load_libraries
from riskbench.pipeline.finish import finish, render_stage
from riskbench.pipeline.log import RunLog
from riskbench.pipeline.parameters import check_settings, declared
from riskbench.pipeline.progress import Progress
from riskbench.pipeline.run import Order, Run
from riskbench.pipeline.run_folder import APPENDIX, ARTIFACTS, EVIDENCE_FILE, OUTPUTS_FILE, read_outputs
from riskbench.pipeline.stage import STUDY_VARIABLE
from riskbench.pipeline.stages import STAGES, upstream
from riskbench.scorecard.edits.file import EDITS_FILE, read_edits


class Interrupted(RiskbenchError):
    """Ctrl-C: what is finished is kept."""


class ChangedMeanwhile(RiskbenchError):
    """What a run is made from is not what it was at the beginning."""


def run_study(project: Project, study_file: Path, order: Order, progress: Progress) -> Run:
    """Run the stages of a study into a new run folder and finish it with dossier and manifest.

    Raises `CannotRun` before anything is written, `StageFailed` with the executed notebook kept, `Interrupted`.
    """
    stages, settings = list(order.stages), order.settings
    kernels.warm_up()
    began = time.monotonic()
    study = load_study(study_file)
    for stage in stages:
        check_settings(declared(project.notebooks / STAGES[stage].notebook), stage, settings.get(stage, {}))
    if "policy" in stages:
        load_policy(study_file.parent / study.policy, study)  # a mistake is said now, not after four stages
    read_edits(study_file.parent / EDITS_FILE)  # and so are edits
    data = ensure_data(study, study_file.parent)
    created = dt.datetime.now(dt.UTC)
    mark = digest({"data": dict(data), "at": created.isoformat()})[:6]
    folder = order.out.resolve() if order.out else project.reports / f"{study.name}-{created:%Y%m%d-%H%M%S}-{mark}"
    run = Run(project, study, study_file.parent, folder, settings, stages, data, created, rerun=order.rerun)
    with _taken(folder, study_file), _logged(run, order.by) as log:
        with _kernels_told({REPORTS_VARIABLE: str(folder.parent), STUDY_VARIABLE: str(study_file.parent)}):
            _Scheduler(run, progress, log, order.jobs).run_all()
        run.seconds = time.monotonic() - began
        log.run_ended()
        finish(run)
    return run


@contextmanager
def _logged(run: Run, by: str) -> Iterator[RunLog]:
    """The log of a run from its start; what stops the run is its last line."""
    log = RunLog(run.folder, by)
    log.run_started(run.data)
    try:
        yield log
    except BaseException as error:
        with suppress(OSError):  # a full disk may have been the reason
            log.run_ended(str(error) or type(error).__name__)
        raise


@contextmanager
def _kernels_told(variables: Mapping[str, str]) -> Iterator[None]:
    """Kernels inherit this process's environment; afterwards it is as it was."""
    before = {name: os.environ.pop(name, None) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


@contextmanager
def _taken(folder: Path, study_file: Path) -> Iterator[None]:
    """The run's folder, new or empty, with the study in it, and closed to every other run while this one works.

    The lock of a run that was killed ends with it. Where a disk knows no locks, the study, which only one can create,
    keeps the second out.
    """
    if folder.exists() and not folder.is_dir():
        raise CannotRun(f"{folder} is a file: a run is a folder; name another")
    there = folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder) as ours:
        if not ours:
            raise CannotRun(f"another run is writing {folder} at this moment: name another folder, or wait")
        if any(folder.iterdir()):
            raise CannotRun(f"{folder} is not empty: a run never overwrites; name another folder or remove it")
        try:
            with (folder / STUDY_FILE).open("xb") as file:
                file.write(study_file.read_bytes())
        except FileExistsError:
            raise CannotRun(f"another run has just begun in {folder}: name another folder, or wait") from None
        except OSError as error:
            (folder / STUDY_FILE).unlink(missing_ok=True)
            if not there:
                folder.rmdir()
            raise explained(error, folder / STUDY_FILE) from None
        yield


class _Scheduler:
    """Starts every stage as soon as what it needs is there, at most `jobs` at once; renders pages meanwhile."""

    def __init__(self, run: Run, progress: Progress, log: RunLog, jobs: int):
        self.run, self.progress, self.log, self.jobs = run, progress, log, jobs
        self.cache = Cache(run.project.cache / run.study.name)
        self.common = _made_from(run)
        texts = study_files(run.study_folder)
        self.edits = {"edits": sha256(texts[EDITS_FILE]) if EDITS_FILE in texts else ""}  # nothing to the first stage

    def run_all(self) -> None:
        waiting, done = list(self.run.stages), set[str]()
        running: dict[Future, str] = {}
        failures: list[RiskbenchError] = []
        with (
            self.progress,
            ThreadPoolExecutor(self.jobs) as pool,
            ThreadPoolExecutor(1, initializer=load_libraries) as renderer,
        ):
            pages: list[Future] = []
            try:
                while running or (waiting and not failures):
                    for stage in [s for s in waiting if set(STAGES[s].needs) & set(self.run.stages) <= done]:
                        if not failures and len(running) < self.jobs:
                            waiting.remove(stage)
                            running[pool.submit(self._stage, stage)] = stage
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        stage = running.pop(future)
                        try:
                            self.run.records[stage] = future.result()
                        except (RiskbenchError, OSError, MemoryError) as error:
                            failures.append(error if isinstance(error, RiskbenchError) else explained(error))
                            problem = getattr(failures[-1], "problem", str(failures[-1]))
                            self.log.failed(stage, problem)
                            self.progress.failed(stage, problem)
                        else:
                            done.add(stage)
                            pages.append(renderer.submit(render_stage, self.run, stage))
            except KeyboardInterrupt:
                kernels.stop_all()
                kept = f"{len(done)} of {len(self.run.stages)} stages are kept"
                raise Interrupted(f"interrupted: {kept}, and a new run goes on from there") from None
            if failures:
                raise failures[0]
            for page in pages:
                page.result()
        changed = [name for name, hash_ in _made_from(self.run).items() if hash_ != self.common[name]]
        if changed:
            raise ChangedMeanwhile(
                f"the {' and the '.join(changed)} changed while the run went on, so that its archive would not be what "
                "was executed: run again"
            )

    def _stage(self, stage: str) -> StageRecord:
        run, notebook = self.run, self.run.project.notebooks / STAGES[stage].notebook
        parameters = run.parameters(stage)
        depends_on = (
            self.common
            | (self.edits if STAGES[stage].needs else {})
            | {
                "notebook": notebook_digest(notebook),
                "parameters": digest(parameters),
                "inputs": digest(self._inputs(stage)),
            }
        )
        self.log.started(stage, parameters)
        entry = self.cache.take(stage, depends_on, run.folder)
        if entry:
            self.progress.finished(stage, f"from cache: all it depends on is as in {entry.run_id}")
            executed_in, seconds = entry.run_id, entry.seconds
        else:
            self.progress.started(stage, self.cache.why_not(stage, depends_on))
            began = time.monotonic()
            output = run.folder / f"{stage}.ipynb"
            given = {"study": run.study.name, "run": run.id} | dict(run.settings.get(stage, {}))
            try:
                execute(notebook, output, given, run.project.root, lambda cell, n: self.progress.cell(stage, cell, n))
            except StageFailed as failure:
                raise _of_a_setting(failure, run.settings.get(stage, {})) from None
            executed_in, seconds = run.id, round(time.monotonic() - began, 1)
            kept = self._keep_for_next_time(stage, depends_on, seconds)
            self.progress.finished(stage, f"done in {seconds:.1f} s{kept}")
        record = StageRecord(
            stage=stage,
            state="cached" if entry else "executed",
            executed_in=executed_in,
            seconds=seconds,
            parameters=parameters,
            key=digest(depends_on),
        )
        self.log.finished(stage, record.state, record.executed_in)
        return record

    def _keep_for_next_time(self, stage: str, depends_on: Mapping[str, str], seconds: float) -> str:
        """Store a stage in the cache; a run does not need it, so what prevents that is only said."""
        files = _stage_files(self.run.folder, stage)
        try:
            self.cache.store(stage, depends_on, self.run.folder, files, seconds)
        except (MachineError, OSError) as error:
            why = error if isinstance(error, MachineError) else explained(error, self.cache.folder)
            return f"; not kept for the next run: {why}"
        return ""

    def _inputs(self, stage: str) -> dict[str, Any]:
        """What the stages before wrote; for the first stage, the data."""
        if not STAGES[stage].needs:
            return self.run.data
        folders = {name: self.run.folder / ARTIFACTS / name for name in upstream(stage)}
        return {
            name: [sha256(folder / OUTPUTS_FILE), sha256(folder / EVIDENCE_FILE)] for name, folder in folders.items()
        }


def _of_a_setting(failure: StageFailed, settings: Mapping[str, Any]) -> StageFailed:
    """A failure as bad usage where a formula refused a value that was set: its message begins with that name."""
    refused = failure.problem.removeprefix("ValueError: ")
    if refused != failure.problem and refused.partition(" ")[0] in settings:
        return StageFailed(failure.stage, failure.cell, refused, exit_code=2, notebook=failure.notebook)
    return failure


def _stage_files(folder: Path, stage: str) -> list[str]:
    own = folder / ARTIFACTS / stage
    if not (own / OUTPUTS_FILE).is_file():
        raise StageFailed(stage, None, "its notebook ended without stage.close(), so it has written no evidence")
    appendices = [f"{APPENDIX}/{name}" for name in read_outputs(own).appendices]
    return [f"{stage}.ipynb", *(f"{ARTIFACTS}/{stage}/{path.name}" for path in sorted(own.iterdir())), *appendices]


def _made_from(run: Run) -> dict[str, str]:
    """What every stage depends on, each with its hash."""
    texts = {name: sha256(path) for name, path in study_files(run.study_folder).items() if name != EDITS_FILE}
    return {
        "package": package_digest(),
        "lock": sha256(run.project.lock) if run.project.lock.is_file() else "",
        "study": digest(texts),
    }
