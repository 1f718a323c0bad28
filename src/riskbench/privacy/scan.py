"""The output scan: nothing that leaves the lender may name a person.

Looks for valid national IDs (check digit and all), phone numbers of the synthetic scheme and e-mail addresses in the
text and Parquet files of a folder, in file names and inside zip archives. A finding says where and how many, and
shows a masked example: the scan must not become the leak. What is neither text, Parquet nor zip (pictures, databases)
is not read, nor are encrypted columns.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from riskbench.privacy.identifiers import valid_national_id, valid_national_ids

# A run of digits counts only as a whole: not inside a word or a hash, not as the decimals or the integer part of a
# number, except that "12345678903.0" is an ID that went through a float column.
NATIONAL_ID = re.compile(r"(?<![0-9A-Za-z.])[1-9][0-9]{10}(?![0-9A-Za-z])(?!\.(?!0+(?![0-9]))[0-9])", re.ASCII)
PHONE = re.compile(r"(?<![0-9A-Za-z])\+999[ -]?7[0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3}(?![0-9A-Za-z])", re.ASCII)
# The domain does not begin with a bare number: "package@1.2.min" is a version.
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?![0-9]+\.)(?:[\w-]{1,63}\.)+[A-Za-z]{2,24}(?![\w-])", re.ASCII)

INTEGERS_ARE_IDS = 0.5  # share of eleven-digit integers that pass; by chance a tenth would


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of identifier in one file: how many distinct ones, and one of them masked."""

    file: str
    kind: str
    count: int
    example: str


def scan_text(text: str, file: str = "") -> list[Finding]:
    """The kinds of direct identifier in `text`, each with its number of distinct values.

    >>> scan_text("call +999 712 345 678, ID 33392005961")
    [Finding(file='', kind='national_id', count=1, example='33*******61'), \
Finding(file='', kind='phone', count=1, example='+9************78')]
    >>> scan_text("loss 0.33392005961, hash 33392005961ab, at 1767139200000")
    []
    """
    found = {
        "national_id": {run for run in NATIONAL_ID.findall(text) if valid_national_id(run)},
        "phone": set(PHONE.findall(text)),
        "email": set(EMAIL.findall(text)),
    }
    return [
        Finding(_redacted(file), kind, len(values), _masked(min(values))) for kind, values in found.items() if values
    ]


def scan_folder(folder: Path) -> list[Finding]:
    """Findings of all files below `folder`, in order of their paths (relative, with forward slashes).

    Raises `FileNotFoundError` when there is no such folder: an empty answer must mean that something was read.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"the folder to scan must exist, got {folder}")
    findings: list[Finding] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        findings += scan_text(Path(name).stem, f"{name} (its name)")
        findings += _scan_bytes(path.read_bytes(), name)
    return findings


def _scan_bytes(content: bytes, name: str) -> Iterator[Finding]:
    if content.startswith(b"PAR1"):
        yield from _scan_parquet(content, name)
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from _scan_bytes(archive.read(member), f"{name}!{member}")
    elif b"\0" not in content:
        yield from scan_text(content.decode("utf-8", errors="replace"), name)


def _scan_parquet(content: bytes, name: str) -> Iterator[Finding]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(pa.BufferReader(content))
    for field in file.schema_arrow:
        where = f"{name}:{field.name}"
        columns = _clear_batches(file, field.name)
        if pa.types.is_integer(field.type) or pa.types.is_floating(field.type):
            yield from _scan_numbers((column.drop_null().to_numpy(zero_copy_only=False) for column in columns), where)
        elif not pa.types.is_temporal(field.type) and not pa.types.is_boolean(field.type):
            texts = {str(value) for column in columns for value in column.to_pylist() if value is not None}
            yield from scan_text("\n".join(sorted(texts)), where)


def _clear_batches(file: Any, column: str) -> Iterator[Any]:
    try:
        for batch in file.iter_batches(columns=[column]):
            yield batch.column(0)
    except OSError as error:
        if "decrypt" not in str(error):  # an encrypted column names nobody to those without its key
            raise


def _scan_numbers(batches: Iterable[np.ndarray], where: str) -> Iterator[Finding]:
    candidates: set[int] = set()
    for batch in batches:
        whole = batch[(batch >= 10**10) & (batch < 10**11)]
        candidates |= set(whole[whole == np.floor(whole)].astype(np.int64).tolist())
    numbers = np.array(sorted(candidates), dtype=np.int64)
    valid = numbers[valid_national_ids(numbers)]
    if len(valid) and len(valid) >= INTEGERS_ARE_IDS * len(numbers):
        yield Finding(where, "national_id", len(valid), _masked(str(valid[0])))


def _redacted(name: str) -> str:
    for pattern in (NATIONAL_ID, PHONE, EMAIL):
        name = pattern.sub(lambda match: _masked(match[0]), name)
    return name


def _masked(value: str) -> str:
    return value[:2] + "*" * (len(value) - 4) + value[-2:]
