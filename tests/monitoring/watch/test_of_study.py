"""The incidents of a study, in a database that several share."""

import datetime as dt

from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.watch.of_study import of_study, open_incidents

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def test_open_incidents_are_those_of_the_study_alone(database):
    with open_alerts(database) as alerts:
        for study, subjects in {"shop": "de", "bank": "f"}.items():
            for device in subjects:
                alerts.take([of_study(Reading("ring", "velocity", "signal", NOW, subject={"device": device}), study)])
    assert [open_incidents(database, study) for study in ("shop", "bank", "farm")] == [2, 1, 0]


def test_without_a_database_nobody_knows_of_incidents_and_none_is_made(tmp_path):
    assert open_incidents(f"sqlite:///{tmp_path / 'm.sqlite'}", "shop") is None
    assert not list(tmp_path.iterdir())
