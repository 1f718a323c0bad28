"""One question for every way to be decided, and the answers in one form that tells the last bit of each amount."""

import asyncio
import csv
import datetime as dt
import json
import math
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import httpx
import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import uvicorn

from riskbench.core.files import canonical_json
from riskbench.data.bulk import Bulk
from riskbench.decision.batch.deciding import Asked, decide_table
from riskbench.decision.batch.inputs import cell_checks
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.inputs import WrongInput
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.selection import Selection
from riskbench.decision.outcome import Decision
from riskbench.decision.row import RowDecider
from riskbench.service.api_keys import SCOPES, KeyFile
from riskbench.service.app import service
from riskbench.service.following import Follower
from riskbench.service.serving import begin, desk_of
from riskbench.service.settings import Settings

AGE = "age_hours:"
SAID = ("action", "band", "rule", "unknown", "amount", "rate", "all_in_rate", "hits", "alerts")
KINDS = {"number": pa.float64(), "integer": pa.float64(), "date": pa.date32(), "timestamp": pa.timestamp("us")}
JSON = {"Content-Type": "application/json"}
Row = dict[str, Any]
Answers = dict[str, Row]  # by application


def inputs_of(bundle: Bundle, row: Row) -> Row:
    """What a caller sends of an application: a missing number is a null."""
    return {column.name: _null_for_nan(row[column.name]) for column in bundle.inputs.columns}


def ages_of(bundle: Bundle, row: Row) -> Row:
    """The ages of the sources that the policy asks for."""
    return {source: _null_for_nan(row[AGE + source]) for source in bundle.inputs.sources}


# --- one by one -------------------------------------------------------------------------------------------------------


def by_row(bundle: Bundle, rows: Sequence[Row]) -> tuple[Answers, set[str]]:
    """The answers, and the applications that are refused."""
    decider, answers, refused = RowDecider(bundle), dict[str, Row](), set[str]()
    for row in rows:
        try:
            told = decider(inputs_of(bundle, row), customer=row["who"], ages=ages_of(bundle, row))
        except WrongInput:
            refused.add(row["id"])
            continue
        shadows = {name: (said.action, said.rule, said.amount.hex()) for name, said in told.shadows.items()}
        reasons = [bin_text(bundle, *reason) for reason in told.reasons]
        answers[row["id"]] = _answer(told.decision, told.arm, shadows, reasons, (told.score, told.pd))
    return answers, refused


# --- in memory --------------------------------------------------------------------------------------------------------


def by_frame(bundle: Bundle, rows: Sequence[Row]) -> Answers:
    """All at once, in memory."""
    frame = frame_of(bundle, rows)
    decided, scored, X = bundle.decide_with_arms(frame), bundle.score(frame), bundle.completed(frame)
    X = X[list(bundle.scorecard.points_)]
    bins, worst = bundle.scorecard.binning_.bins(X), bundle.scorecard.reasons(X)
    told = [
        [bin_text(bundle, name, int(bins[name].loc[at])) for name in names if isinstance(name, str) and name]
        for at, names in zip(worst.index, worst.to_numpy().tolist(), strict=True)
    ]
    decided = decided.assign(score=scored["score"], pd=scored["pd"], id=[row["id"] for row in rows])
    return _of_table(bundle, decided, told)


def frame_of(bundle: Bundle, rows: Sequence[Row]) -> pd.DataFrame:
    """The applications as a run has them."""
    columns = {}
    for column in bundle.inputs.columns:
        cells = [row[column.name] for row in rows]
        if column.type in ("number", "integer"):
            columns[column.name] = np.array(cells, dtype=float)
        elif column.type in ("date", "timestamp"):
            columns[column.name] = np.array([None if cell is None else np.datetime64(cell) for cell in cells], "M8[us]")
        else:
            columns[column.name] = pd.array(cells, dtype="str")
    columns |= {AGE + name: np.array([row[AGE + name] for row in rows], dtype=float) for name in bundle.inputs.sources}
    return pd.DataFrame(columns | {"who": pd.array([row["who"] for row in rows], dtype="str")})


# --- in a database ----------------------------------------------------------------------------------------------------


def arrow_of(bundle: Bundle, rows: Sequence[Row]) -> pa.Table:
    """The applications as a table, NaN and NULL as they are."""
    kinds = {column.name: KINDS.get(column.type, pa.string()) for column in bundle.inputs.columns}
    kinds |= {"id": pa.string(), "who": pa.string()} | {AGE + name: pa.float64() for name in bundle.inputs.sources}
    return pa.table({name: pa.array([_cell(row[name], kind) for row in rows], kind) for name, kind in kinds.items()})


def write_csv(table: pa.Table, path: Path) -> Path:
    """The same as text; what is missing is an empty cell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.column_names)
        for row in table.to_pylist():
            writer.writerow("" if cell is None else _written(cell) for cell in row.values())
    return path


def by_file(bundle: Bundle, path: Path) -> tuple[Answers, set[str], list[str]]:
    """The answers for the rows of a file, the applications that its checks refuse, and the SQL, view by view."""
    bulk = Bulk(str(path))
    try:
        table = bulk.table
        refused = {
            row["id"]
            for check in cell_checks(bundle, table, bulk.text)
            for row in bulk.rows(table.filter(check.wrong(table).fill_null(False)).select("id"))
        }
        rest = table.filter(table.id.notin(sorted(refused))) if refused else table
        decided = decide_table(bundle, rest, Asked(text=bulk.text))
        answers = _of_database(bundle, bulk._backend.to_pandas(decided))
        views = "SELECT sql FROM duckdb_views() WHERE NOT internal ORDER BY view_oid"
        steps = [sql for (sql,) in bulk._backend.con.execute(views).fetchall()]
        return answers, refused, [*steps, str(ibis.to_sql(decided, "duckdb"))]
    finally:
        bulk.close()


def by_sql(bundle: Bundle, steps: list[str]) -> Answers:
    """The text of a query and of the views before it, asked of a database that knows nothing of riskbench."""
    with duckdb.connect() as bare:
        for step in steps[:-1]:
            bare.execute(step)
        return _of_database(bundle, bare.execute(steps[-1]).df())


def _of_database(bundle: Bundle, decided: pd.DataFrame) -> Answers:
    names = [name for name in decided if name.startswith("reason_")]
    told = [[text for text in texts if isinstance(text, str)] for texts in decided[names].to_numpy().tolist()]
    return _of_table(bundle, decided, told)


# --- by HTTP ----------------------------------------------------------------------------------------------------------


@contextmanager
def served(folder: Path) -> Iterator[Callable[[Bundle, Sequence[Row]], tuple[list[httpx.Response], list[Row]]]]:
    """The service on a port of this machine: ask it by a bundle; the answers, and what its log has of them."""
    (folder / "bundles").mkdir()
    keys = KeyFile(folder / "keys" / "keys.json")
    key = keys.new("all", SCOPES)[1]
    settings = Settings(
        log=f"sqlite:///{folder}/log.sqlite", keys=keys.path, tokens=folder / "tokens" / "key", shelf=folder / "shelf",
        bundles=folder / "bundles", rate=0,
    )  # fmt: skip
    desk = desk_of(settings)
    follower = Follower(desk, None)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(service(desk, follower), log_config=None, access_log=False))

    async def run() -> None:
        await begin(desk, follower)
        await server.serve(sockets=[listening])

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:
        try:
            yield lambda bundle, rows: _asked(client, folder, bundle, rows)
        finally:
            server.should_exit = True
            thread.join()
            listening.close()


def _asked(
    client: httpx.Client, folder: Path, bundle: Bundle, rows: Sequence[Row]
) -> tuple[list[httpx.Response], list[Row]]:
    file = folder / "bundles" / f"{bundle.address}.json"
    file.write_bytes(canonical_json(bundle.document).encode())
    client.post("/v1/bundle", json={"file": file.name, "sha256": bundle.address}).raise_for_status()
    answers = []
    for row in rows:
        body = {"application": row["id"], "customer": row["who"], "inputs": inputs_of(bundle, row)}
        body |= {"ages": ages_of(bundle, row)}
        answers.append(client.post("/v1/decisions", content=_json(body), headers=JSON))
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 200}
    with open_log(folder / "log.sqlite", writing=False) as log:
        entries = [entry.record for entry in log.read(Selection(kinds=("decision",)))]
    return answers, [record.model_dump(mode="json") for record in entries if record.id in ids]


def _json(body: Any) -> str:
    """Dates as their texts; infinity as Python writes it, which is no JSON."""
    return json.dumps(body, default=lambda value: value.isoformat(), ensure_ascii=False)


def by_answer(answer: Row) -> Row:
    """What the answer tells of a decision; hits and shadows are in the log alone."""
    said = Decision(**{name: answer.get(name) for name in SAID if name != "hits"})
    found = _answer(said, answer["arm"], {}, [], (answer["score"], answer["pd"]))
    texts = [reason["text"] for reason in answer["reasons"]]
    whole = answer["rule"] or answer["action"] != "approve"  # the first then is of what decided
    return found | {"reasons": texts[1:] if whole else texts}


def by_log(bundle: Bundle, record: Row) -> Row:
    """What the log has of a decision."""
    shadows = {n: (s["action"], s["rule"], float(s["amount"]).hex()) for n, s in record["shadows"].items()}
    reasons = [bin_text(bundle, *reason) for reason in record["reasons"]]
    said = Decision(**record["said"])
    return _answer(said, record["arm"], shadows, reasons, (record["score"], record["pd"]))


# --- one form ---------------------------------------------------------------------------------------------------------


def bin_text(bundle: Bundle, feature: str, position: int) -> str:
    """What is said of a bin."""
    return {of.feature: of.bins for of in bundle.reasons.features}[feature][position].en


def _of_table(bundle: Bundle, decided: pd.DataFrame, reasons: list[list[str]]) -> Answers:
    answers = {}
    policy = bundle.credit_policy
    for row, told in zip(decided.to_dict("records"), reasons, strict=True):
        rates = [None if pd.isna(rate := row.get(name)) else float(rate) for name in ("rate", "all_in_rate")]
        lists = [tuple(filter(None, row[name].split(";"))) for name in ("hits", "alerts")]
        said = Decision(row["action"], row["band"], row["rule"], bool(row["unknown"]), row["amount"], *rates, *lists)
        shadows = {
            shadow.name: (
                row[f"shadow:{shadow.name}:action"],
                row[f"shadow:{shadow.name}:rule"],
                float(row[f"shadow:{shadow.name}:amount"]).hex(),
            )
            for shadow in policy.shadow
        }
        scored = (int(row["score"]), float(row["pd"]))
        answers[row["id"]] = _answer(said, row.get("arm", "champion"), shadows, told, scored)
    return answers


def _answer(said: Decision, arm: str, shadows: Row, reasons: list[str], scored: tuple[int, float]) -> Row:
    rates = {name: rate and float(rate).hex() for name, rate in (("rate", said.rate), ("all", said.all_in_rate))}
    lists = {"hits": list(said.hits or ()), "alerts": list(said.alerts or ())}
    return {
        "action": said.action, "band": said.band, "rule": said.rule, "unknown": said.unknown,
        "amount": float(said.amount).hex(), **rates, **lists,
        "arm": arm, "shadows": shadows, "reasons": reasons, "score": scored[0], "pd": scored[1],
    }  # fmt: skip


def _null_for_nan(cell: Any) -> Any:
    return None if isinstance(cell, float) and math.isnan(cell) else cell


def _cell(cell: Any, kind: pa.DataType) -> Any:
    return float(cell) if cell is not None and pa.types.is_floating(kind) else cell


def _written(cell: Any) -> str:
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return repr(cell) if isinstance(cell, float) else str(cell)


def write_parquet(table: pa.Table, path: Path) -> Path:
    """The file, written."""
    pq.write_table(table, path)
    return path
