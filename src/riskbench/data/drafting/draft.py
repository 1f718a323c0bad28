"""From a table that nobody prepared to a study that runs: read, guess, write, prove that it loads."""

import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa

from riskbench.core.errors import CannotRun, DataError, StudyError, explained
from riskbench.core.files import PARTIAL, locked, remove_abandoned, sha256, write_text
from riskbench.core.thresholds import Thresholds
from riskbench.data.candidates import candidates_of
from riskbench.data.drafting.credit_policy import write_policy
from riskbench.data.drafting.facts import Facts, facts_of
from riskbench.data.drafting.groups import group_formula
from riskbench.data.drafting.outcome import find_target
from riskbench.data.drafting.roles import Guess, Known, find_amount, find_customer, find_key, guess_roles
from riskbench.data.drafting.sampling import Periods, decision_days, propose_periods
from riskbench.data.drafting.study_file import TABLE, Content, to_review, write_study
from riskbench.data.engine import Engine
from riskbench.data.features.formulas import compute
from riskbench.data.gate import quality_gate
from riskbench.data.labels import label
from riskbench.data.reading import ReadColumn, Tape, read_tape, write_tape
from riskbench.data.sources import record
from riskbench.data.study import STUDY_FILE, load_study
from riskbench.data.study.reserved import RESERVED
from riskbench.data.study.schema import Role
from riskbench.data.study.sections import Scaling

NAME = re.compile(r"[a-z][a-z0-9_]*")
ROW_KEY = "row_number"
POLICY_FILE = "policy.yaml"
DRAFT = ".draft-"  # a folder in the making
NO_DATES = Periods(None, None, "no decision date was named: development and test are split by customer alone")


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


def draft_study(
    data: Path,
    name: str,
    source: Path,
    target: str,
    *,
    bad: Sequence[str] = (),
    good: Sequence[str] = (),
    date: str | None = None,
    protected: Collection[str] = (),
    connection: str | None = None,
) -> Draft:
    """Draft the study `name` in `data/name` from one table; nothing of it stays when something fails.

    `bad` are the values of `target` that mean bad, needed unless the target is 0/1 or a truth value; `good` those that
    mean good, else all others but the open ones. `date` is the
    column of the decision date, `protected` names protected columns beside those that are found, `connection` is the
    address of a database when `source` holds a query. Raises `CannotRun`, `DataError` or `StudyError` with a sentence.
    """
    if not NAME.fullmatch(name):
        raise CannotRun(f"a study's name is of small letters, digits and _, and begins with a letter, got {name!r}")
    if (data / name).exists():
        raise CannotRun(f"{data.name}/{name} exists already: choose another name, or move it away")
    tape = read_tape(source, connection)
    if tape.table.num_rows == 0:
        raise DataError("the table must have rows", file=source.name, remedy="provide the data")
    target = _named(tape, source.name, "--target", target)
    date = _named(tape, source.name, "--date", date) if date else None
    protected = [_named(tape, source.name, "--protected", column) for column in protected]
    if target in (date, *protected):
        raise CannotRun(f"column {target} is the target: it cannot be the date or a protected column as well")
    tape, content = _describe(tape, name, source.name, target, (bad, good), date, protected)
    with _whole_folder(data, name) as folder:
        write_tape(tape, folder / f"{TABLE}.parquet")
        policy = write_policy(name, content.target.bad_rate, Scaling(), content.amount)
        write_text(folder / POLICY_FILE, policy)
        write_text(folder / STUDY_FILE, write_study(content))
        _prove(folder, source, content)
    left_out = [(guess.name, guess.reason) for guess in content.of("leakage", "identifier")]
    roles: dict[Role, int] = {}
    for guess in content.guesses:
        roles[guess.role] = roles.get(guess.role, 0) + 1
    return Draft(name, data / name, content.rows, content.target.told, roles, left_out, to_review(content))


def _describe(
    tape: Tape,
    name: str,
    file: str,
    target: str,
    classes: tuple[Sequence[str], Sequence[str]],
    date: str | None,
    protected: Collection[str],
) -> tuple[Tape, Content]:
    """Every guess, and the tape with the names that the study gives its columns."""
    facts = facts_of(tape)
    repeated = _repeated_rows(tape)
    outcome = find_target(facts[target], *classes, file)
    decided = decision_days(facts[date], file) if date else None
    taken = {target, *protected, *([date] if date else [])}
    key, why_key = find_key(facts, taken)
    customer, why_customer = find_customer(facts, {*taken, *([key] if key else [])})
    limits = Thresholds()
    known = Known(target, outcome.y, date, decided, protected, key, customer, limits)
    guesses = guess_roles(facts, known)
    if not any(guess.role == "feature" for guess in guesses) and not _ages(guesses, date):
        raise DataError(
            f"a study needs a feature, and none of {len(guesses)} columns is left as one",
            file=file,
            remedy="bring columns that were known at the decision",
        )
    if key is None:
        key = _free(ROW_KEY, facts)
        tape = _numbered(tape, key)
        guesses = [Guess(facts_of(tape)[key], "key", "integer", ""), *guesses]
    amount, why_amount = find_amount(guesses)
    content = Content(
        name=name,
        source=file,
        rows=tape.table.num_rows,
        how=tape.how,
        guesses=guesses,
        key=key,
        customer=customer or key,
        date=date,
        amount=amount,
        target=outcome,
        periods=propose_periods(decided, outcome.y) if decided is not None else NO_DATES,
        groups=_groups(guesses, date),
        ages=_ages(guesses, date),
        repeated=repeated,
        reasons={"key": why_key, "customer": why_customer, "amount": why_amount},
    )
    return tape, content


def _named(tape: Tape, file: str, option: str, column: str) -> str:
    """The column that an option names, by its own name or by that of the source; refused with those like it."""
    for known in tape.columns:
        if column in (known.name, known.source_name):
            return known.name
    there = [known.name for known in tape.columns]
    like = ", ".join(get_close_matches(column, there, n=5, cutoff=0.5) or there[:10])
    remedy = f"name one of its {len(there)} columns, such as {like}"
    if 2 * sum(not known.source_name.strip() for known in tape.columns) >= len(there):
        remedy = "if the names of the columns stand further down, delete the rows above them: most have none here"
    raise DataError(f"{option} names no column of the table", file=file, column=column, remedy=remedy)


def _repeated_rows(tape: Tape) -> int:
    """How many rows are an earlier row once more, cell by cell."""
    return int(tape.table.to_pandas().duplicated().sum())


def _groups(guesses: Sequence[Guess], date: str | None) -> dict[str, tuple[str, str]]:
    """Formula and column of every protected attribute that has groups, under a name that evidence can carry."""
    groups: dict[str, tuple[str, str]] = {}
    for guess in guesses:
        if guess.role == "protected" and (formula := group_formula(guess.facts, date)):
            plain = re.sub(r"[^a-z0-9]+", "_", guess.name.lower()).strip("_") if guess.name.isascii() else ""
            wanted = plain if re.match("[a-z]", plain) else guess.attribute or "attribute"
            groups[_free(wanted, {*groups, *RESERVED})] = formula, guess.name
    return groups


def _ages(guesses: Sequence[Guess], date: str | None) -> dict[str, str]:
    """The engineered feature of every date before the decision: its name, and the column."""
    ages: dict[str, str] = {}
    for guess in guesses:
        if date and guess.role == "context" and guess.kind == "date" and guess.facts.distinct:
            ages[_free(f"days_since_{guess.name}", {*ages, *(g.name for g in guesses)})] = guess.name
    return ages


def _numbered(tape: Tape, key: str) -> Tape:
    """The tape with a first column that numbers its rows from 1."""
    numbers = pa.array(range(1, tape.table.num_rows + 1), pa.int64())
    column = ReadColumn(key, key, "integer", "added when the study was drafted")
    return Tape(tape.table.add_column(0, key, numbers), (column, *tape.columns), tape.how)


def _free(name: str, taken: Collection[str] | Mapping[str, Facts]) -> str:
    """`name`, or with a number behind it where it is taken in any case."""
    folded = {other.casefold() for other in taken}
    choices = (name, *(f"{name}_{n}" for n in range(2, len(folded) + 3)))
    return next(choice for choice in choices if choice.casefold() not in folded)


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


def _prove(folder: Path, source: Path, content: Content) -> None:
    """Load the draft strictly, pass its gate, label it and compute its formulas, before anybody sees it."""
    study = load_study(folder / STUDY_FILE)
    engine = Engine(study, folder)
    quality_gate(engine)
    joined = engine.collate()
    label(study, joined, None)
    columns = [*study.with_role("feature", "context", "price", "date")]
    try:
        candidates_of(study, joined[columns])
        compute(joined, {name: group.formula for name, group in study.protected.items()})
    except StudyError as error:
        raise CannotRun(f"the draft does not hold: {error}") from error
    origin = {"kind": "files", "from": source.name, "target": content.target.name}
    if source.is_file():
        origin["sha256"] = sha256(source)
    record(study, folder, origin)
