"""Where inputs come from that a request leaves out: feeds of the study, as known at the moment of the decision."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Protocol


class Enriching(Protocol):
    """Completes the inputs of an application from what is known of its customer."""

    @property
    def columns(self) -> frozenset[str]:
        """The columns that a request may leave out."""

    def complete(
        self, customer: str | None, inputs: Mapping[str, Any], at: dt.datetime
    ) -> tuple[dict[str, Any], dict[str, float | None]]:
        """All inputs, those given first, and the age of each source in hours at that moment; None where unknown."""

    def stale(self) -> list[str]:
        """What is later than it promised, in words; empty where all is fresh."""


class NoFeeds:
    """A study without feeds: a request brings everything."""

    columns: frozenset[str] = frozenset()

    def complete(
        self, customer: str | None, inputs: Mapping[str, Any], at: dt.datetime
    ) -> tuple[dict[str, Any], dict[str, float | None]]:
        """The inputs as they were given, and no ages."""
        return dict(inputs), {}

    def stale(self) -> list[str]:
        """Nothing is late where nothing is promised."""
        return []
