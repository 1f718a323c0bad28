"""Bundles by their address: each that has decided here is kept, so that its decisions can be told and replayed."""

import functools
from pathlib import Path

from riskbench.core.files import replacing
from riskbench.decision.bundle.bundle import Bundle, BundleError, load_bundle


class Shelf:
    """A folder of bundles, each a file named by its address."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._loaded = functools.lru_cache(maxsize=8)(self._load)

    def put(self, file: Path, address: str = "") -> Bundle:
        """Keep the bundle of a file, which has the `address` where one is given, and return it.

        Raises `BundleError`, a sentence, where it is no bundle or has another address.
        """
        try:
            content = file.read_bytes()
        except OSError as error:
            raise BundleError(f"there is no bundle {file.name} that can be read: {error.strerror}") from None
        try:
            bundle = load_bundle(content, address or None)
        except BundleError as error:
            raise BundleError(f"{file.name}: {error}") from None
        place = self._place(bundle.address)
        if not place.is_file():
            with replacing(place) as temporary:
                temporary.write_bytes(content)
        return bundle

    def get(self, address: str) -> Bundle:
        """The bundle of an address; raises `BundleError` where it is not there or was changed."""
        return self._loaded(address)

    def _load(self, address: str) -> Bundle:
        return load_bundle(self._place(address), address)

    def _place(self, address: str) -> Path:
        return self.folder / f"{address}.json"
