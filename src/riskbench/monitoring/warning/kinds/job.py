"""Did a job run? A watch that sleeps looks like quiet."""

from typing import ClassVar, Literal

from pydantic import Field

from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.durations import Duration, told
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.rule import Rule


class Job(Rule):
    """It rings where the job has not ended well `within` a time."""

    kind: Literal["job"]
    job: str = Field(min_length=1)
    within: Duration

    SEES: ClassVar[str] = "the watch itself"
    FACT: ClassVar[str] = "a job did not run"

    def read(self, look: Look) -> list[Reading]:
        """One reading."""
        jobs, about = look.observed.jobs, {"job": self.job}
        if jobs is None:
            return [self.lacking(look, "jobs were not looked at", about)]
        if self.job not in jobs:
            return [self.lacking(look, f"job {self.job} has never ended yet", about)]
        age = look.observed.at - jobs[self.job]
        hours, limit = (length.total_seconds() / 3600 for length in (age, self.within))
        text = f"Job {self.job} last ended {told(age)} ago; at most {told(self.within)} are allowed."
        state = "signal" if age > self.within else "quiet"
        return [self.reading(look, state=state, subject=about, value=hours, limit=limit, text=text)]
