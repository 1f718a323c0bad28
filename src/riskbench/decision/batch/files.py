"""From files of applications to one file of decisions, and what they come to."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ibis.expr.types import Table

from riskbench.core.errors import DataError
from riskbench.data.bulk import Bulk, Machine, check_out
from riskbench.decision.batch.deciding import Asked, decide_table, required
from riskbench.decision.batch.inputs import CellCheck, cell_checks, key_check, lacking
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.policy.section import SEVERITY

BAND = "(the score band)"  # what decided where no rule did


@dataclass(frozen=True)
class Counts:
    """How many applications by action, by what decided, and by arm where the policy has arms; most first."""

    rows: int
    actions: tuple[tuple[str, int], ...]
    rules: tuple[tuple[str, int], ...]
    arms: tuple[tuple[str, int], ...]
    seconds: float


def decide_files(bundle: Bundle, source: str, out: Path, asked: Asked, machine: Machine | None = None) -> Counts:
    """Decide every row of `source`, a file or a pattern, into `out`, whole or not at all.

    Every cell that is read is checked before anything is written, and the file is counted before it takes its place.
    Raises `CannotRun`, `DataError` (file, column, rows and remedy) and `MachineError` as `Bulk` and `decide_table` do.
    """
    began = time.perf_counter()
    bulk = Bulk(source, machine)
    try:
        check_out(out, bulk.files)
        rows, asked = bulk.table, replace(asked, text=bulk.text)
        lacking(rows, required(bundle, asked))
        checks = cell_checks(bundle, rows, asked.text)
        checks += [key_check(key)] if (key := asked.key or bundle.inputs.key) else []
        expected = _checked(bulk, checks, source)
        bulk.write(decide_table(bundle, rows, asked), out)
        return _counted(bulk, bulk.reread(out), expected, time.perf_counter() - began)
    finally:
        bulk.close()


def _checked(bulk: Bulk, checks: Sequence[CellCheck], source: str) -> int:
    """The number of rows; raises `DataError` with the first rows of the first check that does not hold."""
    table = bulk.table
    wrong = {f"wrong_{at}": check.wrong(table).fill_null(False).sum().fill_null(0) for at, check in enumerate(checks)}
    found = bulk.one(table.aggregate(rows_=table.count(), **wrong))
    if not found["rows_"]:
        remedy = "provide the applications"
        raise DataError("the table must hold rows, it has none", file=Path(source).name, remedy=remedy)
    for at, check in enumerate(checks):
        if n := found[f"wrong_{at}"]:
            file, rows = bulk.first_rows(check.wrong)
            told = f"{check.rule}, and {n:,} cell{'s do' if n > 1 else ' does'} not comply"
            raise DataError(told, file=file, column=check.column, rows=rows, remedy=check.remedy)
    return int(found["rows_"])


def _counted(bulk: Bulk, written: Table, expected: int, seconds: float) -> Counts:
    by = [name for name in ("action", "rule", "arm") if name in written.columns]
    groups = bulk.rows(written.group_by(by).aggregate(n=written.count()))
    counts = {name: _by(groups, name) for name in by}
    rows = sum(group["n"] for group in groups)
    if rows != expected:
        raise RuntimeError(f"{expected:,} applications were read and {rows:,} decisions written")
    actions = dict(counts["action"])
    return Counts(
        rows=rows,
        actions=tuple((action, actions[action]) for action in SEVERITY if action in actions),
        rules=tuple((name or BAND, n) for name, n in counts["rule"]),
        arms=tuple(counts.get("arm", ())),
        seconds=seconds,
    )


def _by(groups: Sequence[dict], name: str) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for group in groups:
        counts[group[name] or ""] = counts.get(group[name] or "", 0) + group["n"]
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
