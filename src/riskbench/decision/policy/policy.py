"""The credit policy: score bands, rules, limits, prices, caps and economics, refused where it leaves anything open.

Score bands tile the whole range, rules can only make a decision more severe, and every rule says what happens when its
variable is missing. `reading.py` reads it from its file, `decision/meaning/` says what it decides.
"""

from typing import Self

from pydantic import model_validator

from riskbench.core.written.faults import Broken
from riskbench.decision.policy.description import Description
from riskbench.decision.policy.whole import faults


class Policy(Description):
    """Bands, rules, limits, prices, caps, arms and economics of one portfolio, which agree with each other.

    Among a band and all rules that fire, the most severe action wins: decline, then refer, limit, approve.
    Where a rule is at least as severe as the band, the first such rule in the file gives the reason.
    """

    @model_validator(mode="after")
    def _sections_agree(self) -> Self:
        if found := faults(self):
            raise Broken(found)
        return self
