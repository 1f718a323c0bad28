"""Published data sets, recognised by what they contain and not by what their file is called.

One table circulates under many column namings, file forms and row orders. `recognise` brings any of them to one
canonical table and compares its hash with the published one, so that two people who found the data in different
places compute the same figures. Adding a data set is adding one entry to `PUBLIC`.
"""

import hashlib
import logging
import re
import socket
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from riskbench.core.errors import CannotRun, DataError

FORMS = (".csv", ".csv.gz", ".parquet")
TIMEOUT = 30.0  # seconds to wait for a server that accepts a connection and then says nothing

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PublicData:
    """What is known of a published table of whole numbers.

    `columns` are the canonical names and their totals over all rows (published means are checked by these); the first
    is the key, numbered 1 to n where a file has none. Each of `namings` gives, in the same order, the names that
    columns go by elsewhere, alternatives after `|`. `lost` holds cells that are empty in copies in circulation, by
    (column, key), with the published value.
    """

    title: str
    origin: str
    rows: int
    columns: Mapping[str, int]
    sha256: str
    namings: Sequence[str] = ()
    openml_id: int | None = None
    lost: Mapping[tuple[str, int], int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name of the row key."""
        return next(iter(self.columns))


def recognise(path: Path, name: str) -> pd.DataFrame:
    """The canonical table of the published data set `name`, from a CSV (also gzipped) or Parquet file at `path`.

    Column names match whatever their case and punctuation; columns that the data set does not have are left out.
    Raises `CannotRun` when there is no such data set or file, `DataError` when the content is not the published one:
    it says which column is missing, how many rows arrived, or which column's total differs.
    """
    spec = _spec(name)
    if not path.is_file():
        raise CannotRun(f"no file {path}; {spec.title} is published at {spec.origin}")
    if not path.name.endswith(FORMS):
        raise DataError(f"published data are read from {', '.join(FORMS)}", file=path.name, remedy="convert the file")
    return canonical(_read(path), spec, path.name)


def fetch_openml(name: str) -> pd.DataFrame:
    """The canonical table of the data set `name`, downloaded from OpenML by scikit-learn; nothing is cached.

    Raises `CannotRun` when OpenML does not have it or cannot be reached, `DataError` when it sent something else.
    """
    spec = _spec(name)
    by_hand = f"download it from {spec.origin} and pass it with `--from PATH`"
    if spec.openml_id is None:
        raise CannotRun(f"{spec.title} is not fetched from OpenML: {by_hand}")
    from sklearn import datasets

    try:
        with tempfile.TemporaryDirectory() as folder, _patience(), warnings.catch_warnings():
            # Retries and notes on versions; the content is judged by its hash, whatever the server says of it.
            warnings.filterwarnings("ignore", module=r"sklearn\.datasets\._openml")
            bunch = datasets.fetch_openml(
                data_id=spec.openml_id, data_home=folder, as_frame=True, parser="pandas", n_retries=1, delay=0.2
            )
    except (OSError, ValueError, KeyError) as error:  # URLError is an OSError; odd answers are the others
        raise CannotRun(f"OpenML did not give data set {spec.openml_id} ({error}): {by_hand}") from error
    return canonical(bunch.frame, spec, f"OpenML {spec.openml_id}")


def canonical(table: pd.DataFrame, spec: PublicData, file: str) -> pd.DataFrame:
    """Bring `table` to the names, types and order of `spec` and compare its content with the published one.

    Raises `DataError`; `file` is only what the message calls the source.
    """
    table = _renamed(table, spec, file)
    if len(table) != spec.rows:
        raise DataError(f"{spec.title} has {spec.rows:,} rows, got {len(table):,}", file=file)
    if spec.key not in table:
        table = table.assign(**{spec.key: np.arange(1, spec.rows + 1)})
    table = table.set_index(_integers(table[spec.key].reset_index(drop=True), spec, file).to_numpy()).sort_index()
    integers = {column: _integers(table[column], spec, file) for column in spec.columns}
    result = pd.DataFrame(integers).reset_index(drop=True)
    if content_hash(result) != spec.sha256:
        raise DataError(f"the content differs from the published {spec.title}: {_difference(result, spec)}", file=file)
    return result


def content_hash(table: pd.DataFrame) -> str:
    """SHA-256 over each column's name and its values as little-endian 64-bit integers, column after column.

    >>> a, b = pd.DataFrame({"x": [1, 2]}), pd.DataFrame({"x": [2, 1]})
    >>> content_hash(a) == content_hash(b)
    False
    """
    digest = hashlib.sha256()
    for name, values in table.items():
        digest.update(f"{name}\n".encode())
        digest.update(values.to_numpy("<i8").tobytes())
    return digest.hexdigest()


def _spec(name: str) -> PublicData:
    if name not in PUBLIC:
        raise CannotRun(f"no published data set {name!r} is known; there are: {', '.join(sorted(PUBLIC))}")
    return PUBLIC[name]


def _read(path: Path) -> pd.DataFrame:
    """The file as a table; a CSV is read as text, because some copies carry two header rows."""
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        rows = pd.read_csv(path, header=None, dtype="str")
    except (ValueError, OSError) as error:
        raise DataError(f"the file cannot be read: {' '.join(str(error).split())}", file=path.name) from error
    # The last of the leading rows without a number is the header: its names say more than those above it.
    headers = next(
        (n for n in range(min(3, len(rows))) if pd.to_numeric(rows.iloc[n], errors="coerce").notna().any()), 0
    )
    if headers == 0:
        raise DataError("the first row of a CSV file must name the columns", file=path.name)
    return rows.iloc[headers:].set_axis(rows.iloc[headers - 1].fillna(""), axis="columns")


def _plain(name: object) -> str:
    return re.sub(r"[^a-z0-9]", "", str(name).lower())


def _renamed(table: pd.DataFrame, spec: PublicData, file: str) -> pd.DataFrame:
    """The columns of `spec` that `table` has, under their canonical names, by the naming that fits best."""
    table = table.loc[:, ~table.columns.duplicated()]
    arrived = {_plain(column): column for column in reversed(table.columns)}
    matches = []
    for naming in (" ".join(spec.columns), *spec.namings):
        names = [{_plain(name) for name in names.split("|")} for names in naming.split()]
        pairs = zip(spec.columns, names, strict=True)
        matches.append({column: arrived[hit] for column, known in pairs for hit in sorted(known & arrived.keys())[:1]})
    best = max(matches, key=lambda match: len(match.keys() - {spec.key}))
    missing = [column for column in spec.columns if column not in best and column != spec.key]
    if missing:
        shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        raise DataError(
            f"{spec.title} has {len(spec.columns)} columns; {len(missing)} are missing under any known name",
            file=file,
            column=shown,
        )
    return table[list(best.values())].set_axis(list(best), axis="columns")


def _integers(values: pd.Series, spec: PublicData, file: str) -> pd.Series:
    """Whole numbers, or a `DataError` that names the rows' keys; cells known to be lost are put back, and said so."""
    numbers = pd.to_numeric(values.astype(object), errors="coerce").astype(float)
    lost = {key: value for (column, key), value in spec.lost.items() if column == values.name}
    empty = [key for key in lost if key in numbers.index and values[[key]].isna().all()]
    if empty:
        numbers = numbers.where(~numbers.index.isin(empty), numbers.index.to_series().map(lost))
        cells = ", ".join(f"{spec.key} {key}: {lost[key]}" for key in empty)
        _log.warning("%s: %s is empty in this copy; put back as published (%s)", file, values.name, cells)
    wrong = numbers.isna() | (numbers % 1 != 0)
    if wrong.any():
        rows = [int(key) for key in numbers.index[wrong]]
        raise DataError(f"{spec.title} holds whole numbers only", file=file, column=str(values.name), rows=rows)
    return numbers.astype("int64")


def _difference(table: pd.DataFrame, spec: PublicData) -> str:
    for column, total in spec.columns.items():
        if (found := int(table[column].sum())) != total:
            return f"{column} sums to {found:,}, published {total:,}"
    return "every column has its published total, so values stand in other rows; a file without key keeps the row order"


@contextmanager
def _patience() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


_TARGETS = "default_next_month|default.payment.next.month|Y|class"

PUBLIC: dict[str, PublicData] = {
    "taiwan": PublicData(
        title="Default of Credit Card Clients (Yeh and Lien, 2009)",
        origin="https://archive.ics.uci.edu/dataset/350",
        rows=30_000,
        columns={
            "ID": 450_015_000,
            "LIMIT_BAL": 5_024_529_680,
            "SEX": 48_112,
            "EDUCATION": 55_594,
            "MARRIAGE": 46_556,
            "AGE": 1_064_565,
            "PAY_0": -501,
            "PAY_2": -4_013,
            "PAY_3": -4_986,
            "PAY_4": -6_620,
            "PAY_5": -7_986,
            "PAY_6": -8_733,
            "BILL_AMT1": 1_536_699_927,
            "BILL_AMT2": 1_475_372_255,
            "BILL_AMT3": 1_410_394_644,
            "BILL_AMT4": 1_297_888_469,
            "BILL_AMT5": 1_209_342_029,
            "BILL_AMT6": 1_166_152_812,
            "PAY_AMT1": 169_907_415,
            "PAY_AMT2": 177_634_905,
            "PAY_AMT3": 156_770_445,
            "PAY_AMT4": 144_782_306,
            "PAY_AMT5": 143_981_629,
            "PAY_AMT6": 156_465_077,
            "default_next_month": 6_636,
        },
        sha256="2ff36584e3b84bb1bd6bdd646bc24310feb7c51f4ad77a42c842fbb0cfdfc166",
        namings=(
            "ID LIMIT_BAL SEX EDUCATION MARRIAGE AGE PAY_0|PAY_1 PAY_2 PAY_3 PAY_4 PAY_5 PAY_6 "
            "BILL_AMT1 BILL_AMT2 BILL_AMT3 BILL_AMT4 BILL_AMT5 BILL_AMT6 "
            f"PAY_AMT1 PAY_AMT2 PAY_AMT3 PAY_AMT4 PAY_AMT5 PAY_AMT6 {_TARGETS}",
            f"ID {' '.join(f'X{n}' for n in range(1, 24))} {_TARGETS}",
            " ".join(f"V{n}" for n in range(1, 26)),
            f"ID {' '.join(f'V{n}' for n in range(1, 24))} V24|{_TARGETS}",
        ),
        openml_id=42477,
        # the totals of the copies that lack these two ages fall short of the published ones by exactly 34 + 37
        lost={("AGE", 3): 34, ("AGE", 4): 37},
    ),
}
