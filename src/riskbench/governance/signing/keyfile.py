"""The one door to private keys: a file each, encrypted with a passphrase, readable by its owner alone.

They lie in the user's own configuration and never in the project: what is handed over or committed holds none. No
message names a passphrase or any part of a private key.
"""

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey

from riskbench.core.errors import CannotRun
from riskbench.core.thresholds import Thresholds
from riskbench.governance.signing.envelope import key_id_of

KEYS_VARIABLE, TRUST_VARIABLE, PASSPHRASE_VARIABLE = "RISKBENCH_KEYS", "RISKBENCH_TRUST", "RISKBENCH_PASSPHRASE"
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keys_folder(project: Path) -> Path:
    """Where this user's private keys lie. Raises `CannotRun` for a place inside the project."""
    return _outside(Path(os.environ.get(KEYS_VARIABLE) or _own() / "keys"), project, KEYS_VARIABLE)


def trust_file(project: Path) -> Path:
    """Where this user's machine remembers roots and heads. Raises `CannotRun` for a place inside the project."""
    return _outside(Path(os.environ.get(TRUST_VARIABLE) or _own() / "trust.json"), project, TRUST_VARIABLE)


def make_key(path: Path, passphrase: str) -> CryptoSigner:
    """A new key pair, its private key written to `path` with mode 0600; a file that is there is never overwritten.

    Raises `CannotRun` for a passphrase that is too short, or where a key lies there already.
    """
    shortest = Thresholds()["governance.passphrase_length"]
    if shortest.judge(len(passphrase)) != "green":
        raise CannotRun(f"a passphrase has at least {shortest.bound:.0f} characters")
    private = Ed25519PrivateKey.generate()
    encryption = BestAvailableEncryption(passphrase.encode())
    text = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CannotRun(f"{path} is there already: a key is never overwritten; move it away first") from None
    with os.fdopen(handle, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return _signer(private)


def load_key(path: Path, passphrase: str) -> CryptoSigner:
    """The key pair in a file. Raises `CannotRun` where it is not there, open to others, or the passphrase is wrong."""
    if not path.is_file():
        raise CannotRun(f"no private key at {path}: `riskbench keys new --person {path.stem}` makes one")
    if path.stat().st_mode & OTHERS:
        raise CannotRun(f"others may read {path}: a private key must have mode 0600 (chmod 600)")
    try:
        private = load_pem_private_key(path.read_bytes(), passphrase.encode())
    except (ValueError, TypeError):
        raise CannotRun(f"{path} does not open: the passphrase is wrong, or this is no encrypted private key") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise CannotRun(f"{path} is no Ed25519 key")
    return _signer(private)


def public_of(signer: CryptoSigner) -> str:
    """The public key, in hexadecimal."""
    return str(signer.public_key.keyval["public"])


def _signer(private: Ed25519PrivateKey) -> CryptoSigner:
    public = private.public_key()
    return CryptoSigner(private, SSlibKey.from_crypto(public, key_id_of(public.public_bytes_raw().hex())))


def _own() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "riskbench"


def _outside(path: Path, project: Path, variable: str) -> Path:
    path = path.expanduser().resolve()
    if path.is_relative_to(project.resolve()):
        raise CannotRun(f"{variable} must lie outside the project, got {path}: what is handed over holds no key")
    return path
