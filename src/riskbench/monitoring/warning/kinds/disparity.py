"""Approval of a group against that of another: below a stated ratio, and by more than chance."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from scipy.special import ndtr, ndtri

from riskbench.core.errors import NotEvaluated
from riskbench.core.written.faults import Fault
from riskbench.core.written.wording import meant
from riskbench.decision.policy.section import LENDING
from riskbench.metrics.disparity import adverse_impact_ratio
from riskbench.monitoring.counts.table import ACTION
from riskbench.monitoring.warning.look import Look, Spans
from riskbench.monitoring.warning.periods import DAYS, Span
from riskbench.monitoring.warning.rule import Chance, Judged, Portfolio, Rule, Stated, Subject, told_of
from riskbench.monitoring.warning.sentences import figure

SMALLEST = "fairness.group_cases"  # a threshold: a group of fewer is neither compared nor shown


class Disparity(Stated):
    """Approval of each group over that of the `reference` group; it rings where the whole interval is below `at_least`.

    The interval is so wide that a group exactly at the limit rings once in N looks; one that is approved as often as at
    development rings more rarely. Without `reference` it is the group
    that is approved most often at development.
    """

    kind: Literal["disparity"]
    attribute: str
    reference: str | None = None
    at_least: float = Field(gt=0, le=1)

    SEES: ClassVar[str] = "what is decided"
    COUNTED: ClassVar[str] = ACTION

    @property
    def chance(self) -> Chance:
        """As stated, and a bound: it holds of a group exactly at the limit."""
        return Chance(self.looks, DAYS[self.period], at_most=True)

    def against(self, portfolio: Portfolio) -> Iterator[Fault]:
        """The attribute is one that the study protects."""
        yield from super().against(portfolio)
        known = list(portfolio.study.protected)
        if self.attribute not in known:
            near = meant(self.attribute, known) or told_of(known)
            yield Fault(("attribute",), f"there is no protected attribute {self.attribute}{near}")
        if self.segments:
            yield Fault(("segments",), "groups are not counted by segment. What to do: remove it")

    def subjects(self, look: Look) -> Iterator[Subject]:
        """Each group but the reference."""
        groups = look.reference.segments(self.attribute, ACTION) or look.known.segments(self.attribute, ACTION)
        if not groups:
            raise NotEvaluated(f"decisions are not counted by {self.attribute}")
        compared = self._compared(look, groups)
        yield from (Subject(name) for name in groups if name != compared)

    def judged(self, look: Look, spans: Spans, subject: Subject, once_in: float) -> Judged:
        """The ratio of one group in the newest period."""
        groups = look.reference.segments(self.attribute, ACTION) or look.known.segments(self.attribute, ACTION)
        compared, span = self._compared(look, groups), spans.newest
        counts = [self._counts(look, name, span) for name in (compared, subject.segment)]
        smallest = look.thresholds[SMALLEST].bound
        if min(n for _, n in counts) < smallest:
            raise NotEvaluated(f"{span.when()} a group had fewer than {smallest:.0f} applications, and is not shown")
        level = 1 - 2 / once_in
        ratio = adverse_impact_ratio([k for k, _ in counts], [n for _, n in counts], 0, level)[1]
        if ratio.value is None or ratio.lower is None or ratio.upper is None:
            raise NotEvaluated(ratio.reason)
        who, other = (name.split("=", 1)[1] for name in (subject.segment, compared))
        text = (
            f"By {self.attribute}, {who} was approved {figure(ratio.value)} times as often as {other} {span.when()} "
            f"(interval {figure(ratio.lower)} to {figure(ratio.upper)}, {counts[1][1]:,} and {counts[0][1]:,} "
            f"applications); at least {self.at_least:g} is asked for."
        )
        days = look.reference_days()
        before = [self._counts(look, name, days, reference=True) for name in (compared, subject.segment)]
        chance = rings_by_itself(before, [n for _, n in counts], self.at_least, 1 / once_in)
        return Judged(ratio.upper < self.at_least, ratio.value, self.at_least, counts[1][1], span, text, chance)

    def _compared(self, look: Look, groups: list[str]) -> str:
        """The reference group: the one named, or the one approved most often at development."""
        named = f"{self.attribute}={self.reference}"
        if self.reference is not None:
            if named not in groups:
                raise NotEvaluated(f"no decision is counted of {named}")
            return named
        days = look.reference_days()
        counts = {name: self._counts(look, name, days, reference=True) for name in groups}
        large = {name: k / n for name, (k, n) in counts.items() if n >= look.thresholds[SMALLEST].bound}
        if not large:
            raise NotEvaluated("no group is large enough at development to be the reference")
        return max(large, key=lambda name: large[name])

    def _counts(self, look: Look, segment: str, span: Span, reference: bool = False) -> tuple[int, int]:
        sums = look.reference if reference else look.known
        lent = sum(float(sums.of(ACTION, action, [span], segment)[0, 0]) for action in LENDING)
        return round(lent), round(float(sums.all(ACTION, [span], segment)[0, 0]))


def rings_by_itself(before: Sequence[tuple[int, int]], sizes: Sequence[int], at_least: float, stated: float) -> float:
    """The chance that the interval of a look lies below `at_least` where groups are approved as `before`.

    `before` holds approved and all of the reference group and of the other at development, `sizes` how many of each the
    look has, and `stated` is the chance at the limit. The logarithm of a ratio is taken as normal, and the error of
    development's ratio is allowed for. Whoever was below the limit before is taken to be at it.

    >>> before = [(6000, 10_000), (5400, 10_000)]  # a ratio of .9
    >>> round(rings_by_itself(before, [300, 300], 0.8, 0.05), 4)
    0.0006
    """
    approved, cases = np.array(before, dtype=float).T
    if not cases.all():
        return stated  # nothing is known of how it was
    rate = np.clip(approved / cases, 0.5 / cases, 1 - 0.5 / cases)
    distance = float(np.log(rate[1] / rate[0] / at_least))
    if distance <= 0:
        return stated
    now, then = (float(((1 - rate) / rate / of).sum()) for of in (np.asarray(sizes, dtype=float), cases))
    passed = ndtr((float(ndtri(stated)) * np.sqrt(now) - distance) / np.sqrt(now + then))
    return min(stated, float(passed))


def attributes(rules: Iterable[Rule]) -> list[str]:
    """The protected attributes that rules compare, by which decisions must be counted for them."""
    return sorted({rule.attribute for rule in rules if isinstance(rule, Disparity)})
