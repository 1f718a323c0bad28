"""The records of the registry: what is written down of a model, of its versions, and of what was found in them.

One record is one YAML file. Times are ISO 8601 in UTC, days ISO dates; a person is the short name under which the
list of keys holds them. A record never loses its past: each change of state is a step of its history.
"""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

NAME = r"^[a-z][a-z0-9_]*$"
FINDING_ID, EXCEPTION_ID = r"^F-\d{4}$", r"^E-\d{4}$"

ModelState = Literal["proposed", "in_development", "in_validation", "approved", "live", "stopped", "retired"]
VersionState = Literal["candidate", "in_validation", "approved", "live", "stopped", "replaced", "rejected", "retired"]
FindingState = Literal["draft", "open", "in_remediation", "remediated", "closed", "accepted", "dismissed"]
ExceptionState = Literal["requested", "granted", "refused", "revoked"]
Severity = Literal["high", "medium", "low"]


class Record(BaseModel):
    """What every record is: strict, frozen, and of a known schema."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(Record):
    """One change of state: when, by whom, from what to what, and why."""

    at: dt.datetime
    by: str = Field(min_length=1)
    before: str = ""  # empty for the first step
    after: str
    because: str = Field(min_length=1)


class Model(Record):
    """One line of the inventory. `tier` is 1 for the models that matter most; its reasons are sentences."""

    schema_version: Literal[1] = 1
    id: str = Field(pattern=NAME)
    title: str
    study: str
    owner: str = Field(min_length=1)
    purpose: str = Field(min_length=1)
    tier: Literal[1, 2, 3]
    tier_because: list[str] = Field(min_length=1)
    depends_on: list[str] = []  # data sources, other models, services
    used_by: list[str] = []
    state: ModelState = "proposed"
    history: list[Step] = []


class Condition(Record):
    """A condition of use that an approval carries."""

    text: str = Field(min_length=1)
    due: dt.date | None = None  # a day by which it must be met; None: it holds for as long as the version is used


class Version(Record):
    """A run put forward as a version of a model, and what became of it."""

    schema_version: Literal[1] = 1
    model: str = Field(pattern=NAME)
    number: int = Field(ge=1)
    run: str
    manifest_sha256: str
    bundle_sha256: str = ""  # empty where the run made no bundle
    registered: dt.datetime
    registered_by: str
    state: VersionState = "candidate"
    conditions: list[Condition] = []
    expires: dt.date | None = None  # the last day of the approval
    replaces: int | None = None  # number of the version that was live before
    history: list[Step] = []


class Finding(Record):
    """What somebody, or a check that fails, found wrong. A draft that a check opened names its evidence."""

    schema_version: Literal[1] = 1
    id: str = Field(pattern=FINDING_ID)
    model: str = Field(pattern=NAME)
    version: int | None = None
    title: str = Field(min_length=1)
    text: str = ""
    severity: Severity
    severity_because: str = ""
    owner: str = ""  # who has to mend it; a draft may have none yet
    due: dt.date | None = None
    raised_by: str = Field(min_length=1)  # a person, or "riskbench" for a draft
    evidence: str = ""  # id of the check, where one stands behind it
    run: str = ""
    state: FindingState = "draft"
    history: list[Step] = []


class RiskException(Record):
    """A rule, limit or finding that is set aside for a time, by whom, until when, and what makes up for it."""

    schema_version: Literal[1] = 1
    id: str = Field(pattern=EXCEPTION_ID)
    model: str = Field(pattern=NAME)
    version: int | None = None
    about: str = Field(min_length=1)  # the id of a finding, a check or a rule
    because: str = Field(min_length=1)
    compensated_by: str = ""
    requested_by: str
    granted_by: str = ""
    expires: dt.date
    state: ExceptionState = "requested"
    history: list[Step] = []


class Review(Record):
    """A date on which a model is looked at again."""

    schema_version: Literal[1] = 1
    model: str = Field(pattern=NAME)
    kind: Literal["annual", "monitoring", "condition", "ad_hoc"]
    due: dt.date
    what: str
    done: dt.date | None = None
    by: str = ""
    outcome: str = ""


class Verification(Record):
    """One re-performance of a run: by whom, when, where, and what it came to."""

    schema_version: Literal[1] = 1
    run: str
    manifest_sha256: str
    by: str
    at: dt.datetime
    seconds: float
    python: str
    system: str
    files: int
    broken: dict[str, str] = {}  # file to what is wrong with it
    figures: int = 0
    differing: list[str] = []  # each difference as a sentence
    compared: dict[str, int] = {}  # figures by kind: estimate, check, table, text
    pages: int = 0  # pages rendered again and equal in every byte, unless named among the broken files
    with_provenance: int = 0  # figures that say where they come from

    @property
    def holds(self) -> bool:
        """Whether every file is what the manifest says and every figure matched."""
        return not (self.broken or self.differing) and self.figures > 0


class RerunRecord(Record):
    """Somebody's own rerun of a run, with settings of their own, and how far its figures are from the run's."""

    schema_version: Literal[1] = 1
    of: str
    manifest_sha256: str  # of the run that was repeated
    by: str
    at: dt.datetime
    run: str  # the rerun, a run of its own
    run_manifest_sha256: str
    settings: dict[str, dict[str, bool | int | float | str | list[int | float | str] | None]] = {}
    figures: int
    differing: dict[str, int] = {}  # differences by class
    material: int = 0
