"""Thresholds: conventions kept in one commented file, never in code.

`thresholds.toml` holds a line of source and a basis ("convention" or "rule") for each. A study may override one, with
a reason that the dossier prints.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from riskbench.core.errors import StudyError
from riskbench.core.status import Light

Direction = Literal["at_least", "at_most", "between"]
Limit = float | tuple[float, float]


class Threshold(BaseModel):
    """Where green ends and where amber ends, in which direction, by whose authority.

    >>> Threshold(key="auc", direction="at_least", green=0.7, amber=0.6, basis="convention", source="x").judge(0.65)
    'amber'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    direction: Direction
    green: Limit
    amber: Limit
    basis: Literal["convention", "rule"]
    source: str
    override_reason: str = ""

    @model_validator(mode="after")
    def _pairs_only_between(self) -> "Threshold":
        pairs = isinstance(self.green, tuple), isinstance(self.amber, tuple)
        if pairs != ((self.direction == "between"),) * 2:
            raise ValueError(f"threshold {self.key}: a pair of limits goes with direction 'between', and only there")
        ends = self.green if isinstance(self.green, tuple) else (self.green,)
        if ends != tuple(sorted(ends)) or not all(self._holds(end, self.amber) for end in ends):
            raise ValueError(f"threshold {self.key}: what is green must lie within what is at least amber")
        return self

    @property
    def bound(self) -> float:
        """The one limit of green; raises ValueError where the limits are pairs."""
        if isinstance(self.green, tuple):
            raise ValueError(f"threshold {self.key} must be one limit, got a pair")
        return self.green

    def judge(self, value: float) -> Light:
        """The light of `value`; a limit itself still belongs to the better light."""
        if self._holds(value, self.green):
            return "green"
        return "amber" if self._holds(value, self.amber) else "red"

    def _holds(self, value: float, limit: Limit) -> bool:
        if isinstance(limit, tuple):
            return limit[0] <= value <= limit[1]
        return value >= limit if self.direction == "at_least" else value <= limit


class Override(BaseModel):
    """A study's own limits for one threshold, with the reason that the dossier prints."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    green: Limit
    amber: Limit
    reason: str = Field(min_length=1, pattern=r"\S")

    @field_validator("green", "amber")
    @classmethod
    def _finite(cls, limit: Limit) -> Limit:
        if not all(map(isfinite, limit if isinstance(limit, tuple) else (limit,))):
            raise ValueError("a limit must be a finite number: an infinite one lets everything through")
        return limit


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(files("riskbench.core").joinpath("thresholds.toml").read_text("utf-8"))


@cache
def _package_thresholds() -> dict[str, Threshold]:
    return {key: Threshold(key=key, **line) for key, line in _file()["thresholds"].items()}


class Thresholds:
    """All thresholds in force: the package's, with a study's overrides laid over them.

    Raises `StudyError` for an override of an unknown line, or with limits that do not fit its direction.

    >>> Thresholds()["validation.auc"].direction
    'at_least'
    """

    def __init__(self, overrides: Mapping[str, Override] | None = None):
        self._all = dict(_package_thresholds())
        for key, override in (overrides or {}).items():
            if key not in self._all:
                raise StudyError(f"threshold {key!r} is not one of thresholds.toml: {', '.join(sorted(self._all))}")
            changed = {"green": override.green, "amber": override.amber, "override_reason": override.reason}
            try:
                self._all[key] = Threshold.model_validate(self._all[key].model_dump() | changed)
            except ValidationError as error:
                raise StudyError("; ".join(problem["msg"] for problem in error.errors())) from None

    @property
    def version(self) -> str:
        """The version of the package's file."""
        return str(_file()["version"])

    def overridden(self) -> list[tuple[Threshold, Threshold]]:
        """What the study has set otherwise: the package's line and the study's."""
        known = _package_thresholds()
        return [(known[own.key], own) for own in self if own.override_reason]

    def __getitem__(self, key: str) -> Threshold:
        if key not in self._all:
            raise KeyError(f"thresholds.toml has no line {key!r}")
        return self._all[key]

    def __iter__(self) -> Iterator[Threshold]:
        return iter(self._all.values())
