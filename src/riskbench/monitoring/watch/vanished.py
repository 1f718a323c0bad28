"""Incidents whose subject a rule no longer speaks of: a device that nobody uses any more is quiet, not forgotten."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from riskbench.monitoring.alerts.incident import Incident
from riskbench.monitoring.alerts.wording import said
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.kinds.links import WINDOWED
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
