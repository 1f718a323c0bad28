"""The signatures of a run, checked: each with what is wrong with it, and everything that was altered, by file.

Never signed for, and so not covered: reviews. Not detected: a rollback of a whole registry, with the run, to an earlier
consistent state, on a machine that has not seen the later one and without a head to demand.
"""

from collections.abc import Collection
from pathlib import Path

from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256
from riskbench.governance.manifest import MANIFEST, broken_files, read_manifest, run_named
from riskbench.governance.registry.records import Version
from riskbench.governance.signing import covered
from riskbench.governance.signing.entries import Book, Entry, read_book
from riskbench.governance.signing.signature import Signature
from riskbench.governance.signing.statement import Statement
from riskbench.governance.signing.trust import Memory, read_memory

NOT_THE_ONE = "not the one that was signed"


def check_signatures(
    registry: Path,
    folder: Path,
    manifest_sha256: str,
    trust: Path | None = None,
    head: str = "",
    held: Collection[str] = (),
) -> tuple[list[Signature], dict[str, str]]:
    """Every signature of the run in `folder`, oldest first, and what was altered, by file.

    Files of the run are named from its folder, those of the registry from `registry`; a line of the ledger as
    "ledger.jsonl, line 4". `manifest_sha256` is that of the run's manifest as the caller holds it; `trust` the file in
    which this machine remembers roots and heads (None: nothing was seen before); `head` a head of the ledger that must
    be in it, from a printed dossier; files of the run that are `held` back may be missing. Reads only. Bad content,
    whatever bytes it is, comes back as a problem.
    """
    memory, problems = _memory(trust)
    book = read_book(registry, memory, head)
    problems |= book.problems
    about = _about(book, folder, manifest_sha256)
    altered = run_problems(folder, held) if folder.is_dir() else {}
    held = {manifest_sha256} | ({sha256(folder / MANIFEST)} if (folder / MANIFEST).is_file() else set())
    if any({s.manifest_sha256} != held for _, s in about if s.manifest_sha256):
        altered = {MANIFEST: NOT_THE_ONE} | altered
    for model in sorted({statement.model for _, statement in about} | _registered(book, folder)):
        problems |= record_problems(book, model)
    signatures = [_signature(entry, s, problems, _told(altered) if s.run else "") for entry, s in about]
    return signatures, dict(sorted((problems | altered).items()))


def _told(altered: dict[str, str]) -> str:
    """Why no signature of a run holds, where one of its files is not what was signed."""
    first = next(iter(altered.items()), None)
    more = f", and {len(altered) - 1} more" if len(altered) > 1 else ""
    return f"the run is not what was signed: {first[0]}: {first[1]}{more}" if first else ""


def run_problems(folder: Path, held: Collection[str] = ()) -> dict[str, str]:
    """What differs between the files of a run and its own manifest, by file."""
    try:
        return broken_files(folder, read_manifest(folder), held)
    except CannotRun:
        return {MANIFEST: "missing"}
    except (ValueError, RecursionError) as error:
        return {MANIFEST: str(error).removeprefix(f"{MANIFEST} was ") or "changed: it is not a manifest any more"}


def record_problems(book: Book, model: str) -> dict[str, str]:
    """What became of the records of a model since the last act that holds was signed, by file.

    Where nothing was signed yet, records are free, but none stands where only a signature leads.
    """
    if acts := book.acts(model):
        return covered.problems(book.registry, model, acts[-1].records, acts[-1].writes)
    found = covered.problems(book.registry, model, {}, {})
    return {at: told for at, told in found.items() if told.startswith(covered.NO_ENTRY)}


def _registered(book: Book, folder: Path) -> set[str]:
    """The model of which a run is a version, by the records, in a registry whose keys are known."""
    places = [at for at in covered.files_below(book.registry) if at.startswith("versions/")] if book.listed else []
    versions = [record for at in places if isinstance(record := covered.record_in(book.registry, at), Version)]
    names = {folder.name, run_named(folder)}
    return {version.model for version in versions if version.run in names}


def _memory(trust: Path | None) -> tuple[Memory, dict[str, str]]:
    try:
        return read_memory(trust), {}
    except CannotRun as error:
        return Memory(), {str(trust): str(error).partition(" is ")[2]}


def _about(book: Book, folder: Path, manifest_sha256: str) -> list[tuple[Entry, Statement]]:
    """The entries about a run, and those about records of its model."""
    told = [(entry, entry.statement) for entry in book.entries if entry.statement]
    names = {folder.name, run_named(folder)} - {""}
    of_run = [s for _, s in told if names & {s.run, s.folder} or manifest_sha256 == s.manifest_sha256 != ""]
    versions = {(s.model, version) for s in of_run for version in (s.version, None)}
    return [(entry, s) for entry, s in told if s in of_run or (not s.run and (s.model, s.version) in versions)]


def _signature(entry: Entry, statement: Statement, problems: dict[str, str], altered: str) -> Signature:
    problem = entry.problem or altered
    for place in filter(None, (statement.basis.verification, *statement.basis.exceptions)):
        if not problem and place in problems and not covered.may_be_signed_for(problems[place]):
            problem = f"it stands on {place}, which is not as it was: {problems[place]}"
    return Signature(
        person=statement.person,
        role=statement.role,
        act=statement.act,
        run=statement.run,
        manifest_sha256=statement.manifest_sha256,
        at=statement.at,
        key_id=entry.key_id,
        head=entry.before,
        problem=problem,
        line=entry.line,
        model=statement.model,
        version=statement.version,
        because=statement.because,
        conditions=statement.conditions,
        expires=statement.expires,
        bundle_sha256=statement.bundle_sha256,
        hash=entry.hash,
    )
