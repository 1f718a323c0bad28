"""Results that carry their inputs: an `Estimate`, a `CheckResult` that judges one, and the `Evidence` written down.

A number never travels alone. Functions return an `Estimate` (value, interval, n, test); what could not be computed
is an `Estimate` without a value and with a reason. `Evidence` is the one model of every figure that a dossier shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from riskbench.core.thresholds import Threshold

Status = Literal["green", "amber", "red", "not_evaluated", "information"]
Kind = Literal["estimate", "check", "table", "text"]
Scalar = bool | int | float | str | None

FLOAT_TOLERANCE = 1e-9  # relative to max(1, |value|): the last digits of a sum may move between machines


@dataclass(frozen=True, slots=True)
class Estimate:
    """A point value with what is needed to judge it.

    `value` is None when the statistic is not defined on the data; then `reason` says why. `lower` and `upper` bound
    the interval of confidence `level`; `statistic`, `p_value` and `critical` belong to a test.

    >>> Estimate(0.75, 0.70, 0.80, level=0.95, n=400, method="DeLong").evaluated
    True
    >>> Estimate.missing("one class only").evaluated
    False
    """

    value: float | None
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    n: int | None = None
    method: str = ""
    statistic: float | None = None
    p_value: float | None = None
    critical: float | None = None
    reason: str = ""

    @classmethod
    def missing(cls, reason: str, n: int | None = None, method: str = "") -> "Estimate":
        """An estimate that could not be computed, and why."""
        return cls(None, n=n, method=method, reason=reason)

    @property
    def evaluated(self) -> bool:
        """Whether there is a value at all."""
        return self.value is not None


@dataclass(frozen=True)
class CheckResult:
    """An estimate under a name, judged against a threshold where there is one.

    `name` is the evidence id without its stage: `subject.statistic[.sample]`.
    """

    name: str
    title: str
    estimate: Estimate
    threshold: Threshold | None = None
    unit: str = ""
    dims: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def status(self) -> Status:
        """green, amber or red by the threshold; never green for what was not computed."""
        if self.estimate.value is None:
            return "not_evaluated"
        return "information" if self.threshold is None else self.threshold.judge(self.estimate.value)

    @property
    def reason(self) -> str:
        """Why it has this status, in words."""
        if self.estimate.value is None or self.threshold is None:
            return self.estimate.reason
        return self.threshold.in_words()


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Dims(_Record):
    """What a figure is about, beside its id."""

    sample: str | None = None
    segment: str | None = None
    grade: str | None = None
    group: str | None = None
    month: str | None = None


class Input(_Record):
    """A table that a figure was computed from."""

    table: str
    sha256: str


class Table(_Record):
    """The value of a table: column names and rows of scalars."""

    columns: list[str]
    rows: list[list[Scalar]]


class Evidence(_Record):
    """Every figure that the dossier shows, one model for all (`evidence.json` is a list of these).

    `id` reads `stage.subject.statistic[.sample]`, for example `validation.champion.auc.out_of_time`.
    `tolerance` is relative to max(1, |value|); 0 means exact. `source` names the formula's or the rule's origin.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+){2,}$")
    stage: str
    kind: Kind
    title: str
    value: bool | int | float | str | Table | None
    unit: str = ""
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    method: str = ""
    n: int | None = None
    statistic: float | None = None
    p_value: float | None = None
    critical: float | None = None
    threshold: Threshold | None = None
    status: Status = "information"
    reason: str = ""
    dims: Dims = Dims()
    tolerance: float = Field(default=FLOAT_TOLERANCE, ge=0)
    source: str = ""
    inputs: list[Input] = []
    cell: str | None = None
    schema_version: Literal[1] = 1

    @classmethod
    def of(cls, stage: str, result: CheckResult, **provenance: Any) -> "Evidence":
        """The evidence of a result: kind `check` where a threshold judges it, else `estimate`."""
        e = result.estimate
        return cls(
            id=f"{stage}.{result.name}",
            stage=stage,
            kind="check" if result.threshold else "estimate",
            title=result.title,
            value=e.value,
            unit=result.unit,
            lower=e.lower,
            upper=e.upper,
            level=e.level,
            method=e.method,
            n=e.n,
            statistic=e.statistic,
            p_value=e.p_value,
            critical=e.critical,
            threshold=result.threshold,
            status=result.status,
            reason=result.reason,
            dims=Dims(**result.dims),
            source=result.source or (result.threshold.source if result.threshold else ""),
            **provenance,
        )
