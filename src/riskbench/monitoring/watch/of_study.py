"""An incident is of one study: those of two studies with the same rules and one database must not be mixed up."""

from dataclasses import replace

from riskbench.decision.log.database import absent
from riskbench.monitoring.alerts.incident import Incident
from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.reading import Reading

STUDY = "study"


def of_study(reading: Reading, study: str) -> Reading:
    """The same reading, whose subject and key name its study.

    >>> import datetime as dt
    >>> now = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    >>> of_study(Reading("drift", "psi", "quiet", now, subject={"feature": "channel"}), "shop").key
    'drift[feature=channel,study=shop]'
    """
    return replace(reading, subject={**reading.subject, STUDY: study})


def is_of(incident: Incident, study: str) -> bool:
    """Whether an incident is of a study; one of no study is of none."""
    return f"{STUDY}={study}" in incident.subject.split(", ")


def open_incidents(url: str, study: str) -> int | None:
    """How many incidents of a study are open in the monitoring database of a URL; None where it is not there yet.

    Raises `LogError` where the database cannot be read.
    """
    if absent(url):
        return None
    with open_alerts(url) as alerts:
        return sum(is_of(incident, study) for incident in alerts.incidents("open", "acknowledged"))
