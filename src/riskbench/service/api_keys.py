"""Who may ask: keys of the service, kept as hashes in one file that only its owner reads.

A key is `rb_<id>_<secret>`: the id is public and finds the entry, the secret has 256 random bits. At rest stands the
SHA-256 of the whole key. A slow hash (bcrypt, Argon2) makes it dear to try out what people choose; nobody can try 2^256
secrets, so it would only make every request slow. The last day of use stands in a file of its own: the service never
writes the file of the keys, so it cannot bring back a key that was revoked meanwhile.
"""

import datetime as dt
import hashlib
import hmac
import json
import os
import re
import secrets
import tempfile
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from riskbench.core.errors import CannotRun, RiskbenchError, broken_rules
from riskbench.core.files import canonical_json, write_json
from riskbench.core.ledger import alone

Scope = Literal["decide", "read", "override", "admin"]
SCOPES: tuple[Scope, ...] = ("decide", "read", "override", "admin")
PREFIX, SECRET_BYTES = "rb", 32
NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"  # of whoever holds a key


class KeyRefused(RiskbenchError):
    """A key is not made or not revoked, and the sentence says why."""


class ApiKey(BaseModel):
    """One key: its public id, what it is called, the hash of it, what it may do and until which day (UTC, included)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[0-9a-f]{12}$")
    name: str = Field(pattern=f"^{NAME}$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    scopes: tuple[Scope, ...] = Field(min_length=1)
    created: dt.date
    expires: dt.date | None = None
    revoked: dt.date | None = None

    def usable(self, day: dt.date) -> bool:
        """Whether it opens anything on that day."""
        return self.revoked is None and (self.expires is None or day <= self.expires)


_FILE = TypeAdapter(list[ApiKey])


class KeyFile:
    """The file of the keys, and beside it the days of their last use."""

    def __init__(self, path: Path):
        self.path = path
        self._used_path = path.with_name(f"{path.stem}_used.json")
        self._noted: dict[str, str] = {}
        self._seen: tuple[int, int, int] | None = None
        self._by_id: dict[str, ApiKey] = {}
        self._noting = threading.Lock()

    def entries(self) -> list[ApiKey]:
        """All keys, in the order in which they were made; none where there is no file.

        Raises `CannotRun` where others than its owner may read it, or where it is not such a file.
        """
        try:
            mode, content = self.path.stat().st_mode & 0o777, self.path.read_bytes()
        except FileNotFoundError:
            return []
        if os.name == "posix" and mode & 0o077:
            told = "the keys of the service must be readable by their owner alone (mode 600)"
            raise CannotRun(f"{told}, {self.path} has mode {mode:03o}. What to do: chmod 600 {self.path}")
        try:
            return _FILE.validate_json(content)
        except ValidationError as error:
            raise CannotRun(f"{self.path} is no file of keys: {'; '.join(broken_rules(error, 'keys', 3))}") from None

    def new(self, name: str, scopes: Iterable[Scope], expires: dt.date | None = None) -> tuple[ApiKey, str]:
        """A new key and its text, which is not kept anywhere: whoever loses it makes another.

        Raises `KeyRefused` for a name that a usable key has already, no scope, or a day that is past.
        """
        today = _today()
        if expires is not None and expires < today:
            raise KeyRefused(f"a key must not have expired when it is made, got {expires}")
        if not re.fullmatch(NAME, name):
            allowed = "1 to 64 letters, digits, dots, dashes and underscores, the first a letter or digit"
            raise KeyRefused(f"a name has {allowed}, got {name!r}")
        text = f"{PREFIX}_{(id_ := secrets.token_hex(6))}_{secrets.token_urlsafe(SECRET_BYTES)}"
        try:
            key = ApiKey(
                id=id_,
                name=name,
                sha256=_sha256(text),
                scopes=tuple(scope for scope in SCOPES if scope in set(scopes)),
                created=today,
                expires=expires,
            )
        except ValidationError as error:
            raise KeyRefused(f"no such key is made: {'; '.join(broken_rules(error, 'key'))}") from None
        with alone(self.path):
            known = self.entries()
            if any(other.name == name and other.usable(today) for other in known):
                raise KeyRefused(f"there is a key called {name} already: revoke it first, or choose another name")
            self._write([*known, key])
        return key, text

    def revoke(self, name: str) -> Sequence[ApiKey]:
        """Revoke the keys of a name or an id, now; returns them. Raises `KeyRefused` where none of them is in use."""
        today = _today()
        with alone(self.path):
            known = self.entries()
            meant = [key for key in known if name in (key.name, key.id) and key.revoked is None]
            if not meant:
                raise KeyRefused(f"there is no key {name} that could be revoked")
            self._write([key.model_copy(update={"revoked": today}) if key in meant else key for key in known])
        return meant

    def found(self, text: str) -> ApiKey | None:
        """The usable key of a text, or None; a changed file is read again at once. Raises as `entries` does."""
        self._read_again()
        parts = text.split("_", 2)
        key = self._by_id.get(parts[1]) if len(parts) == 3 and parts[0] == PREFIX else None
        expected = key.sha256 if key else "0" * 64
        same = hmac.compare_digest(_sha256(text), expected)
        today = _today()
        if key is None or not same or not key.usable(today):
            return None
        self._note(key.id, today.isoformat())
        return key

    def last_used(self) -> dict[str, str]:
        """The last day of use by the id of a key; keys never used are absent."""
        with suppress(OSError, ValueError):
            used = json.loads(self._used_path.read_bytes())
            if isinstance(used, dict):
                return used
        return {}

    def _note(self, id_: str, day: str) -> None:
        if self._noted.get(id_) == day:
            return
        with self._noting, suppress(OSError, CannotRun):  # a full disk is no reason to refuse a key
            self._noted[id_] = day
            with alone(self.path):
                if (used := self.last_used()).get(id_, "") < day:
                    write_json(self._used_path, used | {id_: day})

    def _read_again(self) -> None:
        try:
            at = self.path.stat()
            seen = (at.st_mtime_ns, at.st_ino, at.st_mode)
        except FileNotFoundError:
            seen = (0, 0, 0)
        if seen != self._seen:
            self._by_id = {key.id: key for key in self.entries()}
            self._seen = seen

    def _write(self, keys: list[ApiKey]) -> None:
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")  # mode 600, and stays so
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(canonical_json(_FILE.dump_python(keys, mode="json")).encode())
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self.path)
        except BaseException:
            os.unlink(name)
            raise


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
