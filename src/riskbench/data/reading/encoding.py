"""The bytes of a text file as UTF-8: what it is written in is told by its marks, or guessed only where that is safe."""

import gzip
import re
import zlib
from pathlib import Path

from riskbench.core.errors import DataError

PIECE = 1 << 24  # bytes decoded at once

_AS_UTF8 = "save it as CSV in UTF-8"
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8", "UTF-8 with a byte order mark"),
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
_FOREIGN = {b"PK\x03\x04": "a zip or Excel file", b"PAR1": "a Parquet file", b"\xd0\xcf\x11\xe0": "an old Excel file"}


def read_as_utf8(path: Path) -> tuple[bytes, str]:
    """The text of a file, also gzipped, in UTF-8 without a mark, and what it was written in.

    Raises `DataError` for an empty file, half a gzip, another kind of file, and bytes in no encoding that can be told.
    """
    data, compressed = _bytes(path)
    data, encoding = _utf8(data, path)
    return data, f"{'gzipped ' if compressed else ''}text in {encoding}"


def _bytes(path: Path) -> tuple[bytes, bool]:
    data = path.read_bytes()
    compressed = data.startswith(b"\x1f\x8b")
    if compressed:
        try:
            data = gzip.decompress(data)
        except (EOFError, OSError, zlib.error) as error:
            rule = f"a gzipped file must be whole: {error}"
            raise DataError(rule, file=path.name, remedy="bring the file again, whole") from error
    if not data.strip():
        raise DataError("the file must hold a header and rows, it is empty", file=path.name, remedy="provide the data")
    return data, compressed


def _utf8(data: bytes, path: Path) -> tuple[bytes, str]:
    """The same text in UTF-8, and what it was written in; a guess is only made where it is a safe one."""
    for mark, what in _FOREIGN.items():
        if data.startswith(mark):
            remedy = "name it .parquet" if mark == b"PAR1" else f"open it and {_AS_UTF8}"
            raise DataError(f"a text file was expected, this is {what}", file=path.name, remedy=remedy)
    for mark, codec, title in _BOMS:
        if data.startswith(mark) and codec != "utf-8":
            try:
                return data.decode(codec).encode(), title
            except UnicodeDecodeError as error:
                raise _undecodable(title, data, error.start, path) from error
    bom = len(_BOMS[0][0]) if data.startswith(_BOMS[0][0]) else 0
    if (zero := data.find(b"\0")) >= 0:
        rule = f"a text file was expected, byte {zero + 1:,} is zero: it is binary, or UTF-16 without its mark"
        raise DataError(rule, file=path.name, rows=_row(data, zero), remedy=_AS_UTF8)
    wrong = _first_undecodable(data)
    if wrong is None:
        return data[bom:], _BOMS[0][2] if bom else "UTF-8"
    if bom or not _western(data):
        raise _undecodable("UTF-8", data, wrong, path)
    said = f"Windows-1252, a guess: byte {wrong + 1:,} is not UTF-8, and all of them are Western European letters"
    return data.decode("cp1252").encode(), said


def _first_undecodable(data: bytes) -> int | None:
    """Where the bytes cease to be UTF-8; read line by line in large pieces, to spare memory."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + PIECE) + 1 or len(data)
        try:
            data[start:end].decode()
        except UnicodeDecodeError as error:
            return start + error.start
        start = end
    return None


def _western(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 can be Windows-1252.

    Broken UTF-8 still shows its whole sequences of several bytes; in Cyrillic, Greek or Asian encodings high bytes
    stand in long runs, where a Western word has one or two. All of these would be read as nonsense.
    """
    if re.search(rb"[\x81\x8d\x8f\x90\x9d]|[\x80-\xff]{4}", data):
        return False
    sequences = len(re.findall(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}", data))
    return 2 * sequences < len(re.findall(rb"[\x80-\xff]+", data))


def _undecodable(encoding: str, data: bytes, position: int, path: Path) -> DataError:
    rule = f"the text must be {encoding} throughout, byte {position + 1:,} is not"
    return DataError(rule, file=path.name, rows=_row(data, position), remedy=_AS_UTF8)


def _row(data: bytes, position: int) -> list[int]:
    """The row of a byte; none for the header."""
    return [row] if (row := data.count(b"\n", 0, position)) else []
