"""An incident whose subject nobody speaks of any more is quiet, where its rule was asked."""

import dataclasses
import datetime as dt

import pytest

from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.watch.of_study import of_study
from riskbench.monitoring.watch.vanished import of_another_version, vanished

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def reading(state, rule="ring", study="shop", **subject):
    return of_study(Reading(rule, "velocity", state, NOW, subject=subject), study)


def keys(tmp_path, *readings):
    with open_alerts(tmp_path / "m.sqlite") as alerts:
        alerts.take([reading("signal", device="d"), reading("signal", device="e"), reading("signal", "drift")])
        return [one.key for one in vanished(alerts.incidents("open"), readings, "shop", NOW)]


def test_a_subject_that_is_not_spoken_of_is_quiet(tmp_path):
    assert keys(tmp_path, reading("signal", device="e")) == ["ring[device=d,study=shop]"]


def test_a_quiet_reading_of_the_rule_as_a_whole_quiets_all_its_subjects(tmp_path):
    assert sorted(keys(tmp_path, reading("quiet"))) == ["ring[device=d,study=shop]", "ring[device=e,study=shop]"]


def test_a_rule_that_was_not_evaluated_says_nothing_of_its_incidents(tmp_path):
    assert keys(tmp_path, reading("not_evaluated")) == []


def test_a_rule_that_finds_no_link_in_a_log_that_was_read_says_that_the_window_has_passed(tmp_path):
    with open_alerts(tmp_path / "m.sqlite") as alerts:
        alerts.take([reading("signal", device="d"), reading("signal", "drift")])
        nothing = [reading("not_evaluated"), dataclasses.replace(reading("not_evaluated", "drift"), kind="drift")]
        gone = list(vanished(alerts.incidents("open"), nothing, "shop", NOW, log_read=True))
    assert [one.key for one in gone] == ["ring[device=d,study=shop]"]


def test_another_study_with_the_same_rules_quiets_nothing(tmp_path):
    with open_alerts(tmp_path / "m.sqlite") as alerts:
        alerts.take([reading("signal", device="d")])
        other = [reading("quiet", study="bank")]
        alerts.take(other)
        assert list(vanished(alerts.incidents("open"), other, "bank", NOW)) == []


def test_an_incident_whose_subject_is_withheld_is_of_its_study_all_the_same(tmp_path):
    with open_alerts(tmp_path / "m.sqlite") as alerts:
        alerts.take([reading("signal", device="ann@example.org")])
        assert len(list(vanished(alerts.incidents("open"), [reading("quiet")], "shop", NOW))) == 1


def test_its_incident_is_resolved_after_it_was_quiet_for_long_enough(tmp_path):
    with open_alerts(tmp_path / "m.sqlite") as alerts:
        alerts.take([reading("signal", device="d")])
        for hours in (1, 3):
            at = NOW + dt.timedelta(hours=hours)
            alerts.take(list(vanished(alerts.incidents("open"), [reading("quiet")], "shop", at)))
        assert alerts.incidents("open") == []
        assert alerts.incidents("resolved")[0].key == "ring[device=d,study=shop]"


@pytest.mark.parametrize(
    ("state", "minutes", "ended"),
    [
        ("not_evaluated", 1, ["drift"]),  # the version that has taken over cannot be judged yet
        ("signal", 1, []),  # it signals for this one too: the incident goes on
        ("not_evaluated", -1, []),  # it was seen of the version in use
    ],
)
def test_what_was_found_of_another_version_ends_where_this_one_is_not_judged_yet(tmp_path, state, minutes, ended):
    with open_alerts(tmp_path / "m.sqlite") as alerts:
        alerts.take([reading("signal", "drift"), reading("signal", "ring")])
        since, now = NOW + dt.timedelta(minutes=minutes), [reading(state, "drift")]
        assert [one.rule for one in of_another_version(alerts.incidents("open"), now, {"drift"}, since)] == ended
