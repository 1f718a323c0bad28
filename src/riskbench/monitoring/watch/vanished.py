"""Incidents whose subject a rule no longer speaks of: a device that nobody uses any more is quiet, not forgotten.

So it is with a version that was in use: what was found of it is not said of the one that has taken over.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence

from riskbench.monitoring.alerts.incident import Incident
from riskbench.monitoring.alerts.wording import said
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.kinds.links import WINDOWED
from riskbench.monitoring.warning.kinds.paying import Paying
from riskbench.monitoring.warning.kinds.volume import Volume
from riskbench.monitoring.warning.rule import Charted
from riskbench.monitoring.warning.warnings import Warnings
from riskbench.monitoring.watch.of_study import is_of


def vanished(
    incidents: Iterable[Incident], readings: Sequence[Reading], study: str, at: dt.datetime, *, log_read: bool = False
) -> Iterator[Reading]:
    """A quiet reading for each incident of a study whose rule was evaluated and did not speak of its subject.

    Incidents of another study, whose rules may have the same names, are that one's. A rule that could not be
    evaluated about anything says nothing of any of its incidents; unless its kind looks at a window of decisions and
    the log was read (`log_read`): where nobody comes any more, the window of whoever came has passed.
    """
    spoken = {said(reading).key for reading in readings}
    evaluated = {
        said(reading).rule
        for reading in readings
        if reading.state != "not_evaluated" or (log_read and reading.kind in WINDOWED)
    }
    for incident in incidents:
        if is_of(incident, study) and incident.rule in evaluated and incident.key not in spoken:
            # the key of a reading without a subject is its rule
            yield Reading(incident.key, incident.kind, "quiet", at, incident.severity)


def judge_the_model(warnings: Warnings) -> frozenset[str]:
    """The rules that judge what the model in use decides, by name: not how many apply, nor how loans turn out.

    Loans of the version before are still to be paid back, whoever decides now.
    """
    return frozenset(
        rule.name for rule in warnings.rules if isinstance(rule, Charted) and not isinstance(rule, Volume | Paying)
    )


def of_another_version(
    incidents: Iterable[Incident], readings: Sequence[Reading], rules: Collection[str], since: dt.datetime
) -> Iterator[Incident]:
    """Incidents of `rules` last seen before another version took over at `since`, and not evaluated of this one yet."""
    evaluated = {said(reading).key for reading in readings if reading.state != "not_evaluated"}
    for incident in incidents:
        if incident.rule in rules and incident.seen < since and incident.key not in evaluated:
            yield incident
