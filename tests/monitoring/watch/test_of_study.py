"""The incidents of a study, in a database that several share."""

import datetime as dt

from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.watch.of_study import of_study, open_incidents

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def test_open_incidents_are_those_of_the_study_alone(tmp_path):
    with open_alerts(tmp_path / "m.sqlite") as alerts:
        for study, subjects in {"shop": "de", "bank": "f"}.items():
            for device in subjects:
                alerts.take([of_study(Reading("ring", "velocity", "signal", NOW, subject={"device": device}), study)])
    url = f"sqlite:///{tmp_path / 'm.sqlite'}"
    assert (open_incidents(url, "shop"), open_incidents(url, "bank"), open_incidents(url, "farm")) == (2, 1, 0)


def test_without_a_database_nobody_knows_of_incidents_and_none_is_made(tmp_path):
    assert open_incidents(f"sqlite:///{tmp_path / 'm.sqlite'}", "shop") is None
    assert not list(tmp_path.iterdir())


def test_a_server_is_asked_as_a_file_is(postgres):
    assert open_incidents(postgres, "shop") == 0
