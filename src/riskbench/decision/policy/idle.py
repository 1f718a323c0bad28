"""What stands in a policy without ever having an effect, or under a name that says something else.

Such a policy decides everything in one way; it does not do what its writer meant. So a file is refused for it, and a
policy that is made otherwise, as a simulation moves bands, is not.
"""

import math
from collections.abc import Iterator

from riskbench.core.written.faults import Fault, Location
from riskbench.decision.policy.arms import CHAMPION, Alternative
from riskbench.decision.policy.description import Description
from riskbench.decision.policy.grids import LimitTable
from riskbench.decision.policy.reach import Variables, compared_with_both, unreachable
from riskbench.decision.policy.whole import alternatives_at, grids_at, of_all_arms, values_at

RESERVED_FORMS = ("stale:", "below:", "above:", "level:", "cap:")  # what decides beside rules is named so
RESERVED = (CHAMPION, "smallest_amount", "price")


def idle(policy: Description, variables: Variables) -> list[Fault]:
    """All that has no effect, in the champion and in each alternative, and names that are taken."""

    def of_one(one: Description) -> Iterator[Fault]:
        yield from compared_with_both(one)
        yield from unreachable(one, variables)
        yield from _nobody_is_lent_to(one)
        yield from _above_the_cap(one)
        yield from _too_little_to_lend(one)
        yield from _without_a_term(one)

    return [*_reserved(policy), *_changes_nothing(policy), *of_all_arms(policy, of_one)]


def _reserved(policy: Description) -> Iterator[Fault]:
    prefixed: list[tuple[Location, str]] = []
    parts: list[tuple[Location, Description | Alternative]] = [((), policy), *alternatives_at(policy)]
    for prefix, part in parts:
        prefixed += [((*prefix, "rules", i, "name"), rule.name) for i, rule in enumerate(part.rules or [])]
        prefixed += [((*prefix, "limits", i, "name"), table.name) for i, table in enumerate(part.limits or [])]
    prefixed += [((*at, "name"), alternative.name) for at, alternative in alternatives_at(policy)]
    for at, name in prefixed:
        form = next((form for form in RESERVED_FORMS if name.startswith(form)), "")
        if form or name in RESERVED:
            told = f"names that begin with {form} are" if form else f"the name {name} is"
            yield Fault(at, f"{told} kept for what decides beside the rules. What to do: give another")


def _changes_nothing(policy: Description) -> Iterator[Fault]:
    for at, alternative in alternatives_at(policy):
        if all(part == getattr(policy, key) for key, part in alternative.given.items()):
            told = f"{alternative.name} changes nothing: every section that it gives is the champion's"
            yield Fault(at, told if alternative.given else f"{alternative.name} gives no section of its own")


def _nobody_is_lent_to(policy: Description) -> Iterator[Fault]:
    if policy.lending_bands:
        return
    for at, called, _ in grids_at(policy):
        yield Fault(at, f"{called} never binds: no band approves or limits")
    if policy.smallest_amount:
        yield Fault(("smallest_amount",), "never binds: no band approves or limits")
    if all(band.action == "decline" for band in policy.bands):
        for i, source in enumerate(policy.freshness):
            if source.action == "refer":
                yield Fault(("freshness", i, "action"), "never decides: every band declines")


def _above_the_cap(policy: Description) -> Iterator[Fault]:
    if policy.caps.amount is None:
        return
    cap, also = policy.caps.amount.value, (("caps", "amount", "value"),)
    for i, band in enumerate(policy.bands):
        if band.limit_amount is not None and band.limit_amount > cap:
            yield Fault(
                ("bands", i, "limit_amount"), f"never binds: {band.limit_amount:g} is above the cap of {cap:g}", also
            )
    for i, table in enumerate(policy.limits):
        for j, line in enumerate(table.lines if _in_currency(table) else []):
            for at, _, value in values_at(line, policy.lending_bands):
                if value > cap:
                    told = f"never binds: {value:g} is above the cap of {cap:g}. What to do: write at most the cap"
                    yield Fault(("limits", i, "lines", j, *at), told, also)


def _too_little_to_lend(policy: Description) -> Iterator[Fault]:
    """A band that lends by its action and, by limits and the smallest amount, never can."""
    if policy.smallest_amount is None:
        return
    least = policy.smallest_amount.value
    for band in policy.lending_bands:
        most = [("the cap", policy.caps.amount.value if policy.caps.amount else math.inf)]
        most += [("its limit", math.inf if band.limit_amount is None else band.limit_amount)]
        most += [(t.name, max(line.of(band.name) for line in t.lines)) for t in policy.limits if not t.times]
        what, value = min(most, key=lambda part: part[1])
        if value < least:
            told = f"band {band.name} could never lend: {what} leaves at most {value:g}, and the least is {least:g}"
            yield Fault(("smallest_amount", "value"), told)


def _without_a_term(policy: Description) -> Iterator[Fault]:
    for i, line in enumerate(policy.price.lines if policy.price else []):
        if policy.price and not policy.price.terms_of(line):
            yield Fault(("price", "lines", i), "never gives a price: none of the terms lies in its range")


def _in_currency(table: LimitTable) -> bool:
    return not table.times and not table.less
