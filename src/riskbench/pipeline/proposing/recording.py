"""What a model did in each month, written into the registry: the same figures once, others as the next revision."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from riskbench.core.results import Estimate
from riskbench.core.words import format_number
from riskbench.data.study import Study
from riskbench.governance.registry.records import MonthFigure, Performance
from riskbench.governance.registry.states import made
from riskbench.governance.registry.store import Registry
from riskbench.monitoring.feedback.monthly import MonthOfModel
from riskbench.pipeline.proposing.feedback import Returned

FIGURES = ("approval", "override", "psi", "expected", "observed", "auc")
COUNTED = ("decisions", "matured")


@dataclass(frozen=True)
class Recording:
    """Who records, when, and why; `open_incidents` as the monitoring database says, None where there is none."""

    by: str
    at: dt.datetime
    because: str = ""
    open_incidents: int | None = None


def record_months(registry: Registry, returned: Returned, recording: Recording) -> tuple[list[Performance], int]:
    """The records that were written, and how many months had the same figures before.

    Raises `CannotRun` where the model is not in the inventory.
    """
    study = returned.study
    written, same = [], 0
    with registry.alone():
        registry.model(study.name)
        known = {(p.month, p.bundle_sha256): p for p in registry.performance(study.name)}  # the last revision of each
        for month in returned.months():
            before = known.get((month.month, month.model))
            now = _record(study, month, returned, recording, before)
            if now is None:
                same += 1
            else:
                registry.write(now)
                written.append(now)
    return written, same


def _record(
    study: Study, month: MonthOfModel, returned: Returned, recording: Recording, before: Performance | None
) -> Performance | None:
    """The next record of a month, or None where its figures are those of the last."""
    values = {name: _figure(getattr(month, name)) for name in FIGURES}
    counted = {name: getattr(month, name) for name in COUNTED}
    source = "log" if returned.from_log else "run"
    why = recording.because or "the first record of this month"
    if before is not None:
        changed = list(_changed(before, values, counted))
        if source != before.source:
            changed.insert(0, f"decisions come from a {source}, before from a {before.source}")
        if not changed:
            return None
        told = f"as of {returned.as_of}, before as of {before.as_of}: {'; '.join(changed)}"
        why = f"{recording.because}: {told}" if recording.because else told
    return made(
        Performance,
        {
            "model": study.name,
            "month": month.month,
            "bundle_sha256": month.model,
            "revision": before.revision + 1 if before else 1,
            "because": why,
            "as_of": returned.as_of,
            "at": recording.at,
            "by": recording.by,
            "source": source,
            "synthetic": study.synthetic,
            "open_incidents": recording.open_incidents,
        }
        | counted
        | values,
    )


def _changed(before: Performance, figures: dict[str, MonthFigure], counted: dict[str, int]) -> Iterator[str]:
    for name, now in counted.items():
        if (then := getattr(before, name)) != now:
            yield f"{name} from {then:,} to {now:,}"
    for name, figure in figures.items():
        if (old := getattr(before, name)) != figure:
            yield f"{name} from {_told(old)} to {_told(figure)}"


def _told(figure: MonthFigure) -> str:
    if figure.value is None:
        return "not evaluated"
    return format_number(figure.value, figure.lower, figure.upper)


def _figure(e: Estimate) -> MonthFigure:
    if e.value is None:
        return MonthFigure(n=e.n, reason=e.reason)
    value, lower, upper = (None if x is None else round(float(x), 6) for x in e.bounded)
    return MonthFigure(value=value, lower=lower, upper=upper, n=e.n)
