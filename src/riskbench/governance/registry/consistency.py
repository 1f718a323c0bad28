"""What the records of a registry must agree on with each other; each alone is checked when it is read."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from riskbench.governance.registry.deadlines import excused_by
from riskbench.governance.registry.following import state_of
from riskbench.governance.registry.records import Finding, Performance, RiskException
from riskbench.governance.registry.store import Registry, place


def disagreements(registry: Registry, on: dt.date) -> list[str]:
    """Every disagreement on a day as `file: rule`; raises `CannotRun` where a record alone is refused."""
    return [*_of_models(registry), *_of_versions(registry), *_of_others(registry), *_of_accepted(registry, on)]


def _of_models(registry: Registry) -> Iterator[str]:
    for model in registry.models():
        versions = registry.versions(model.id)
        if versions and model.state not in (state := state_of(versions), "retired"):
            yield f"{place(model)}: state: it is {model.state}, but its versions make it {state}"
        numbers = [version.number for version in versions]
        if numbers != [*range(1, len(numbers) + 1)]:
            yield f"{place(model)}: its versions must be numbered from 1 on, got {', '.join(map(str, numbers))}"
        if len(live := [v for v in versions if v.state == "live"]) > 1:
            yield f"{place(live[-1])}: state: version {live[0].number} is live too; a model has one live version"


def _of_versions(registry: Registry) -> Iterator[str]:
    versions, models = registry.versions(), {model.id for model in registry.models()}
    runs = Counter(version.run for version in versions)
    for version in versions:
        numbers = [v.number for v in versions if v.model == version.model]
        if version.model not in models:
            yield f"{place(version)}: model: {version.model} is not in the inventory"
        if runs[version.run] > 1:
            yield f"{place(version)}: run: {version.run} is a version {runs[version.run]} times"
        if version.replaces is not None and version.replaces not in numbers:
            yield f"{place(version)}: replaces: {version.model} has no version {version.replaces}"


def _of_others(registry: Registry) -> Iterator[str]:
    models = {model.id for model in registry.models()}
    numbers = {(v.model, v.number) for v in registry.versions()}
    records: list[Finding | RiskException] = [*registry.findings(), *registry.exceptions()]
    for record in records:
        if record.model not in models:
            yield f"{place(record)}: model: {record.model} is not in the inventory"
        if record.version is not None and (record.model, record.version) not in numbers:
            yield f"{place(record)}: version: {record.model} has no version {record.version}"
    for id_ in sorted(models):
        yield from _of_months(registry.performance(id_))
    for review in registry.reviews():
        if review.model not in models:
            yield f"{place(review)}: model: {review.model} is not in the inventory"


def _of_months(records: list[Performance]) -> Iterator[str]:
    for of in sorted({(record.month, record.bundle_sha256) for record in records}):
        revisions = [record for record in records if (record.month, record.bundle_sha256) == of]
        if (found := [r.revision for r in revisions]) != [*range(1, len(found) + 1)]:
            told = ", ".join(map(str, found))
            yield f"{place(revisions[0])}: the revisions of a month must be numbered from 1 on, got {told}"


def _of_accepted(registry: Registry, on: dt.date) -> Iterator[str]:
    exceptions = registry.exceptions()
    for finding in registry.findings():
        if finding.state == "accepted" and excused_by(finding, exceptions, on) is None:
            yield f"{place(finding)}: exception: {finding.exception} is not in force for {finding.id}: it weighs again"
