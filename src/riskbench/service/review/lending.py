"""What a policy would lend if nothing referred the application: in all, and what each part leaves.

It is the meaning of the policy itself that is asked, with its rules and the limits on ages left out: nothing here
computes a limit or a price once more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from riskbench.decision.meaning.code import compiled
from riskbench.decision.outcome import Decision
from riskbench.decision.policy.caps import Caps
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import LENDING


@dataclass(frozen=True)
class Part:
    """What one part of the policy leaves of the amount asked for: `kind` band, table, cap or smallest, and its name."""

    kind: str
    name: str
    leaves: float
    source: str = ""


@dataclass(frozen=True)
class Lending:
    """`whole` is the decision without rules, None where the band does not lend by itself; `parts` in their order."""

    whole: Decision | None
    parts: tuple[Part, ...]

    @property
    def most(self) -> float | None:
        """What the policy would lend; None where it would not."""
        return self.whole.amount if self.whole and self.whole.action in LENDING else None


@dataclass(frozen=True)
class Scored:
    """An application as a policy reads it: values by variable, score, PD, and the amount, None where there is none."""

    values: Mapping[str, Any]
    score: int
    pd: float
    amount: float | None


def lending(policy: Policy, scored: Scored) -> Lending:
    """What the policy of one arm would lend. Raises ValueError where a value is of another type than it reads."""
    free = policy.model_copy(update={"rules": [], "freshness": []})
    band = next(band for band in free.bands if band.lower <= scored.score < band.upper)
    lends = band.action in LENDING
    whole = _asked(free, scored) if lends else None
    return Lending(whole, tuple(_parts(free, scored, band.name if lends else "")))


def _parts(policy: Policy, scored: Scored, band: str) -> Iterator[Part]:
    alone = policy.model_copy(update={"limits": [], "smallest_amount": None, "price": None, "caps": Caps()})
    if band:
        yield Part("band", band, _asked(alone, scored).amount)
        for table in policy.limits:
            said = _asked(alone.model_copy(update={"limits": [table]}), scored)
            yield Part("table", table.name, said.amount)
    if cap := policy.caps.amount:
        yield Part("cap", "", cap.value, cap.source)
    if least := policy.smallest_amount:
        yield Part("smallest", "", least.value)


def _asked(policy: Policy, scored: Scored) -> Decision:
    return compiled(policy)(scored.values, score=scored.score, pd=scored.pd, amount=scored.amount)
