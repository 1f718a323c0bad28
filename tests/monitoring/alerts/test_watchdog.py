"""Whether jobs ran is seen by another than the job, whatever the clock does."""

import datetime as dt

from riskbench.monitoring.alerts.settings import Settings

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)

FIVE = Settings.model_validate({"jobs": {"monitor": {"every": "5m"}}})


def test_a_job_is_late_a_little_after_it_was_due(opened):
    alerts = opened(FIVE)
    alerts.beat("monitor", NOON)
    assert alerts.overdue(NOON + 6 * MINUTE) == []
    (late,) = alerts.overdue(NOON + 7 * MINUTE)
    assert (late.job, late.note) == ("monitor", "it last ended 7 minutes ago")


def test_a_job_that_hangs_is_told_from_one_that_does_not_begin(opened):
    alerts = opened(FIVE)
    alerts.beat("monitor", NOON)
    alerts.begin("monitor", NOON + 5 * MINUTE)
    (late,) = alerts.overdue(NOON + HOUR)
    assert late.note == "it last ended 1 hour ago, and what began at 2026-03-02 12:05 UTC has not ended"


def test_a_job_that_never_ran_is_late_from_the_first_look_on(opened):
    alerts = opened(FIVE)
    assert alerts.overdue(NOON) == []
    (late,) = alerts.overdue(NOON + HOUR)
    assert late.note == "it has not ended once in 1 hour"


def test_a_job_says_itself_how_often_it_runs_and_the_file_knows_better(opened):
    alerts = opened(FIVE)
    for job in ("monitor", "refresh"):
        alerts.beat(job, NOON, every=DAY)
    assert [state.job for state in alerts.overdue(NOON + HOUR)] == ["monitor"]
    assert [state.job for state in alerts.overdue(NOON + 31 * HOUR)] == ["monitor", "refresh"]


def test_a_clock_set_back_is_said_and_hides_no_dead_job(opened):
    alerts = opened(FIVE)
    alerts.beat("monitor", NOON)
    (state,) = alerts.jobs(NOON - DAY)
    assert (state.late, state.note) == (False, "the clock was set back by 1 day; counted anew from now")
    assert [late.job for late in alerts.overdue(NOON - DAY + 7 * MINUTE)] == ["monitor"]


def test_a_job_that_nobody_expects_is_never_late(opened):
    alerts = opened()
    alerts.beat("once", NOON)
    assert alerts.overdue(NOON + 99 * DAY) == []
    alerts.check()
    assert alerts.incidents() == []


def test_the_look_opens_an_incident_and_the_job_that_runs_again_ends_it(opened, clock):
    alerts = opened(FIVE)
    alerts.beat("monitor", clock.now)
    clock.on(HOUR)
    alerts.check()
    (incident,) = alerts.incidents("open")
    assert (incident.key, incident.severity) == ("watchdog[job=monitor]", "alarm")
    assert incident.text == "The job monitor did not run: it last ended 1 hour ago"
    for _ in range(2):
        alerts.beat("monitor", clock.on(HOUR))
        alerts.check()
    assert alerts.incident(incident.id).state == "resolved"
