"""`alerts.toml`, read strictly."""

import datetime as dt
import re
from pathlib import Path

import pytest

from riskbench.core.errors import CannotRun
from riskbench.monitoring.alerts.settings import ALERTS_FILE, QuietHours, Settings, load_settings

PAGE = Path(__file__).parents[3] / "docs" / "alerts.md"
FULL = """
schema_version = 1
status_page = "https://risk.lender.example/status"
levels = [["team", "log"], ["duty"]]
escalate_after = { alarm = "30m", warning = "1d" }

[channels.team]
url_variable = "RISKBENCH_ALERTS_TEAM"

[channels.log]
url_variable = "RISKBENCH_ALERTS_LOG"
severities = ["alarm"]

[channels.duty]
url_variable = "RISKBENCH_ALERTS_DUTY"
most_an_hour = 4

[quiet_hours]
from = 22:00:00
until = 07:00:00
zone = "Europe/Amsterdam"

[jobs.monitor]
every = "5m"
"""


def written(folder, text):
    (folder / "alerts.toml").write_text(text)
    return load_settings(folder)


def test_the_file_says_who_is_told_of_what(tmp_path):
    settings = written(tmp_path, FULL)
    assert settings.told("warning", (0,)) == ["team"]
    assert settings.told("alarm", (0, 1)) == ["team", "log", "duty"]
    assert settings.escalate_after["alarm"] == dt.timedelta(minutes=30)
    assert settings.jobs["monitor"].every == dt.timedelta(minutes=5)


def test_what_the_documentation_shows_is_taken(tmp_path):
    blocks = re.findall(r"(?ms)^```toml\n(.*?)^```", PAGE.read_text("utf-8"))
    assert [sorted(written(tmp_path, block).channels) for block in blocks] == [["team"], ["duty", "head", "team"]]


def test_without_the_file_nobody_is_told(tmp_path):
    assert load_settings(tmp_path) == Settings()
    assert Settings().told("alarm", (0,)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("schema_version = 1", "schema_version = ["), "alerts.toml is not valid TOML"),
        (("most_an_hour", "most_a_day"), "channels.duty.most_a_day: no such key is known here"),
        (('["duty"]', '["dutty"]'), "levels name dutty, but there is no such channel"),
        ((', "log"]', "]"), "no level names log: such a channel would never be told"),
        (('"https://risk', '"javascript:risk'), "status_page: "),
        (
            ('"30m"', '"soon"'),
            "a duration is a whole number and m, h or d, as in 30m, 6h or 2d, got soon",
        ),
        (("Europe/Amsterdam", "Europe/Nowhere"), "a zone is named as Europe/Amsterdam, got 'Europe/Nowhere'"),
        (("07:00:00", "22:00:00"), "quiet hours begin and end at different times"),
        (("most_an_hour", "most_an_our"), "did you mean most_an_hour?"),
        (('"RISKBENCH_ALERTS_DUTY"', '"RISKBENCH_ALERTS_DUTY"\nlanguage = "zhh"'), "channels.duty.language: "),
        (('"RISKBENCH_ALERTS_DUTY"', '"RISKBENCH_ALERTS_DUTY"\nlanguage = "zhh"'), "did you mean zh?"),
        (('"RISKBENCH_ALERTS_DUTY"', '"RISKBENCH_ALERTS_DUTY"\nlangauge = "zh"'), "did you mean language?"),
        (("RISKBENCH_ALERTS_DUTY", "https://hooks.example/secret"), "channels.duty.url_variable"),
    ],
)
def test_a_broken_rule_is_named_with_its_key(tmp_path, change, said):
    assert change[0] in FULL
    with pytest.raises(CannotRun) as error:
        written(tmp_path, FULL.replace(*change))
    assert said in str(error.value)
    assert "secret" not in str(error.value)  # whoever writes an address into the file must not find it in a log


def test_escalation_needs_somebody_to_escalate_to(tmp_path):
    with pytest.raises(CannotRun, match="escalate_after needs a second level"):
        written(tmp_path, 'escalate_after = { alarm = "30m" }')


def utc(hour, minute=0, day=2):
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("at", "end"),
    [  # Amsterdam is an hour ahead of UTC in March before the 29th: quiet from 21:00 to 06:00 UTC
        (utc(20, 59), utc(20, 59)),
        (utc(21, 0), utc(6, 0, day=3)),
        (utc(3, 0), utc(6, 0)),
        (utc(6, 0), utc(6, 0)),
    ],
)
def test_quiet_hours_past_midnight_end_in_the_morning(at, end):
    hours = QuietHours.model_validate({"from": dt.time(22), "until": dt.time(7), "zone": "Europe/Amsterdam"})
    assert hours.end(at) == end


@pytest.mark.parametrize(("at", "end"), [(utc(12), utc(14)), (utc(11, 59), utc(11, 59)), (utc(14), utc(14))])
def test_quiet_hours_within_a_day_end_the_same_day(at, end):
    assert QuietHours.model_validate({"from": dt.time(12), "until": dt.time(14)}).end(at) == end


def test_a_file_that_is_there_and_cannot_be_read_is_not_taken_for_none(tmp_path):
    (tmp_path / ALERTS_FILE).mkdir()
    with pytest.raises(IsADirectoryError):
        load_settings(tmp_path)
