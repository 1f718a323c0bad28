"""Where a study's tables come from: made by the package, recognised among published data, or the user's own.

`source.json` beside the tables records how they came, with the hash of every file.
"""

import datetime as dt
import json
from contextlib import ExitStack
from pathlib import Path

from riskbench.core.errors import CannotRun, DataError
from riskbench.core.files import replacing, sha256, write_json
from riskbench.data import synthetic
from riskbench.data.feeds.description import load_feeds
from riskbench.data.feeds.store import FeedStore
from riskbench.data.published.openml import fetch_openml
from riskbench.data.published.recognition import recognise
from riskbench.data.study import Study

SOURCE_FILE = "source.json"


def ensure_data(study: Study, folder: Path) -> dict[str, str]:
    """SHA-256 by file of the study's tables in `folder`, and of what feeds have brought.

    A synthetic portfolio is made first where it is not there whole, was changed, or was made with another size or seed.

    Raises `CannotRun` when data are missing, with the command that brings them, and `DataError` when a file is not the
    one that `source.json` has recorded.
    """
    source = study.source
    found = {} if _missing(study, folder) else hashes(study, folder)
    if source.kind == "synthetic" and (
        not found or _recorded(folder, "origin") != source.model_dump() or _changed(folder, found)
    ):
        # Without its record a portfolio that is only half replaced is made again.
        (folder / SOURCE_FILE).unlink(missing_ok=True)
        synthetic.generate(folder, applications=source.applications, seed=source.seed)
        record(study, folder, source.model_dump())
        found = hashes(study, folder)
    if missing := _missing(study, folder):
        hint = f"riskbench data add {study.name} --from PATH" if source.kind == "public" else "put them there"
        raise CannotRun(f"study {study.name} has no data yet ({', '.join(missing)} in {folder.name}/): {hint}")
    if changed := _changed(folder, found):
        again = "bring the data in again" if source.kind == "public" else f"remove {SOURCE_FILE} if it is meant"
        raise DataError(f"the file was changed after {SOURCE_FILE} had recorded it", file=changed[0], remedy=again)
    for name in load_feeds(study, folder):
        found |= FeedStore(folder, name).pin()
    return found


def hashes(study: Study, folder: Path) -> dict[str, str]:
    """SHA-256 of every table of the study, by file name."""
    return {spec.file: sha256(folder / spec.file) for _, spec in sorted(study.tables.items())}


def add_public(study: Study, folder: Path, path: Path | None) -> int:
    """Bring published data into `folder` as typed Parquet, from `path` or from the network; returns the rows.

    `path` is a file, or a folder of files for a data set of several tables; all tables are written or none.
    Raises `CannotRun` for a study that is not of published data, `DataError` when the content is not the published one.
    """
    if study.source.kind != "public":
        raise CannotRun(f"study {study.name} is not one of published data: there is nothing to add")
    source = study.source
    wanted = source.tables or {study.tables[study.base_table].file: source.name}
    if path and path.is_file() and len(wanted) > 1:
        raise CannotRun(f"study {study.name} has {len(wanted)} tables: pass the folder that holds them, not a file")
    frames = {file: fetch_openml(name) if path is None else recognise(path, name) for file, name in wanted.items()}
    with ExitStack() as written:
        for file, frame in frames.items():
            frame.to_parquet(written.enter_context(replacing(folder / file)), index=False)
    record(study, folder, {"kind": "public", "name": source.name, "from": "OpenML" if path is None else path.name})
    return sum(map(len, frames.values()))


def _missing(study: Study, folder: Path) -> list[str]:
    return sorted({spec.file for spec in study.tables.values() if not (folder / spec.file).is_file()})


def record(study: Study, folder: Path, origin: dict) -> None:
    """Write down beside the tables where they came from, when, and the hash of each."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    write_json(folder / SOURCE_FILE, {"origin": origin, "obtained": now, "files": hashes(study, folder)})


def _recorded(folder: Path, what: str) -> dict:
    path = folder / SOURCE_FILE
    return json.loads(path.read_text("utf-8")).get(what, {}) if path.is_file() else {}


def _changed(folder: Path, found: dict[str, str]) -> list[str]:
    """The files whose hash is not the one that was recorded, where one was."""
    return [file for file, hash_ in _recorded(folder, "files").items() if found.get(file, hash_) != hash_]
