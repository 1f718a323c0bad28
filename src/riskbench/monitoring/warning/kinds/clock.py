"""Do times agree? Entries from the future, or written down long after they happened."""

from typing import ClassVar, Literal

from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.durations import Duration, told
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.rule import Rule


class Clock(Rule):
    """It rings where an entry lies more than `ahead` in the future, or was more than `behind` old when written."""

    kind: Literal["clock"]
    ahead: Duration
    behind: Duration

    SEES: ClassVar[str] = "the watch itself"
    FACT: ClassVar[str] = "the times of entries cannot be right"

    def read(self, look: Look) -> list[Reading]:
        """One reading."""
        seen = look.observed.clock
        if seen is None:
            return [self.lacking(look, "times of entries were not looked at")]
        if not seen.entries:
            return [self.lacking(look, "nothing was written since the last look")]
        parts = [
            f"the newest lies {told(seen.ahead)} in the future ({told(self.ahead)} are allowed)",
            f"the oldest was written {told(seen.behind)} late ({told(self.behind)} are allowed)",
        ]
        late = seen.behind > self.behind
        worst, limit = (seen.behind, self.behind) if late else (seen.ahead, self.ahead)
        return [
            self.reading(
                look,
                state="signal" if late or seen.ahead > self.ahead else "quiet",
                value=worst.total_seconds() / 3600,
                limit=limit.total_seconds() / 3600,
                n=seen.entries,
                text=f"Of {seen.entries:,} entries {', and '.join(parts)}.",
            )
        ]
