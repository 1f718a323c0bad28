"""Approval of a group against that of another: below a stated ratio, and by more than chance."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal

from pydantic import Field

from riskbench.core.errors import NotEvaluated
from riskbench.core.written.faults import Fault
from riskbench.core.written.wording import meant
from riskbench.decision.policy.section import LENDING
from riskbench.metrics.disparity import adverse_impact_ratio
from riskbench.monitoring.counts.table import ACTION
from riskbench.monitoring.warning.look import Look, Spans
from riskbench.monitoring.warning.periods import Span
from riskbench.monitoring.warning.rule import Judged, Portfolio, Rule, Stated, Subject, told_of
from riskbench.monitoring.warning.sentences import figure

SMALLEST = "fairness.group_cases"  # a threshold: a group of fewer is neither compared nor shown


class Disparity(Stated):
    """Approval of each group over that of the `reference` group; it rings where the whole interval is below `at_least`.

    The interval is so wide that a group exactly at the limit rings once in N looks. Without `reference` it is the group
    that is approved most often at development.
    """

    kind: Literal["disparity"]
    attribute: str
    reference: str | None = None
    at_least: float = Field(gt=0, le=1)

    SEES: ClassVar[str] = "what is decided"
    COUNTED: ClassVar[str] = ACTION

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
        return Judged(ratio.upper < self.at_least, ratio.value, self.at_least, counts[1][1], span, text)

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


def attributes(rules: Iterable[Rule]) -> list[str]:
    """The protected attributes that rules compare, by which decisions must be counted for them."""
    return sorted({rule.attribute for rule in rules if isinstance(rule, Disparity)})
