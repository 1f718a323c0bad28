"""What a decision comes to: by one policy, and in all."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from riskbench.decision.policy.section import Action


@dataclass(frozen=True, slots=True)
class Decision:
    """What a policy says of one application.

    `rule` names what decided: a rule, a source that is stale, a table of limits or prices; empty where the band did.
    `unknown` tells that it decided because a value is missing. `hits` are all that asked for something, in the order of
    the policy, and `alerts` the sources that are old without a part in the decision. `amount` is what is lent: 0 for
    refer, until a person decides, and for decline. `rate` a month and `all_in_rate` a year, as shares, are those of a
    policy with prices that lends; None otherwise.
    """

    action: Action
    band: str
    rule: str
    unknown: bool
    amount: float
    rate: float | None = None
    all_in_rate: float | None = None
    hits: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision by a bundle: score, PD, the arm that decided, what the shadows would have said.

    `reasons` are the features that cost most points against their best bin, with the position of the bin that the
    application is in, most first.
    """

    score: int
    pd: float
    arm: str
    decision: Decision
    shadows: Mapping[str, Decision] = field(default_factory=dict)
    reasons: tuple[tuple[str, int], ...] = ()
