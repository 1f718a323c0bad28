"""Names of applications and customers as the log holds them: keyed tokens, under a key that lies outside of the log.

What links applications, as a device or a telephone number, is held in the same way.
"""

import functools
import hmac
from collections.abc import Mapping
from pathlib import Path

from riskbench.privacy.pseudonyms import KEY_BYTES, load_or_create_key

TOKEN_DIGITS = 32  # 128 bits: no two of a billion applications share one
APPLICATION, CUSTOMER, LINK = "decision log: application", "decision log: customer", "decision log: link "


class Tokens:
    """Tokens by purpose: HMAC-SHA256 in 32 hexadecimal digits, of which the first 16 are `pseudonymise`'s.

    An application and a customer of the same name have different tokens. Whoever has the key finds the entries of a
    person; where the key is destroyed, nobody does. Raises ValueError for a key of fewer than 32 bytes.

    >>> tokens = Tokens(bytes(32))
    >>> tokens.customer("C01") == tokens.customer("C01"), tokens.customer("C01") == tokens.application("C01")
    (True, False)
    """

    def __init__(self, key: bytes):
        if len(key) < KEY_BYTES:
            raise ValueError(f"a key must have at least {KEY_BYTES} bytes, got {len(key)}")
        purposes = [hmac.digest(key, purpose.encode(), "sha256") for purpose in (APPLICATION, CUSTOMER)]
        self._application, self._customer = (hmac.new(purpose, digestmod="sha256") for purpose in purposes)
        self._link = functools.lru_cache(maxsize=64)(  # the names of links are few, but callers choose them
            lambda name: hmac.new(hmac.digest(key, f"{LINK}{name}".encode(), "sha256"), digestmod="sha256")
        )

    def application(self, name: str | int) -> str:
        """The token of an application."""
        return _token(self._application, name)

    def customer(self, name: str | int) -> str:
        """The token of a customer."""
        return _token(self._customer, name)

    def link(self, name: str, value: str) -> str:
        """The token of what links applications: the same value under another name has another token.

        >>> tokens = Tokens(bytes(32))
        >>> tokens.link("phone", "0911") == tokens.link("device", "0911"), len(tokens.link("phone", "0911"))
        (False, 32)
        """
        return _token(self._link(name), value)

    def links(self, given: Mapping[str, str]) -> dict[str, str]:
        """The tokens of several links, by their names."""
        return {name: self.link(name, value) for name, value in given.items()}


def load_tokens(path: Path) -> Tokens:
    """The tokens of the key in a file, which is made where there is none; raises `CannotRun` for no proper key."""
    return Tokens(load_or_create_key(path))


def _token(keyed: hmac.HMAC, name: str | int) -> str:
    if isinstance(name, bool) or not isinstance(name, str | int):
        raise ValueError(f"a name must be a text or a whole number, got {type(name).__name__}")
    own = keyed.copy()  # the key is hashed once
    own.update(str(name).encode("utf-8", "surrogatepass"))
    return own.hexdigest()[:TOKEN_DIGITS]
