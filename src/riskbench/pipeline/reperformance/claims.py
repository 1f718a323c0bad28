"""What a run says of itself, held against itself: archive, log, times, settings, and where its figures come from.

Nothing is executed. Whoever renews the hashes after a change is found here wherever two files of the run say the same
thing twice, and only one of them was changed.
"""

import datetime as dt
import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from riskbench.core.evidence import Evidence
from riskbench.core.files import digest, sha256
from riskbench.data.study import STUDY_FILE
from riskbench.governance.manifest import MANIFEST, Manifest
from riskbench.pipeline.code import UNREADABLE
from riskbench.pipeline.log import LOG, Entry, outcome_told, read_log
from riskbench.pipeline.run_folder import (
    ARTIFACTS,
    CODE,
    EVIDENCE_FILE,
    OUTPUTS_FILE,
    evidence_digest,
    evidence_input,
    read_evidence,
    read_outputs,
)
from riskbench.pipeline.stages import STAGES

LOCK, PACKAGE_FOLDER = "requirements.lock", "src/riskbench/"
SOON = dt.timedelta(minutes=5)  # from the order of a run to its first line; a slow disk may need a while
NOT_OF_ITS_KIND = (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError)  # whatever JSON it holds
NOT_THE_CLAIM = "not what the manifest says"

Found = Iterator[tuple[str, str]]  # a file, and what is wrong with it


def broken_claims(folder: Path, manifest: Manifest) -> dict[str, str]:
    """Each file of a run that contradicts the manifest or another file, and how; the first fault of a file counts."""
    broken: dict[str, str] = {}
    held = _members(folder / CODE)
    archive, figures = _archive(folder, manifest, held), _figures(folder, manifest, held or {})
    for found in (archive, _times(manifest), _log(folder, manifest), figures):
        for file, problem in found:
            broken.setdefault(file, problem)
    return broken


def _members(code: Path) -> dict[str, str] | None:
    """What an archive holds, each with its hash; None where it cannot be read."""
    try:
        with zipfile.ZipFile(code) as archive:
            return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    except UNREADABLE:
        return None


def _archive(folder: Path, manifest: Manifest, held: dict[str, str] | None) -> Found:
    """What the archive holds that is not what the manifest says the run was made from."""
    if held is None:
        yield CODE, "is no archive that can be read"
        return
    claims = {f"notebooks/{name}": hash_ for name, hash_ in manifest.notebooks.items()}
    claims[f"data/{manifest.study}/{STUDY_FILE}"] = manifest.study_sha256
    if manifest.lock_sha256:
        claims[LOCK] = manifest.lock_sha256
    for name, hash_ in claims.items():
        if held.get(name) != hash_:
            yield f"{CODE}, {name}", NOT_THE_CLAIM
    if digest({name: hash_ for name, hash_ in held.items() if name.startswith(PACKAGE_FOLDER)}) != manifest.code_sha256:
        yield f"{CODE}, {PACKAGE_FOLDER}", NOT_THE_CLAIM
    texts = rf"data/{re.escape(manifest.study)}/[^/]+\.(toml|yaml|md)"
    written = re.compile(rf"{PACKAGE_FOLDER}.+|notebooks/[^/]+\.ipynb|pyproject\.toml|{re.escape(LOCK)}|{texts}")
    for name in held:  # what lies beside the package could be executed in its place
        if not written.fullmatch(name):
            yield f"{CODE}, {name}", "no run writes such a file"
    if (folder / STUDY_FILE).is_file() and sha256(folder / STUDY_FILE) != manifest.study_sha256:
        yield STUDY_FILE, NOT_THE_CLAIM


def _times(manifest: Manifest) -> Found:
    """Whether the manifest agrees with the clock and with itself."""
    created = _time(manifest.created)
    if created is None:
        yield MANIFEST, f"created is no time with its zone: {manifest.created!r}"
    elif created > dt.datetime.now(dt.UTC):
        yield MANIFEST, f"created in the future: {manifest.created}"
    parameters = {record.stage: record.parameters for record in manifest.stages}
    for stage, own in manifest.settings.items():
        for name, value in own.items():
            if parameters.get(stage, {}).get(name) != value:
                yield MANIFEST, f"the setting {stage}.{name} is not what the stage ran with"
    seeds = {stage: own["seed"] for stage, own in parameters.items() if "seed" in own}
    if seeds != manifest.seeds:
        yield MANIFEST, "the seeds are not those of the stages"
    if {STAGES[stage].notebook for stage in parameters if stage in STAGES} != set(manifest.notebooks):
        yield MANIFEST, "the notebooks are not those of the stages"


def _time(text: str) -> dt.datetime | None:
    """A time with its zone; None where the text is none."""
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else None


def _log(folder: Path, manifest: Manifest) -> Found:
    """Whether the log tells the execution that the manifest describes."""
    if not (folder / LOG).is_file():
        return  # a run of schema 1 kept none; of a later one, the manifest misses it
    try:
        entries = read_log(folder / LOG)
    except NOT_OF_ITS_KIND:
        yield LOG, "is no log that can be read"
        return
    times = [entry.at for entry in entries]
    if times != sorted(times):
        yield LOG, "its times do not follow one another"
    elif times and times[-1] > dt.datetime.now(dt.UTC):
        yield LOG, f"it ends in the future: {times[-1].isoformat(timespec='seconds')}"
    created = _time(manifest.created)
    if created and entries and not dt.timedelta(0) <= times[0] - created < SOON:
        yield MANIFEST, "created is not when the log begins"
    ends = [entry for entry in (*entries[:1], *entries[-1:]) if not entry.stage]
    if [entry.event for entry in ends] != ["started", "finished"] or ends[0].sha256 != digest(manifest.data):
        yield LOG, "it does not begin and end with the run on its data"
    if manifest.rerun and {entry.by for entry in entries} != {manifest.rerun.by}:
        yield LOG, f"the run is said to be a rerun by {manifest.rerun.by}, and the log names somebody else"
    told = {(entry.stage, entry.event): entry for entry in entries if entry.stage}
    nothing = Entry(at=dt.datetime.now(dt.UTC), by="nobody", event="failed")
    for record in manifest.stages:
        started, finished = (told.pop((record.stage, event), nothing) for event in ("started", "finished"))
        if started.parameters != record.parameters or started.sha256 != digest(record.parameters):
            yield LOG, f"the parameters of {record.stage} are not those of the manifest"
        if finished.outcome != outcome_told(record.state, record.executed_in):
            yield LOG, f"how {record.stage} came about is not what the manifest says"
    if told:
        yield LOG, f"it tells of what the manifest does not: {', '.join(sorted({stage for stage, _ in told}))}"


def _figures(folder: Path, manifest: Manifest, held: dict[str, str]) -> Found:
    """Whether tables and figures name the hashes and cells that they come from."""
    hashes = {(Path(name).name, file.sha256) for name, file in manifest.files.items()} | set(manifest.data.items())
    for record in manifest.stages:
        home = f"{ARTIFACTS}/{record.stage}"
        try:
            outputs = read_outputs(folder / home)
        except NOT_OF_ITS_KIND:
            yield f"{home}/{OUTPUTS_FILE}", "is no index of tables any more"
            continue
        for table, written in outputs.tables.items():
            file = manifest.files.get(f"{home}/{table}")
            if file is None or file.sha256 != written.sha256:
                yield f"{home}/{table}", f"not the table that {OUTPUTS_FILE} names"
    try:
        evidence = read_evidence(folder / EVIDENCE_FILE)
        cells = {record.stage: _cells(folder / f"{record.stage}.ipynb") for record in manifest.stages}
    except NOT_OF_ITS_KIND as error:
        yield EVIDENCE_FILE, f"cannot be read beside its notebooks ({type(error).__name__})"
        return
    home = f"data/{manifest.study}/"
    hashes |= {(name.removeprefix(home), hash_) for name, hash_ in held.items() if name.startswith(home)}
    hashes.add((LOCK, manifest.lock_sha256))
    for stage, of_stage in groupby(evidence, lambda e: e.stage):
        hashes.add((evidence_input(stage), evidence_digest(of_stage)))
    for e in evidence:
        if problem := _stray(e, cells, hashes):
            yield EVIDENCE_FILE, f"{e.id} {problem}"


def _stray(e: Evidence, cells: dict[str, set[str]], hashes: set[tuple[str, str]]) -> str:
    if e.cell is not None and e.cell not in cells.get(e.stage, set()):
        return f"names the cell {e.cell}, which its notebook does not have"
    stray = [i.table for i in e.inputs if (i.table, i.sha256) not in hashes]
    return f"names a hash of {stray[0]} that no file of this run has" if stray else ""


def _cells(notebook: Path) -> set[str]:
    return {cell.get("id", "") for cell in json.loads(notebook.read_text("utf-8"))["cells"]}
