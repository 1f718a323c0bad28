"""The bads of one cohort that has reached an age, against those that its PDs let expect."""

from typing import Literal

import numpy as np

from riskbench.monitoring.charts.expectation import Cohorts, vintages
from riskbench.monitoring.warning.cohorts import FINAL, bads, called, cohorts_of, ripe
from riskbench.monitoring.warning.kinds.paying import Paying
from riskbench.monitoring.warning.look import Look, Spans
from riskbench.monitoring.warning.rule import Judged, Subject, enough
from riskbench.monitoring.warning.sentences import judged_by


class Vintage(Paying):
    """The newest cohort whose loans have reached the `age`, alone. `tolerance` is a share more than expected."""

    kind: Literal["vintage"]
    age: str = FINAL

    def judged(self, look: Look, spans: Spans, subject: Subject, once_in: float) -> Judged:
        """The newest cohort."""
        cohort = ripe(look, self.age, self.period)[-1]
        now = bads(look, self.age, [cohort], subject.segment)
        enough(look, float(now.n[0]), cohort, "loans of that age")
        name, age = np.array([cohort.first.isoformat()]), np.array([self.age])
        current = Cohorts(name, age, now.n, now.bad, now.total, now.squares)
        before = cohorts_of(look, [self.age], look.reference_days(), subject.segment)
        chart = vintages(current, before, self.age, once_in, self.tolerance)
        return judged_by(chart, cohort, f"The share {called(self.age)}{subject.told}", cases="loans decided")
