"""The tier that a model would have in the inventory: what it decides and how much depends on it, with the reasons.

A proposal from one run. People decide the tier, and the inventory keeps what they decided.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from riskbench.core.evidence import Evidence, Table
from riskbench.core.results import Estimate
from riskbench.core.thresholds import Thresholds

EXPOSURE = "governance.exposure_share"  # the limit: up to green small, up to amber middling, beyond large
WITHOUT_A_PERSON = ("approve", "limit", "decline")  # actions that nobody looks at before they take effect
Number = Literal[1, 2, 3]
TIERS: Mapping[tuple[bool, bool], Number] = {  # (decides without a person, little depends on it)
    (True, False): 1,
    (True, True): 2,
    (False, False): 2,
    (False, True): 3,
}


@dataclass(frozen=True)
class Tier:
    """`number` is 1 for the models that matter most; `because` are sentences, in the order in which they weigh."""

    number: Number
    because: tuple[str, ...]


def proposed_tier(evidence: Mapping[str, Evidence], thresholds: Thresholds, exposure_share: float | None) -> Tier:
    """The tier by purpose and exposure, the two that supervisors name for materiality (SR 26-2, by a summary of it).

    `exposure_share`, from 0 to 1, is the part of the lender's book that the model decides about; None: nobody has said.
    What is not known counts as large: nobody earns a lighter review by silence. A model that declines people without a
    person is of tier 1, or of tier 2 where little depends on it; one that only advises is a tier lower.

    >>> proposed_tier({}, Thresholds(), 0.01).number, proposed_tier({}, Thresholds(), None).number
    (2, 1)
    """
    alone = share_without_a_person(evidence)
    size = "large" if exposure_share is None else _SIZES[thresholds[EXPOSURE].judge(exposure_share)]
    decides = alone.value is None or alone.value > 0
    because = (_purpose_told(alone), _exposure_told(exposure_share, size), COMPLEXITY)
    return Tier(TIERS[decides, size == "small"], because)


def share_without_a_person(evidence: Mapping[str, Evidence]) -> Estimate:
    """The share of the holdout that the policy approves, limits or declines without anybody looking at it."""
    table = next((e.value for id_, e in evidence.items() if id_.startswith("policy.portfolio.by_action")), None)
    if not isinstance(table, Table):
        return Estimate.missing("the policy was not run")
    action, share, n = (table.columns.index(name) for name in ("action", "share", "n"))
    alone = sum(float(row[share] or 0) for row in table.rows if row[action] in WITHOUT_A_PERSON)
    return Estimate(alone, n=sum(int(row[n] or 0) for row in table.rows))


COMPLEXITY = "A points card can be worked out by hand: its complexity does not raise the tier."
_SIZES = {"green": "small", "amber": "middling", "red": "large"}


def _purpose_told(alone: Estimate) -> str:
    if alone.value is None:
        return "How many are decided without a person is not known, and counts as all."
    if alone.value == 0:
        return "Every application is seen by a person: the model advises."
    return f"It decides on the credit of people: {alone.value:.0%} of the holdout without a person looking at it."


def _exposure_told(share: float | None, size: str) -> str:
    if share is None:
        return "Nobody has said how much of the book it decides about: that counts as large."
    return f"It decides about {share:.0%} of the book, which is {size}."
