"""Where monitoring keeps what it knows, and what errors call it."""

import pytest

from riskbench.core.errors import CannotRun
from riskbench.core.project import Project
from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.counts.store import CountStore
from riskbench.monitoring.places import VARIABLE, monitoring_url


def test_the_environment_names_another_database_for_job_service_and_alerts(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, " postgresql+psycopg://li:secret@db/risk ")
    assert monitoring_url(Project(tmp_path)) == "postgresql+psycopg://li:secret@db/risk"
    monkeypatch.setenv(VARIABLE, "")
    assert monitoring_url(Project(tmp_path)).startswith("sqlite:///")


@pytest.mark.parametrize("opened", [open_alerts, lambda url: CountStore(url, "shop")])
def test_an_error_calls_the_monitoring_database_by_its_name_and_tells_no_password(opened, tmp_path):
    (tmp_path / "m.sqlite").write_text("no database, but a text that is long enough to be taken for a header " * 9)
    with pytest.raises(CannotRun, match=r"^the monitoring database .*m\.sqlite: the file is no SQLite database"):
        opened(f"sqlite:///{tmp_path / 'm.sqlite'}")
    with pytest.raises(CannotRun, match=r"^a monitoring database lies in SQLite or PostgreSQL, got mysql$"):
        opened("mysql://li:secret@db/risk")
