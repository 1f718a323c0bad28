"""The rules of a study: `warnings.yaml`, read strictly, and held against the study, its feeds and its policy."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from riskbench.core.written.faults import Broken, Fault, broken
from riskbench.core.written.file import written
from riskbench.core.written.section import Section
from riskbench.data.feeds.description import load_feeds
from riskbench.data.study import Study
from riskbench.decision.policy.reading import load_policy
from riskbench.monitoring.warning.kinds import AnyRule
from riskbench.monitoring.warning.rule import Portfolio

WARNINGS_FILE = "warnings.yaml"


class Stable(Section):
    """Months from `first` to `last` ("2026-03") in which nothing is known to have changed, and `because` of what."""

    first: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    last: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    because: str = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise broken(f"it must not lie before first, {self.first}, got {self.last}", "last")
        return self


class Warnings(Section):
    """The rules in the order of the file; each has a name of its own. False alarms are counted in `stable` months."""

    schema_version: Literal[1]
    stable: Stable | None = None
    rules: list[AnyRule]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        first: dict[str, int] = {}
        faults = []
        for i, rule in enumerate(self.rules):
            if rule.name in first:
                also = (("rules", first[rule.name], "name"),)
                faults.append(Fault(("rules", i, "name"), f"another rule is called {rule.name}", also))
            first.setdefault(rule.name, i)
        if faults:
            raise Broken(faults)
        return self

    @property
    def alarms_a_month(self) -> float:
        """False alarms that the rules together are expected to give a month, where nothing has happened."""
        return sum(rule.chance.a_month for rule in self.rules if rule.chance)


def load_warnings(path: Path, study: Study | None = None) -> Warnings:
    """Read and check a file of rules; with a study, whatever they name must stand there, in its feeds or its policy.

    Raises `StudyError` with up to ten lines, each with file, line, key and rule, in the order of the file.
    """
    text = written(path, "warnings", "rules")
    warnings = text.checked(Warnings)
    if study and (faults := list(against(warnings, portfolio_of(study, path.parent)))):
        raise text.told(faults)
    return warnings


def portfolio_of(study: Study, folder: Path) -> Portfolio:
    """What rules of a study may name, by the files in its folder."""
    policy = load_policy(folder / study.policy, study) if study.policy else None
    rules = tuple(rule.name for rule in policy.rules) if policy else ()
    return Portfolio(study, tuple(load_feeds(study, folder)), rules)


def against(warnings: Warnings, portfolio: Portfolio) -> Iterator[Fault]:
    """What the rules name in vain."""
    for i, rule in enumerate(warnings.rules):
        yield from (Fault(("rules", i, *fault.at), fault.rule) for fault in rule.against(portfolio))
