"""The registry as a folder: where each record lies, and how it is read and written, whole or not at all.

reports/registry/models/<model>.yaml                    reports/registry/findings/F-0001.yaml
reports/registry/versions/<model>-<number>.yaml         reports/registry/exceptions/E-0001.yaml
reports/registry/reviews/<model>-<kind>-<due>.yaml      reports/registry/verifications/<run>/<time>-<by>.yaml
reports/registry/reruns/<run>/<rerun>.yaml
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from riskbench.core.errors import CannotRun, broken_rules
from riskbench.core.files import write_text
from riskbench.governance.registry.records import (
    Finding,
    Model,
    Record,
    RerunRecord,
    Review,
    RiskException,
    Verification,
    Version,
)

R = TypeVar("R", bound=Record)


class Registry:
    """The records below `folder`; a folder that does not exist holds none."""

    def __init__(self, folder: Path):
        self.folder = folder

    def models(self) -> list[Model]:
        """The inventory, by id."""
        return list(self._all("models/*.yaml", Model))

    def versions(self, model: str | None = None) -> list[Version]:
        """The versions of a model, or of all, oldest first."""
        found = [v for v in self._all("versions/*.yaml", Version) if model in (None, v.model)]
        return sorted(found, key=lambda version: (version.model, version.number))

    def version_of(self, run: str) -> Version | None:
        """The version that a run was registered as."""
        return next((version for version in self.versions() if version.run == run), None)

    def findings(self, model: str | None = None) -> list[Finding]:
        """The findings in a model, or in all, by id."""
        return [f for f in self._all("findings/*.yaml", Finding) if model in (None, f.model)]

    def exceptions(self, model: str | None = None) -> list[RiskException]:
        """The exceptions of a model, or of all, by id."""
        return [e for e in self._all("exceptions/*.yaml", RiskException) if model in (None, e.model)]

    def reviews(self, model: str | None = None) -> list[Review]:
        """The review calendar, by day."""
        return sorted((r for r in self._all("reviews/*.yaml", Review) if model in (None, r.model)), key=lambda r: r.due)

    def verifications(self, run: str) -> list[Verification]:
        """The re-performances of a run, oldest first."""
        return sorted(self._all(f"verifications/{run}/*.yaml", Verification), key=lambda v: v.at)

    def reruns(self, run: str) -> list[RerunRecord]:
        """The reruns of a run, oldest first."""
        return sorted(self._all(f"reruns/{run}/*.yaml", RerunRecord), key=lambda r: r.at)

    def write(self, record: Record) -> Path:
        """Write one record in its place, and say where that is."""
        path = self.folder / place(record)
        content = record.model_dump(mode="json")
        write_text(path, yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120))
        return path

    def _all(self, pattern: str, kind: type[R]) -> Iterator[R]:
        for path in sorted(self.folder.glob(pattern)):
            yield _read(path, kind)


def place(record: Record) -> str:
    """Where a record lies, below the registry's folder."""
    match record:
        case Model():
            return f"models/{record.id}.yaml"
        case Version():
            return f"versions/{record.model}-{record.number}.yaml"
        case Finding():
            return f"findings/{record.id}.yaml"
        case RiskException():
            return f"exceptions/{record.id}.yaml"
        case Review():
            return f"reviews/{record.model}-{record.kind}-{record.due}.yaml"
        case Verification():
            return f"verifications/{record.run}/{record.at:%Y%m%dT%H%M%SZ}-{record.by}.yaml"
        case RerunRecord():
            return f"reruns/{record.of}/{record.run}.yaml"
    raise TypeError(f"the registry keeps no {type(record).__name__}")


def _read(path: Path, kind: type[R]) -> R:
    try:
        return kind.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except yaml.YAMLError as error:
        raise CannotRun(f"{path}: this is no YAML: {error}") from None
    except ValidationError as error:
        raise CannotRun(f"{path}: {'; '.join(broken_rules(error, 'the record', 5))}") from None
