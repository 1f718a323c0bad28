"""Records as lines of plain text: all about one model, one finding, one exception, one review."""

import datetime as dt
from collections.abc import Sequence

from riskbench.governance.registry.acting import exception_of, finding_of
from riskbench.governance.registry.deadlines import days, exception_told, finding_told, overdue, version_told
from riskbench.governance.registry.dependencies import shared
from riskbench.governance.registry.records import MonthFigure, Performance, Review, Step
from riskbench.governance.registry.store import Registry


def model_told(registry: Registry, id_: str, on: dt.date) -> list[str]:
    """All about one model as it stands on a day; raises `CannotRun` where it is not in the inventory."""
    model, exceptions = registry.model(id_), registry.exceptions(id_)
    others = {other.id: other.depends_on for other in registry.models() if other.id != id_}
    common = shared(model.depends_on, others)
    state = model.state.replace("_", " ")
    proposed = f" (the rule proposes {model.tier_proposed})" if model.tier_proposed else ""
    return [
        f"{model.id}: {model.title} [{state}]",
        f"Study {model.study}, owner {model.owner}, tier {model.tier}{proposed}",
        f"Purpose: {model.purpose}",
        *(f"Used by: {user}" for user in model.used_by),
        *_section("Why this tier", model.tier_because),
        *_section("Depends on", [_with_others(line, common.get(line, [])) for line in model.depends_on]),
        *_section("Versions", [f"{v.number} {v.run} [{version_told(v, on)}]" for v in registry.versions(id_)]),
        *_section(
            "Findings",
            [f"{f.id} [{f.severity}; {finding_told(f, exceptions, on)}] {f.title}" for f in registry.findings(id_)],
        ),
        *_section("Exceptions", [f"{e.id} about {e.about} [{exception_told(e, on)}]" for e in exceptions]),
        *_section("Months", [month_told(record) for record in newest_months(registry, id_)]),
        *_section("Reviews", [review_told(review, on) for review in registry.reviews(id_)]),
    ]


def newest_months(registry: Registry, id_: str) -> list[Performance]:
    """The last revision of each month of a model, oldest first."""
    last = {(record.month, record.bundle_sha256): record for record in registry.performance(id_)}
    return list(last.values())


def month_told(record: Performance) -> str:
    """One month in a line."""
    shares = [
        f"{name} {_share(figure)}"
        for name, figure in (
            ("approved", record.approval),
            ("overridden", record.override),
            ("expected bad rate", record.expected),
            ("observed", record.observed),
        )
    ]
    plain = [
        f"{name} {'not evaluated' if figure.value is None else f'{figure.value:.3f}'}"
        for name, figure in (("PSI", record.psi), ("AUC", record.auc))
    ]
    revised = f", revision {record.revision}" if record.revision > 1 else ""
    told = "; ".join([f"{record.decisions:,} decisions", *shares, *plain])
    return f"{record.month} by {record.bundle_sha256[:12]}: {told} (as of {record.as_of}{revised})"


def _share(figure: MonthFigure) -> str:
    return "not evaluated" if figure.value is None else f"{figure.value:.1%}"


def finding_lines(registry: Registry, id_: str, on: dt.date) -> list[str]:
    """One finding with its evidence and its history."""
    found = finding_of(registry, id_)
    where = f"{found.model}{f', version {found.version}' if found.version else ''}"
    also = f", and in version {', '.join(map(str, found.also_in))}" if found.also_in else ""
    facts = {
        "Severity": f"{found.severity}{f' ({found.severity_because})' if found.severity_because else ''}",
        "Owner": found.owner or "nobody yet",
        "Due": str(found.due or "no day yet"),
        "Evidence": found.evidence,
        "Run": found.run,
        "Remedy": found.remedy,
        "Exception": found.exception,
    }
    return [
        f"{found.id} [{finding_told(found, registry.exceptions(found.model), on)}] {found.title}",
        f"In {where}{also}; raised by {found.raised_by}",
        *(found.text.splitlines()),
        *(f"{name}: {value}" for name, value in facts.items() if value),
        *_history(found.history),
    ]


def exception_lines(registry: Registry, id_: str, on: dt.date) -> list[str]:
    """One exception with its history."""
    e = exception_of(registry, id_)
    where = f"{e.model}{f', version {e.version}' if e.version else ''}"
    return [
        f"{e.id} [{exception_told(e, on)}] about {e.about}, in {where}",
        f"Because: {e.because}",
        f"Compensated by: {e.compensated_by or 'nothing is said'}",
        f"Asked for by {e.requested_by}, granted by {e.granted_by or 'nobody'}, last day {e.expires}",
        *_history(e.history),
    ]


def review_told(review: Review, on: dt.date) -> str:
    """One line of the review calendar."""
    if review.done:
        return f"{review.due} {review.kind}: done on {review.done} by {review.by}: {review.outcome}"
    late = overdue(review, on)
    return f"{review.due} {review.kind}{f' (overdue by {days(late)})' if late else ''}: {review.what}"


def _with_others(line: str, others: Sequence[str]) -> str:
    return f"{line} [so does {', '.join(others)}]" if others else line


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines)] if lines else []


def _history(steps: Sequence[Step]) -> list[str]:
    told = [f"{s.at:%Y-%m-%d %H:%M} {s.after.replace('_', ' ')}, by {s.by}: {s.because}" for s in steps]
    return _section("History (UTC)", told)
