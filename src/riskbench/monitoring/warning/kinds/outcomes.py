"""Bads beyond those that PDs let expect, added up from cohort to cohort."""

from typing import Literal

from pydantic import Field

from riskbench.core.errors import NotEvaluated
from riskbench.monitoring.charts.cusum import cusum
from riskbench.monitoring.charts.mean import Periods
from riskbench.monitoring.warning.cohorts import FINAL, bads, called, ripe
from riskbench.monitoring.warning.kinds.paying import Paying
from riskbench.monitoring.warning.look import Look, Spans
from riskbench.monitoring.warning.rule import Judged, Subject, enough


class Outcomes(Paying):
    """A CUSUM of observed less expected bads, for odds of going bad `odds` times those expected at an `age`.

    `tolerance` lets bads be that share more than expected for good: a CUSUM adds up whatever lasts.
    """

    kind: Literal["outcomes"]
    age: str = FINAL
    odds: float = Field(default=1.5, gt=1, le=10)

    def judged(self, look: Look, spans: Spans, subject: Subject, once_in: float) -> Judged:
        """The CUSUM at the newest cohort that is old enough."""
        cohorts = ripe(look, self.age, self.period)
        now, before = (bads(look, self.age, of, subject.segment) for of in (cohorts, [look.reference_days()]))
        enough(look, float(now.n[-1]), cohorts[-1], "loans of that age")
        reference = (float(before.bad[0]), float(before.total[0])) if before.n[0] else None
        chart = cusum(now.bad, Periods(now.n, now.total, now.squares), once_in, reference, self.odds, self.tolerance)
        point = chart.last
        if point.value is None or point.upper is None:
            raise NotEvaluated(point.reason)
        level = reference[0] / reference[1] if reference else 1.0
        text = (
            f"Of {int(now.n[-1]):,} loans decided {cohorts[-1].when()}{subject.told}, {int(now.bad[-1])} were "
            f"{called(self.age)} and {level * now.total[-1]:.1f} were expected. Added up since the reference the "
            f"evidence for odds {self.odds:g} times as high is {point.value:.1f}; by chance it stays below "
            f"{point.upper:.1f}."
        )
        return Judged(point.signal, point.value, point.upper, int(now.n[-1]), cohorts[-1], text, point.chance)
