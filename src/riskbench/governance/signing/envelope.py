"""The one door to securesystemslib: an in-toto Statement in a DSSE envelope, signed with one Ed25519 key.

The text of an envelope has one form only, so that no byte of it can change unseen: not even outside what is signed.
"""

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

PAYLOAD_TYPE, STATEMENT_TYPE = "application/vnd.in-toto+json", "https://in-toto.io/Statement/v1"
BYTES = 32  # of an Ed25519 public key


@dataclass(frozen=True)
class Sealed:
    """An envelope that was read: the key that it names, its statement, and what a signature is checked against."""

    key_id: str
    predicate_type: str
    subjects: Mapping[str, str]  # SHA-256 by name
    predicate: Mapping[str, Any]
    envelope: Envelope

    def signed_by(self, public: str) -> bool:
        """Whether the signature is that of this public key (hexadecimal)."""
        try:
            key = SSlibKey(key_id_of(public), "ed25519", "ed25519", {"public": public})
            self.envelope.verify([key], 1)
        except (VerificationError, ValueError):
            return False
        return True


def key_id_of(public: str) -> str:
    """The id of a public key: the SHA-256 of its 32 bytes. Raises ValueError for what is no such key."""
    raw = bytes.fromhex(public)
    if len(raw) != BYTES or raw.hex() != public:
        raise ValueError(f"a public key is {2 * BYTES} hexadecimal digits in small letters, got {public!r}")
    return hashlib.sha256(raw).hexdigest()


def seal(signer: CryptoSigner, predicate_type: str, subjects: Mapping[str, str], predicate: Mapping[str, Any]) -> str:
    """The text of a signed envelope around a statement; `subjects` are SHA-256 by name."""
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": sha256}} for name, sha256 in sorted(subjects.items())],
        "predicateType": predicate_type,
        "predicate": predicate,
    }
    envelope = Envelope(_text(statement).encode(), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return _text(envelope.to_dict())


def opened(text: str) -> Sealed:
    """An envelope from its text; its signature is still to be checked. Raises ValueError for anything else."""
    try:
        content = json.loads(text)
        envelope = Envelope.from_dict(copy.deepcopy(content))  # from_dict takes its argument apart
        (key_id,) = envelope.signatures
        if envelope.signatures[key_id].unrecognized_fields or _text(envelope.to_dict()) != text:
            raise ValueError("it is not in the form in which envelopes are written")
        statement = json.loads(envelope.payload)
        if envelope.payload_type != PAYLOAD_TYPE or statement["_type"] != STATEMENT_TYPE:
            raise ValueError("it holds no in-toto statement")
        subjects = {subject["name"]: subject["digest"]["sha256"] for subject in statement["subject"]}
        return Sealed(key_id, statement["predicateType"], subjects, dict(statement["predicate"]), envelope)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, VerificationError) as error:
        raise ValueError(f"this is no signed statement ({type(error).__name__})") from None


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
