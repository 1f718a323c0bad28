"""Who is told of what, when, and who comes next: `alerts.toml` of a project, read strictly.

It belongs to the project and not to a study: the people on duty, the jobs and the monitoring database are the same for
all studies, and what a run is made from must not change with who is on duty. Addresses of receivers hold passwords, so
the file names variables of the environment and never an address.
"""

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from riskbench.core.errors import CannotRun, broken_rules
from riskbench.core.languages import Language
from riskbench.core.written.wording import keys_at, meant
from riskbench.monitoring.reading import Severity
from riskbench.monitoring.warning.durations import Duration

ALERTS_FILE = "alerts.toml"
SEVERITIES: tuple[Severity, ...] = ("notice", "warning", "alarm")  # from the mildest
MOST = 5  # rules that are told
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Channel(_Part):
    """One receiver: the variable that holds its apprise URL, what it takes, and how many messages an hour at most.

    `language` is that of its messages; what has no translation is told in English.
    """

    url_variable: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    severities: tuple[Severity, ...] = Field(default=SEVERITIES, min_length=1)
    most_an_hour: int = Field(default=10, ge=1)
    language: Language = "en"


class QuietHours(_Part):
    """When notices wait: from one time of the day to another, which may lie past midnight, in a time zone."""

    start: dt.time = Field(alias="from")
    until: dt.time
    zone: str = "UTC"

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"a zone is named as Europe/Amsterdam, got {zone!r}") from None
        return zone

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.start == self.until:
            raise ValueError("quiet hours begin and end at different times")
        return self

    def end(self, at: dt.datetime) -> dt.datetime:
        """When a notice of `at` (UTC) may go out: `at` itself, or where quiet hours hold the time when they end."""
        here = at.astimezone(ZoneInfo(self.zone))
        clock, over_midnight = here.time(), self.start > self.until
        quiet = clock >= self.start or clock < self.until if over_midnight else self.start <= clock < self.until
        if not quiet:
            return at
        day = here.date() + (DAY if over_midnight and clock >= self.start else dt.timedelta())
        return max(dt.datetime.combine(day, self.until, ZoneInfo(self.zone)).astimezone(dt.UTC), at)


class Job(_Part):
    """A job that must run: how often it is to be done."""

    every: Duration


class Settings(_Part):
    """What `alerts.toml` says. Without the file there is no channel: incidents are seen on the status page only.

    `levels`: lists of channels, told one after the other; left out, all channels are the one level. `escalate_after`:
    how long an incident may go unacknowledged, by severity; a severity that is left out is not escalated.
    `resolve_after`: how long an incident must have been quiet. `cooldown`: within it a resolved incident that signals
    again is the same one. `give_up_after`: when a message that cannot be sent is dead.
    """

    schema_version: Literal[1] = 1
    status_page: str = Field(default="", pattern=r"^$|^https?://[^\s<>\"']+$")
    channels: dict[_Name, Channel] = Field(default_factory=dict)
    levels: tuple[tuple[str, ...], ...] = ()
    escalate_after: dict[Severity, Duration] = Field(default_factory=dict)
    resolve_after: Duration = HOUR
    cooldown: Duration = DAY
    give_up_after: Duration = 3 * DAY
    quiet_hours: QuietHours | None = None
    jobs: dict[_Name, Job] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _levels_hold_the_channels(self) -> Self:
        named = [name for level in self.levels for name in level]
        if unknown := sorted(set(named) - set(self.channels)):
            raise ValueError(f"levels name {', '.join(unknown)}, but there is no such channel")
        if self.levels and (absent := sorted(set(self.channels) - set(named))):
            raise ValueError(f"no level names {', '.join(absent)}: such a channel would never be told")
        if not all(self.levels):
            raise ValueError("a level names at least one channel")
        if self.escalate_after and len(self.levels) < 2:
            raise ValueError("escalate_after needs a second level: levels = [[...], [...]]")
        return self

    @property
    def ladder(self) -> tuple[tuple[str, ...], ...]:
        """The levels in force: those of the file, or one with all channels."""
        return self.levels or (tuple(self.channels),)

    def language(self, channel: str) -> Language:
        """The language of a channel; English for one that is named no longer."""
        return self.channels[channel].language if channel in self.channels else "en"

    def told(self, severity: Severity, levels: tuple[int, ...]) -> list[str]:
        """The channels of some levels that take a severity, each once, in the order of the levels."""
        names = [name for level in levels if level < len(self.ladder) for name in self.ladder[level]]
        return [name for name in dict.fromkeys(names) if severity in self.channels[name].severities]


def load_settings(root: Path) -> Settings:
    """The settings of the project at `root`; the defaults, without a channel, where it has no `alerts.toml`.

    Raises `CannotRun` that names the file, the key and the rule; OSError where it is there and cannot be read.
    """
    path = root / ALERTS_FILE
    if not path.exists():
        return Settings()
    try:
        return Settings.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CannotRun(f"{path.name} is not valid TOML: {error}") from None
    except ValidationError as error:
        told = zip(broken_rules(error, "alerts", most=MOST), error.errors(), strict=False)
        problems = "; ".join(f"{rule}{_meant(fault)}" for rule, fault in told)
        raise CannotRun(f"{path.name} breaks {error.error_count()} rule(s): {problems}") from None


def _meant(fault: Any) -> str:
    """What was probably meant by a key or a word that is not known; never what was written, which may be a secret."""
    if fault["type"] == "extra_forbidden":
        return meant(fault["loc"][-1], keys_at(Settings, fault["loc"][:-1]))
    if fault["type"] == "literal_error":
        return meant(fault["input"], re.findall(r"'([^']*)'", fault["ctx"]["expected"]))
    return ""
