"""Pseudonyms: the same person, not nameable. HMAC-SHA256 under a key that stays outside every run.

Whoever holds the key can test a guess, so a pseudonym is still personal data; whoever does not, cannot go back.
Each purpose has its own key derived from the one on disk: tables made for two purposes do not join.
"""

import hmac
import os
import secrets
import tempfile
from pathlib import Path

import pandas as pd

from riskbench.core.errors import CannotRun

KEY_BYTES = 32
PSEUDONYM_DIGITS = 16  # 64 bits: among ten million people two share a pseudonym with probability 3e-6


def load_or_create_key(path: Path) -> bytes:
    """The 32-byte key at `path`; made from the system's randomness, readable by its owner alone, when absent.

    The file appears whole and only once: of two processes that find none, one creates it and both read the same.
    Raises `CannotRun` when the file is not a key or when others than its owner may read it.
    """
    if not path.exists():
        _create(path)
    mode = path.stat().st_mode & 0o777
    if os.name == "posix" and mode & 0o077:
        raise CannotRun(f"a key must be readable by its owner alone (mode 600), {path} has mode {mode:03o}")
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise CannotRun(f"a key must have {KEY_BYTES} bytes, {path} has {len(key)}")
    return key


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".key.")  # O_EXCL, mode 600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        # A link refuses to replace what is there, as O_EXCL does, and shows the file only when it is whole.
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)


def pseudonymise(values: pd.Series, key: bytes, purpose: str) -> pd.Series:
    """Sixteen hexadecimal digits for each value: HMAC-SHA256 under the key of `purpose`, cut to 64 bits.

    `values` are strings or integers (an integer counts as its decimal text); missing stays missing, index and name
    are kept. Equal values have equal pseudonyms, whatever their order. Raises `ValueError` for other types (a float
    would write one identifier in two ways), a short key or an empty purpose.

    >>> people = pd.Series(["C01", None, "C01", "C02"])
    >>> a, b = (pseudonymise(people, b"k" * 32, purpose) for purpose in ("modelling", "audit"))
    >>> bool(a[0] == a[2]), bool(a[0] == a[3]), bool(a[0] == b[0]), bool(a.isna()[1])
    (True, False, False, True)
    """
    if len(key) < KEY_BYTES:
        raise ValueError(f"a key must have at least {KEY_BYTES} bytes, got {len(key)}")
    if not purpose:
        raise ValueError("a purpose must be named, got an empty text")
    codes, distinct = pd.factorize(values)
    texts = [_text(value, values.name) for value in distinct]
    purpose_key = hmac.digest(key, purpose.encode(), "sha256")
    keyed = hmac.new(purpose_key, digestmod="sha256")  # copied for each value: the key is hashed once
    made = [_digits(keyed.copy(), text) for text in texts]
    lookup = pd.array([*made, None], dtype="str")  # code -1, missing, takes the last
    return pd.Series(lookup[codes], index=values.index, name=values.name)


def _digits(keyed: hmac.HMAC, text: bytes) -> str:
    keyed.update(text)
    return keyed.hexdigest()[:PSEUDONYM_DIGITS]


def _text(value: object, column: object) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ValueError(
            f"values to pseudonymise must be strings or integers, column {column} holds {type(value).__name__}"
        )
    return str(value).encode()
