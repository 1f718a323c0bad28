"""Results that carry their inputs: an `Estimate`, and the `CheckResult` that judges one.

A number never travels alone. Functions return an `Estimate` (value, interval, n, test); what could not be computed
is an `Estimate` without a value and with a reason. `evidence.py` is what is written down of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from riskbench.core.status import Status
from riskbench.core.thresholds import Threshold

LEVEL = 0.95  # confidence of an interval, where nothing else is asked for


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

    @property
    def bounded(self) -> tuple[float | None, float | None, float | None]:
        """Value, lower and upper: three cells of a row."""
        return self.value, self.lower, self.upper

    def columns(self, name: str) -> dict[str, float | None]:
        """The same three under the names that a table gives them.

        >>> Estimate(0.7, 0.6, 0.8).columns("auc")
        {'auc': 0.7, 'auc_lower': 0.6, 'auc_upper': 0.8}
        """
        return dict(zip((name, f"{name}_lower", f"{name}_upper"), self.bounded, strict=True))


@dataclass(frozen=True)
class Ruling:
    """What a stated rule came to: what it asks, its figure in its unit, the limit in words, and whether it holds.

    `holds` is None where the figure could not be evaluated; then the rule is never taken to hold.
    """

    name: str
    asks: str
    estimate: Estimate
    limit: str
    holds: bool | None
    unit: str = ""


@dataclass(frozen=True)
class CheckResult:
    """An estimate under a name, judged against a threshold where there is one.

    `name` is the evidence id without its stage: `subject.statistic[.sample]` (`evidence.py` says how it reads). `dims`
    say what else the figure is about: its segment, grade, group or month. `found_by` is the function that found it,
    where one table asks many.
    """

    name: str
    title: str
    estimate: Estimate
    threshold: Threshold | None = None
    unit: str = ""
    dims: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    found_by: Callable[..., Any] | None = None

    @property
    def status(self) -> Status:
        """green, amber or red by the threshold; never green for what was not computed."""
        if self.estimate.value is None:
            return "not_evaluated"
        return "information" if self.threshold is None else self.threshold.judge(self.estimate.value)

    @property
    def reason(self) -> str:
        """Why there is no value; empty where there is one."""
        return self.estimate.reason
