"""The records of the registry: what is written down of a model, of its versions, and of what was found in them.

One record is one YAML file. Times are of UTC, to the second; a person is the short name under which the list of keys
holds them. A record never loses its past: each change is a step of its history (`states.py`).
"""

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from riskbench.core.evidence import ID

NAME = r"^[a-z][a-z0-9_]*$"
RUN = r"^\w[\w .-]*$"  # the name of a folder
SHA256 = r"^[0-9a-f]{64}$"
MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
FINDING_ID, EXCEPTION_ID = r"^F-\d{4}$", r"^E-\d{4}$"

ModelState = Literal["proposed", "in_development", "in_validation", "approved", "live", "stopped", "retired"]
VersionState = Literal["candidate", "in_validation", "approved", "live", "stopped", "replaced", "rejected", "retired"]
FindingState = Literal["draft", "open", "in_remediation", "remediated", "closed", "accepted", "dismissed"]
ExceptionState = Literal["requested", "granted", "refused", "revoked"]
Severity = Literal["high", "medium", "low"]


def _to_the_second(at: dt.datetime) -> dt.datetime:
    return at.astimezone(dt.UTC).replace(microsecond=0)


def _name(name: str) -> str:
    if not re.fullmatch(NAME, name):
        raise ValueError(f"a name has small letters, digits and _ only, and begins with a letter; got {name!r}")
    return name


def _no_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("it says nothing; write what is meant")
    return text


Name = Annotated[str, AfterValidator(_name), Field(json_schema_extra={"pattern": NAME})]
Person = Name
PersonOrNobody = Annotated[
    str, AfterValidator(lambda name: name and _name(name)), Field(json_schema_extra={"pattern": rf"({NAME})|^$"})
]
Time = Annotated[AwareDatetime, AfterValidator(_to_the_second)]
Text = Annotated[str, AfterValidator(_no_blank), Field(json_schema_extra={"pattern": r"\S"})]
Tier = Literal[1, 2, 3]


class Record(BaseModel):
    """What every record is: strict, frozen, and of a known schema."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(Record):
    """One change: when, by whom, from which state to which, and why; of another change, both states are the same."""

    at: Time
    by: Person
    before: str = ""  # empty for the first step
    after: str
    because: Text


class Model(Record):
    """One line of the inventory. `tier` is 1 for the models that matter most; its reasons are sentences.

    `tier_proposed` is what the rule of `tiers.py` says; a person may set another, and the first reason says why.
    """

    schema_version: Literal[1] = 1
    id: Name
    title: Text
    study: Name
    owner: Person
    purpose: Text
    tier: Tier
    tier_proposed: Tier | None = None
    tier_because: list[Text] = Field(min_length=1)
    depends_on: list[Text] = []  # one a line, as `dependencies.py` words them: data, features, libraries, models
    used_by: list[Text] = []
    state: ModelState = "proposed"
    history: list[Step] = []


class Condition(Record):
    """A condition of use that an approval carries."""

    text: Text
    due: dt.date | None = None  # a day by which it must be met; None: it holds for as long as the version is used


class Version(Record):
    """A run put forward as a version of a model, and what became of it."""

    schema_version: Literal[1] = 1
    model: Name
    number: int = Field(ge=1)
    run: str = Field(pattern=RUN)
    manifest_sha256: str = Field(pattern=SHA256)
    bundle_sha256: str = Field(default="", pattern=rf"({SHA256})|^$")  # empty where the run made no bundle
    registered: Time
    registered_by: Person
    state: VersionState = "candidate"
    conditions: list[Condition] = []
    expires: dt.date | None = None  # the last day of the approval
    replaces: int | None = Field(default=None, ge=1)  # number of the version that was live before
    history: list[Step] = []


class Finding(Record):
    """What somebody, or a check that fails, found wrong. A draft that a check opened names its evidence."""

    schema_version: Literal[1] = 1
    id: str = Field(pattern=FINDING_ID)
    model: Name
    version: int | None = Field(default=None, ge=1)
    title: Text
    text: str = ""
    severity: Severity
    severity_because: str = ""
    owner: PersonOrNobody = ""  # who has to mend it; a draft may have none yet
    due: dt.date | None = None
    raised_by: Person  # a person, or "riskbench" for a draft
    evidence: str = Field(default="", pattern=rf"({ID})|^$")  # id of the check, where one stands behind it
    run: str = Field(default="", pattern=rf"({RUN})|^$")
    also_in: list[int] = []  # later versions in which the same check failed while this was open
    remedy: str = ""  # what was done, and the run, commit or document that shows it
    exception: str = Field(default="", pattern=rf"({EXCEPTION_ID})|^$")  # the one that sets it aside
    state: FindingState = "draft"
    history: list[Step] = []


class RiskException(Record):
    """A rule, limit or finding that is set aside for a time, by whom, until when, and what makes up for it."""

    schema_version: Literal[1] = 1
    id: str = Field(pattern=EXCEPTION_ID)
    model: Name
    version: int | None = Field(default=None, ge=1)
    about: Text  # the id of a finding, a check or a rule
    because: Text
    compensated_by: str = ""
    requested_by: Person
    granted_by: PersonOrNobody = ""
    expires: dt.date
    state: ExceptionState = "requested"
    history: list[Step] = []


class Review(Record):
    """A date on which a model is looked at again."""

    schema_version: Literal[1] = 1
    model: Name
    kind: Literal["annual", "monitoring", "condition", "ad_hoc"]
    due: dt.date
    what: Text
    done: dt.date | None = None
    by: PersonOrNobody = ""
    outcome: str = ""


class Verification(Record):
    """One re-performance of a run: by whom, when, where, and what it came to."""

    schema_version: Literal[1] = 1
    run: str = Field(pattern=RUN)
    manifest_sha256: str = Field(pattern=SHA256)
    by: Person
    at: Time
    seconds: float = Field(ge=0)
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
    of: str = Field(pattern=RUN)
    manifest_sha256: str = Field(pattern=SHA256)  # of the run that was repeated
    by: Person
    at: Time
    run: str = Field(pattern=RUN)  # the rerun, a run of its own
    run_manifest_sha256: str = Field(pattern=SHA256)
    settings: dict[str, dict[str, bool | int | float | str | list[int | float | str] | None]] = {}
    figures: int
    differing: dict[str, int] = {}  # differences by class
    material: int = 0


class MonthFigure(Record):
    """One figure of a month with its 95 % interval; without a value, `reason` says why."""

    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    n: int | None = None
    reason: str = ""


class Performance(Record):
    """What a model did in one month, as it was known on a day; where a figure changes later, the next revision.

    `source` says whether decisions come from a decision log or from a run. Outcomes are of the loans decided in the
    month. `open_incidents` is None where nobody has asked the monitoring database.
    """

    schema_version: Literal[1] = 1
    model: Name
    month: str = Field(pattern=MONTH)
    bundle_sha256: str = Field(pattern=SHA256)
    revision: int = Field(ge=1)
    because: Text  # why this revision was written
    as_of: dt.date
    at: Time
    by: Person
    source: Literal["log", "run"]
    synthetic: bool
    decisions: int = Field(ge=1)
    matured: int = Field(ge=0)
    approval: MonthFigure
    override: MonthFigure
    psi: MonthFigure
    expected: MonthFigure
    observed: MonthFigure
    auc: MonthFigure
    open_incidents: int | None = None


Stateful = Model | Version | Finding | RiskException  # the kinds that have states and a history
