"""From a table that nobody prepared to a study that runs: read, guess, write, prove that it loads."""

import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from riskbench.core.errors import CannotRun, DataError, StudyError, explained
from riskbench.core.files import PARTIAL, locked, remove_abandoned, sha256, write_text
from riskbench.data.candidates import candidates_of
from riskbench.data.drafting.content import Content, guess_content
from riskbench.data.drafting.credit_policy import write_policy
from riskbench.data.drafting.early_warning import write_warnings
from riskbench.data.drafting.request import Request
from riskbench.data.drafting.review import to_review
from riskbench.data.drafting.study_file import TABLE, write_study
from riskbench.data.engine import Engine
from riskbench.data.features.formulas import compute
from riskbench.data.gate import quality_gate
from riskbench.data.labels import label
from riskbench.data.reading import read_tape, write_tape
from riskbench.data.sources import record
from riskbench.data.study import STUDY_FILE, Study, load_study
from riskbench.data.study.schema import Role
from riskbench.data.study.sections import Scaling

NAME = re.compile(r"[a-z][a-z0-9_]*")
POLICY_FILE, WARNINGS_FILE = "policy.yaml", "warnings.yaml"
DRAFT = ".draft-"  # a folder in the making


@dataclass(frozen=True)
class Draft:
    """What was drafted: where it is, the columns by role, what was left out and why, and what to review."""

    name: str
    folder: Path
    rows: int
    target: str
    roles: Mapping[Role, int]
    left_out: Sequence[tuple[str, str]]
    review: Sequence[str]


def draft_study(data: Path, name: str, source: Path, request: Request, connection: str | None = None) -> Draft:
    """Draft the study `name` in `data/name` from one table; nothing of it stays when something fails.

    `source` is the file of the table, or of a query, which the database at `connection` is asked, or else the files
    beside it. Raises `CannotRun`, `DataError` or `StudyError` with a sentence.
    """
    if not NAME.fullmatch(name):
        raise CannotRun(f"a study's name is of small letters, digits and _, and begins with a letter, got {name!r}")
    if (data / name).exists():
        raise CannotRun(f"{data.name}/{name} exists already: choose another name, or move it away")
    tape = read_tape(source, connection)
    if tape.table.num_rows == 0:
        raise DataError("the table must have rows", file=source.name, remedy="provide the data")
    content = guess_content(name, source.name, tape, request.found_in(tape, source.name))
    with _whole_folder(data, name) as folder:
        write_tape(content.tape, folder / f"{TABLE}.parquet")
        policy = write_policy(name, content.target.bad_rate, Scaling(), content.amount)
        write_text(folder / POLICY_FILE, policy)
        write_text(folder / WARNINGS_FILE, write_warnings(name, list(content.groups)))
        write_text(folder / STUDY_FILE, write_study(content))
        record(_proved(folder), folder, _origin(source, content))
    left_out = [(guess.name, guess.reason) for guess in content.of("leakage", "identifier")]
    roles = Counter(guess.role for guess in content.guesses)
    return Draft(name, data / name, content.rows, content.target.told, roles, left_out, to_review(content))


@contextmanager
def _whole_folder(data: Path, name: str) -> Iterator[Path]:
    """A folder that appears as `data/name` when the block ends well, and not at all when it does not."""
    outer: Path | None = None
    try:
        data.mkdir(exist_ok=True)
        remove_abandoned(data, DRAFT)
        outer = Path(tempfile.mkdtemp(dir=data, prefix=DRAFT, suffix=PARTIAL))
        with locked(outer):
            folder = outer / name  # one level down, where no half-written study is found
            folder.mkdir()
            yield folder
            if (data / name).exists():
                raise CannotRun(f"{data.name}/{name} was made meanwhile: choose another name")
            os.rename(folder, data / name)
    except OSError as error:
        raise explained(error, f"{data.name}/{name}") from error
    finally:
        if outer:
            shutil.rmtree(outer, ignore_errors=True)


def _proved(folder: Path) -> Study:
    """The draft, loaded strictly, its gate passed, labelled and its formulas computed before anybody sees it."""
    try:
        study = load_study(folder / STUDY_FILE)
        engine = Engine(study, folder)
        quality_gate(engine)
        joined = engine.collate()
        label(study, joined, None)
        candidates_of(study, joined)
        compute(joined, study.protected_sql)
    except StudyError as error:
        raise CannotRun(f"the draft does not hold: {error}") from error
    return study


def _origin(source: Path, content: Content) -> dict[str, str]:
    """What is written down of where the draft came from."""
    origin = {"kind": "files", "from": source.name, "target": content.target.name}
    return origin | ({"sha256": sha256(source)} if source.is_file() else {})
