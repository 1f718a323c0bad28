"""The handle that a notebook works through: named tables in, named tables and evidence out.

    stage = open_stage("scorecard", study=study, run=run)
    features = stage.read("features")

What is shown is recorded: a table, a figure or a number reaches the page only through the evidence. With `run = ""`
the stage works in the draft run of its study; a finished run is never written to.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskbench.core.errors import CannotRun, DataError, NotEvaluated, StudyError
from riskbench.core.evidence import Evidence, Input, Maker, Setting, Table
from riskbench.core.files import replacing, sha256, write_json
from riskbench.core.project import Project, find_project
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.study import STUDY_FILE, Study, find_study, load_study
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.reading import load_policy
from riskbench.governance.manifest import MANIFEST
from riskbench.governance.model_card_file import MODEL_CARD_FILE, ModelCardFile, load_model_card
from riskbench.governance.origins import made_from
from riskbench.pipeline.cells import cell_ids, ipython_shell
from riskbench.pipeline.parameters import GIVEN_BY_THE_RUN, declared
from riskbench.pipeline.plain import fact, table_of
from riskbench.pipeline.provenance import Trail
from riskbench.pipeline.run_folder import (
    APPENDIX,
    ARTIFACTS,
    EVIDENCE_FILE,
    evidence_input,
    read_evidence,
    read_outputs,
    write_evidence,
    write_outputs,
)
from riskbench.pipeline.stages import STAGES, upstream
from riskbench.report import display, figures, tables
from riskbench.report.prose import evidence_sign, prose, status_html
from riskbench.scorecard.edits.edit import Edit
from riskbench.scorecard.edits.file import EDITS_FILE, append_edits, read_edits, unwritten
from riskbench.scorecard.reason_texts import REASONS_FILE, ReasonTexts, load_texts

if TYPE_CHECKING:
    from riskbench.monitoring.warning.warnings import Warnings
    from riskbench.scorecard import WoeBinning

STUDY_VARIABLE = "RISKBENCH_STUDY"
APPLICATIONS, KEY = "applications", "application"  # the table of intake that others follow row by row, and its key


def open_stage(name: str, study: str, run: str = "") -> "Stage":
    """The stage `name` of `study` in the run called `run`, or in the study's draft run when `run` is empty.

    Raises `CannotRun` for an unknown stage or a finished run, `StudyError` for a study that cannot be read.
    """
    if name not in STAGES:
        raise CannotRun(f"no stage {name!r}; the stages are {', '.join(STAGES)}")
    project = find_project()
    home = Path(os.environ[STUDY_VARIABLE]) if run and STUDY_VARIABLE in os.environ else None
    file = home / STUDY_FILE if home else find_study(project.data, study)
    loaded = load_study(file)
    folder = project.reports / (run or f"{loaded.name}-draft")
    if (folder / MANIFEST).is_file():
        raise CannotRun(f"run {run} is finished and is never written to; leave `run` empty to work in the draft")
    if shell := ipython_shell():
        display.load_ipython_extension(shell)
    return Stage(name, loaded, file.parent, folder, project, by_hand=not run)


class Stage:
    """One notebook's view of a run."""

    def __init__(
        self, name: str, study: Study, study_folder: Path, folder: Path, project: Project, by_hand: bool = False
    ):
        self.name, self.study, self.study_folder, self.folder, self.project = name, study, study_folder, folder, project
        self._by_hand = by_hand
        self.thresholds: Thresholds = study.limits
        self._tables: dict[str, dict[str, Any]] = {}
        self._appendices: list[str] = []
        self._evidence: dict[str, Evidence] = {}
        notebook = project.notebooks / STAGES[name].notebook
        chosen = frozenset(declared(notebook)) - set(GIVEN_BY_THE_RUN) if notebook.is_file() else frozenset[str]()
        self._trail = Trail(self, cell_ids(notebook), chosen)
        self.source({STUDY_FILE: sha256(study_folder / STUDY_FILE)})
        self.output.mkdir(parents=True, exist_ok=True)

    def __repr__(self) -> str:
        told = f"{len(self._evidence)} pieces of evidence and {len(self._tables)} tables so far"
        return f"Stage {self.name} of {self.study.name} in the run {self.folder.name}: {told}"

    def _repr_html_(self) -> str:
        found = [
            (Path(file).stem, f"stage.read{'_json' * file.endswith('.json')}", stage, table.rows, table.columns)
            for stage in upstream(self.name)
            for file, table in read_outputs(self.folder / ARTIFACTS / stage).tables.items()
        ]
        columns = ["name", "read_by", "written_by", "rows", "columns"]
        frame = pd.DataFrame(found, columns=columns, dtype=object)  # whole numbers stay whole beside gaps
        return display.dressed(f"<p>{escape(repr(self))}.</p>" + tables.html_table(frame, "What it can read"))

    @property
    def output(self) -> Path:
        """The folder of this stage's tables."""
        return self.folder / ARTIFACTS / self.name

    # --- tables -------------------------------------------------------------------------------------------------------

    def read(self, name: str) -> pd.DataFrame:
        """A table that a stage before this one wrote, its hash checked."""
        return pd.read_parquet(self._find(name, "parquet"))

    def read_json(self, name: str) -> Any:
        """A document that a stage before this one wrote, its hash checked."""
        return json.loads(self._find(name, "json").read_text("utf-8"))

    def write(self, name: str, frame: pd.DataFrame) -> None:
        """Write a table under a name that later stages read it by.

        A table of applications holds those of intake in their order, so that the rows of two tables belong together.
        Raises `DataError` where it does not.
        """
        self._check_order(name, frame)
        path = self.output / f"{name}.parquet"
        with replacing(path) as temporary:
            frame.to_parquet(temporary, index=False)
        self._tables[path.name] = {"sha256": sha256(path), "rows": len(frame), "columns": len(frame.columns)}

    def write_json(self, name: str, document: Any) -> None:
        """Write a document under a name that later stages read it by."""
        path = self.output / f"{name}.json"
        write_json(path, document)
        self._tables[path.name] = {"sha256": sha256(path)}

    def source(self, files: Mapping[str, str]) -> None:
        """Say that what follows is computed from raw files of these hashes."""
        self._trail.always |= {file: Input(table=file, sha256=hash_) for file, hash_ in files.items()}

    def appendix(self, name: str) -> Path:
        """Where to write an appendix file of this name."""
        path = self.folder / APPENDIX / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._appendices.append(name)
        return path

    def _check_order(self, name: str, frame: pd.DataFrame) -> None:
        if any(level is not None for level in frame.index.names):
            told = f"table {name} must hold its columns as columns: the index {list(frame.index.names)} would be lost"
            raise DataError(told, remedy="write frame.reset_index()")
        path = self.folder / ARTIFACTS / "intake" / f"{APPLICATIONS}.parquet"
        if KEY not in frame or self.name == "intake" or not path.is_file():
            return
        known = pd.read_parquet(path, columns=[KEY])[KEY]
        if not np.array_equal(frame[KEY].to_numpy(), known.to_numpy()):
            raise DataError(
                f"table {name} must hold the {len(known):,} applications of intake, one row each, in their order",
                column=KEY,
                remedy=f"leave rows out with a mask of their own, and write all {len(known):,}",
            )

    def _find(self, name: str, kind: str) -> Path:
        file = f"{name}.{kind}"
        for stage in upstream(self.name):
            folder = self.folder / ARTIFACTS / stage
            known = read_outputs(folder).tables.get(file)
            if known:
                path = folder / file
                if not path.is_file() or sha256(path) != known.sha256:
                    raise CannotRun(f"table {file} of stage {stage} is not what that stage wrote: run {stage} again")
                self._trail.read(name, [Input(table=file, sha256=known.sha256)])
                return path
        others = [s for s in STAGES if file in read_outputs(self.folder / ARTIFACTS / s).tables]
        hint = f"stage {others[0]} has: name it among the needs of {self.name} in pipeline/stages.py" if others else ""
        raise CannotRun(
            f"no stage that {self.name} builds on has written {file} in {self.folder.name} yet: "
            f"{hint or f'run the notebooks before {self.name} first'}"
        )

    # --- texts beside the study ---------------------------------------------------------------------------------------

    def policy(self) -> Policy:
        """The policy that the study names."""
        return load_policy(self._beside(self.study.policy), self.study)

    def warnings(self) -> "Warnings":
        """The study's rules of early warning; none where it has no `warnings.yaml`."""
        from riskbench.monitoring.warning.warnings import WARNINGS_FILE, Warnings, load_warnings  # its charts are heavy

        path = self._beside(WARNINGS_FILE)
        return load_warnings(path, self.study) if path.is_file() else Warnings(schema_version=1, rules=[])

    def reason_texts(self) -> ReasonTexts:
        """How the study calls its features and levels to a customer, from its `reasons.toml`."""
        self._beside(REASONS_FILE)
        return load_texts(self.study_folder, self.study)

    def model_card(self) -> ModelCardFile:
        """What only people can say of the model, from the study's `model_card.toml`."""
        self._beside(MODEL_CARD_FILE)
        return load_model_card(self.study_folder)

    def made_from(self) -> pd.DataFrame:
        """The study's texts, its data and the lock, each with its hash: `file, kind, sha256`."""
        files = made_from(self.project, self.study, self.study_folder)
        named = zip(files["file"], files["sha256"], strict=True)
        self._trail.read("", [Input(table=file, sha256=hash_) for file, hash_ in named])
        return files

    def edits(self) -> list[Edit]:
        """The manual edits of bins that stand beside the study, in order."""
        return read_edits(self._beside(EDITS_FILE))

    def _beside(self, name: str) -> Path:
        """A file of the study, noted as read; one that is not there is no input."""
        path = self.study_folder / name
        self._trail.read(name, [Input(table=name, sha256=sha256(path))] if path.is_file() else [])
        return path

    def keep_edits(self, binning: "WoeBinning") -> None:
        """Append a binning's new edits to the study's file, and say so; where there are none, do nothing.

        A run changes no study: there, new edits raise `StudyError`.
        """
        new = unwritten(self.study_folder / EDITS_FILE, binning.edits_)
        file = f"{self.study_folder.name}/{EDITS_FILE}"
        if new and not self._by_hand:
            told = ", ".join(f"{edit.told} ({edit.feature})" for edit in new)
            raise StudyError(f"a run edits no bins, and {file} does not hold: {told}. Run the cell by hand first")
        if new:
            append_edits(self.study_folder / EDITS_FILE, new)
            display.show(f'<p class="say">{len(new)} edit{"s" * (len(new) > 1)} written to {escape(file)}.</p>')

    # --- evidence -----------------------------------------------------------------------------------------------------

    def record(self, *results: CheckResult) -> list[Evidence]:
        """Write estimates and checks down as evidence; nothing is shown yet."""
        of_this = self._trail.of_this()
        return [self._keep(Evidence.of(self.name, result, **of_this)) for result in results]

    def estimate(self, name: str, title: str, estimate: Estimate | float, unit: str = "") -> Evidence:
        """Write one figure down; a bare number is a count or a fact that has no interval."""
        value = estimate if isinstance(estimate, Estimate) else fact(estimate)
        return self.record(CheckResult(name, title, value, unit=unit))[0]

    def text(self, name: str, title: str, text: str) -> Evidence:
        """Write a sentence down as evidence; nothing is shown yet."""
        return self._keep(self._new(name, "text", title, text, tolerance=0))

    def tell(self, name: str, title: str, text: str) -> None:
        """Write a sentence down as evidence and show it."""
        told = self.text(name, title, text)
        display.show(f'<p class="say">{escape(text, quote=False)}{evidence_sign(told.id)}</p>')

    def table(
        self, name: str, title: str, frame: pd.DataFrame, note: str = "", formats: Mapping[str, str] | None = None
    ) -> None:
        """Record a table as evidence and show it. Rows of single customers are refused.

        Columns that the glossary knows are printed as it says; `formats` is for the others.
        """
        kept = self._keep(self._new(name, "table", title, table_of(frame)))
        display.show(tables.html_table(frame, title, formats=formats or {}, note=note, evidence=kept.id))

    def figure(self, name: str, title: str, figure: Any, data: pd.DataFrame, alt: str) -> None:
        """Record the data of a drawing as evidence and show the drawing, with its table folded below."""
        kept = self._keep(self._new(name, "table", title, table_of(data)))
        display.show(figures.figure_html(figure, alt, data, title, evidence=kept.id))

    def show(self, title: str, evidence: Iterable[Evidence]) -> None:
        """Show some of what was recorded in one table, with limits and status."""
        display.show(tables.checks_table(list(evidence), title))

    def link(self, title: str, appendix: str) -> None:
        """Show a link to an appendix file of this run."""
        beside = os.path.relpath(self.folder, self.project.notebooks) + "/" if self._by_hand else ""
        display.show(
            f'<p class="say">Appendix: <a href="{beside}{APPENDIX}/{escape(appendix)}">{escape(title)}</a></p>'
        )

    def checks(self) -> None:
        """Show every check of this notebook in one table."""
        display.show(
            tables.checks_table(
                [e for e in self._evidence.values() if e.kind == "check" or e.status == "not_evaluated"]
            )
        )

    def say(self, template: str, **evidence: Evidence) -> None:
        """Show a sentence whose numbers are evidence: `stage.say("The AUC is {auc}.", auc=auc)`."""
        display.show(f'<p class="say">{prose(template, evidence)}</p>')

    def conclude(self, template: str, **evidence: Evidence) -> None:
        """State the page's conclusion; the first three figures named stand behind it at the head of the page."""
        shown = [evidence[name] for name in dict.fromkeys(re.findall(r"{(\w+)", template))]
        ids, made = Table(columns=["id"], rows=[[e.id] for e in shown[:3]]), {"makers": [Maker.of(prose)]}
        self._keep(self._new("page.key_figures", "table", "Key figures", ids, **made))
        sentence = prose(template, evidence)
        self._keep(self._new("page.conclusion", "text", "Conclusion", sentence, tolerance=0, **made))
        display.show(f'<p class="say conclusion">{sentence}</p>')

    @contextmanager
    def evaluating(self, name: str, title: str) -> Iterator[None]:
        """Run a block; where the study lacks the data for it, record and show "not evaluated" and the reason."""
        try:
            yield
        except NotEvaluated as lack:
            self.not_evaluated(name, title, str(lack))

    def not_evaluated(self, name: str, title: str, reason: str) -> Evidence:
        """Record and say that something was not evaluated, and why."""
        evidence = self.record(CheckResult(name, title, Estimate.missing(reason)))[0]
        told = f"{escape(title)}: {status_html('not_evaluated')}, because {escape(reason)}.{evidence_sign(evidence.id)}"
        display.show(f'<p class="say">{told}</p>')
        return evidence

    def all_evidence(self) -> dict[str, Evidence]:
        """The evidence of this stage and of those that it builds on, by id."""
        found = self._earlier() | self._evidence
        self._note_evidence("", found.values())
        return found

    def evidence(self, name: str) -> Evidence:
        """One piece of evidence of this stage or of one that it builds on, by its id."""
        found = self._evidence.get(name) or self._earlier().get(name)
        if found is None:
            raise CannotRun(f"no evidence {name!r} in {self.folder.name}: run the notebooks before {self.name} first")
        self._note_evidence(name, [found])
        return found

    def _earlier(self) -> dict[str, Evidence]:
        paths = (self.folder / ARTIFACTS / stage / EVIDENCE_FILE for stage in upstream(self.name))
        return {e.id: e for path in paths if path.is_file() for e in _evidence_in(path, sha256(path))}

    def _note_evidence(self, name: str, found: Iterable[Evidence]) -> None:
        """Note that evidence is read: what rests on it rests on what it rests on, and on the stage that found it."""
        inputs, settings = list[Input](), dict[str, Setting]()
        for e in found:
            if e.stage == self.name:
                inputs, settings = inputs + e.inputs, settings | (e.parameters or {})
        for stage in dict.fromkeys(e.stage for e in found if e.stage != self.name):
            hash_ = sha256(self.folder / ARTIFACTS / stage / EVIDENCE_FILE)
            inputs.append(Input(table=evidence_input(stage), sha256=hash_))
        self._trail.read(name, inputs, settings)

    def close(self) -> None:
        """Write the stage's evidence and the index of its tables: from now on later stages can read them.

        A page always answers: where nothing was concluded, the answer is the first thing that was not evaluated.
        """
        lacking = next((e for e in self._evidence.values() if e.status == "not_evaluated"), None)
        if lacking and f"{self.name}.page.conclusion" not in self._evidence:
            self.conclude(f"{lacking.title}: {{lacking}}.", lacking=lacking)
        write_evidence(self.output / EVIDENCE_FILE, self._evidence.values())
        write_outputs(self.output, self._tables, self._appendices)
        tables = "1 table" if len(self._tables) == 1 else f"{len(self._tables)} tables"
        display.show(f"<p class='written'>Written: {len(self._evidence)} pieces of evidence, {tables}.</p>")

    def _new(self, name: str, kind: str, title: str, value: Any, **more: Any) -> Evidence:
        of_this = self._trail.of_this() | more
        return Evidence(id=f"{self.name}.{name}", stage=self.name, kind=kind, title=title, value=value, **of_this)

    def _keep(self, evidence: Evidence) -> Evidence:
        before = self._evidence.get(evidence.id)
        if before and before.cell and evidence.cell and before.cell != evidence.cell:  # a cell may run again
            raise CannotRun(
                f"evidence {evidence.id} stands already, from cell {before.cell}: give one of them another id"
            )
        self._evidence[evidence.id] = evidence
        return evidence


@lru_cache(maxsize=32)
def _evidence_in(path: Path, _hash: str) -> tuple[Evidence, ...]:
    """The evidence that a file holds, read once as long as the file has this hash."""
    return tuple(read_evidence(path))
