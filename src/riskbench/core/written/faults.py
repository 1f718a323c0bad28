"""What is wrong with what somebody wrote: which key, by which rule, and, where there is a file, in which line."""

from collections.abc import Iterable
from dataclasses import dataclass

Location = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """A broken rule at a key, such as ("bands", 2, "to"); `also` are the other keys that have a part in it."""

    at: Location
    rule: str
    also: tuple[Location, ...] = ()

    @property
    def key(self) -> str:
        """The key as it is told: bands.2.to."""
        return ".".join(map(str, self.at)) or "the file"

    def __str__(self) -> str:
        """The key and the rule."""
        return f"{self.key}: {self.rule}"


class Broken(ValueError):
    """What was written, whole or in part, breaks rules: a ValueError that keeps every fault with its key."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))


def broken(rule: str, *at: str | int) -> Broken:
    """One fault of a section, at a key of it."""
    return Broken([Fault(at, rule)])
