"""Published data sets, recognised by what they contain and not by what their file is called.

One table circulates under many column namings, file forms and row orders. `recognise` brings any of them to one
canonical table and compares its hash with the published one, so that two people who found the data in different
places compute the same figures. What is known of each table stands in `data/published/catalogue.py`.
"""

import hashlib
import logging
import re
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from riskbench.core.errors import CannotRun, DataError
from riskbench.data.published.catalogue import PublicData, known_as

FORMS = (".csv", ".csv.gz", ".parquet", ".asc")  # .asc: values parted by blanks
MILLIONTHS = 1_000_000  # numbers are compared to six decimals: readers differ beyond

_log = logging.getLogger(__name__)


def recognise(path: Path, name: str) -> pd.DataFrame:
    """The canonical form of the published table `name`, from a file at `path` or from one of the files of a folder.

    CSV (also gzipped), Parquet or blank-parted text. Column names match whatever their case and punctuation; columns
    that the table does not have are left out. Raises `CannotRun` when there is no such table or path, `DataError` when
    the content is not the published one: it says which column is missing, how many rows arrived, or which column
    differs; for a folder, what was wrong with the file that came nearest.
    """
    spec = known_as(name)
    if path.is_dir():
        return _among(sorted(file for file in path.iterdir() if file.name.endswith(FORMS)), spec, path)
    if not path.is_file():
        raise CannotRun(f"no file {path}; {spec.title} is published at {spec.origin}")
    if not path.name.endswith(FORMS):
        raise DataError(f"published data are read from {', '.join(FORMS)}", file=path.name, remedy="convert the file")
    return canonical(_read(path), spec, path.name)


def _among(files: list[Path], spec: PublicData, folder: Path) -> pd.DataFrame:
    nearest: DataError | None = None
    for file in files:
        try:
            table = _read(file)
            _renamed(table, spec, file.name)
        except DataError:
            continue  # another table, or none at all
        try:
            return canonical(table, spec, file.name)
        except DataError as error:
            nearest = error
    if nearest:
        raise nearest
    seen = ", ".join(file.name for file in files) or f"no {', '.join(FORMS)} file"
    raise CannotRun(
        f"{folder} holds no table with the columns of {spec.title}, published at {spec.origin}; it has {seen}"
    )


def canonical(table: pd.DataFrame, spec: PublicData, file: str) -> pd.DataFrame:
    """Bring `table` to the names, types and order of `spec` and compare its content with the published one.

    Raises `DataError`; `file` is only what the message calls the source.
    """
    table = _renamed(table, spec, file)
    if len(table) != spec.rows:
        raise DataError(f"{spec.title} has {spec.rows:,} rows, got {len(table):,}", file=file)
    if spec.key not in table:
        table = table.assign(**{spec.key: np.arange(1, spec.rows + 1)})
    key = _values(table[spec.key].reset_index(drop=True), spec, file)
    table = table.set_index(key.to_numpy()).sort_index()
    result = pd.DataFrame({column: _values(table[column], spec, file) for column in spec.columns})
    result = result.reset_index(drop=True)
    if content_hash(result) != spec.sha256:
        raise DataError(f"the content differs from the published {spec.title}: {_difference(result, spec)}", file=file)
    return result


def content_hash(table: pd.DataFrame) -> str:
    """SHA-256 over each column's name and values, column after column.

    Whole numbers are 64-bit integers, little-endian; other numbers are so in millionths and dates in days since 1970,
    the smallest integer where missing; moments are in microseconds; texts end with a zero byte, a missing one is two.

    >>> a, b = pd.DataFrame({"x": [1, 2]}), pd.DataFrame({"x": [2, 1]})
    >>> content_hash(a) == content_hash(b)
    False
    """
    digest = hashlib.sha256()
    for name, values in table.items():
        digest.update(f"{name}\n".encode())
        digest.update(_bytes(values))
    return digest.hexdigest()


def _bytes(values: pd.Series) -> bytes:
    missing = values.isna()
    if pd.api.types.is_integer_dtype(values):
        whole = values
    elif pd.api.types.is_float_dtype(values):
        whole = (values.where(~missing, 0) * MILLIONTHS).round()
    elif pd.api.types.is_datetime64_dtype(values):
        whole = values.astype("datetime64[us]").where(~missing, pd.Timestamp(0)).astype("int64")
    elif pd.api.types.is_object_dtype(values):  # dates
        whole = pd.to_datetime(values).where(~missing, pd.Timestamp(0)).astype("datetime64[s]").astype("int64") // 86400
    else:
        return b"".join(b"\0\0" if gone else text.encode() + b"\0" for text, gone in zip(values, missing, strict=True))
    return np.where(missing, np.iinfo("int64").min, whole.to_numpy("int64")).astype("<i8").tobytes()


def _read(path: Path) -> pd.DataFrame:
    """The file as a table; a CSV is read as text, because some copies carry two header rows."""
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        separator = r"\s+" if path.suffix == ".asc" else ","
        rows = pd.read_csv(path, header=None, dtype="str", sep=separator, keep_default_na=False, na_values=[""])
    except UnicodeDecodeError as error:
        rule = f"a CSV file must be UTF-8 text: byte {error.start:,} is not"
        raise DataError(rule, file=path.name, remedy="save it as UTF-8, or bring another copy") from error
    except (ValueError, OSError, EOFError, zlib.error) as error:  # the last two: compressed, and cut short or damaged
        rule = f"the file cannot be read: {' '.join(str(error).split())}"
        raise DataError(rule, file=path.name, remedy="bring the file again, whole") from error
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


def _values(values: pd.Series, spec: PublicData, file: str) -> pd.Series:
    """A column in the type that its table has it in."""
    kind = str(spec.columns[str(values.name)]).partition(" ")[0]
    if kind == "text":
        return values.astype("str").where(values.notna(), np.nan)
    if kind in ("number", "date", "timestamp"):
        cells = values.astype(object)
        if kind == "number":
            read = pd.to_numeric(cells, errors="coerce")
        else:
            read = pd.to_datetime(cells, format="ISO8601", errors="coerce")
        wrong = read.isna() & values.notna()
        if wrong.any():
            rows = [int(key) for key in values.index[wrong]]
            raise DataError(f"{spec.title} holds a {kind} there", file=file, column=str(values.name), rows=rows)
        return read.astype(float) if kind == "number" else read.dt.date if kind == "date" else read
    return _integers(values, spec, file)


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
    for column, known in spec.columns.items():
        if isinstance(known, str) and not content_hash(table[[column]]).startswith(known.partition(" ")[2]):
            return f"{column} holds other values than published"
        if isinstance(known, int) and (found := int(table[column].sum())) != known:
            return f"{column} sums to {found:,}, published {known:,}"
    return "every column has its published total, so values stand in other rows; a file without key keeps the row order"
