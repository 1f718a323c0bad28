"""Whether the inputs are what the card was built on: ordinary rules, put before those of the policy.

A value below or above the range of its column, or a level that the column does not have, is one that nobody has looked
at: a person does. A special value is none of these, and a missing one is left to card and policy.
"""

from collections.abc import Iterable

from riskbench.decision.bundle.parts import InputColumn
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.rules import Condition, Rule


def input_checks(columns: Iterable[InputColumn]) -> list[Rule]:
    """The rules that refer what lies outside of these columns, in their order: `below:x`, `above:x`, `level:x`."""
    rules = []
    for column in columns:
        name = column.name
        special = [Condition(variable=name, op="not in", value=[*column.special])] if column.special else []
        if column.lower is not None:
            below = Condition(variable=name, op="<", value=column.lower)
            rules.append(_rule(f"below:{name}", below, special, f"{column.description}: below {column.lower:g}"))
        if column.upper is not None:
            above = Condition(variable=name, op=">", value=column.upper)
            rules.append(_rule(f"above:{name}", above, special, f"{column.description}: above {column.upper:g}"))
        if column.levels:
            other = Condition(variable=name, op="not in", value=[*column.levels])
            rules.append(_rule(f"level:{name}", other, [], f"{column.description}: a value that is not known"))
    return rules


def checked(policy: Policy, columns: Iterable[InputColumn]) -> Policy:
    """The policy with the checks of its inputs before its own rules, and before those of each alternative."""
    checks = input_checks(columns)

    def before(rules: list[Rule] | None) -> dict[str, list[Rule] | None]:
        return {"rules": None if rules is None else [*checks, *rules]}

    shadow = [other.model_copy(update=before(other.rules)) for other in policy.shadow]
    arms = policy.arms and policy.arms.model_copy(
        update={"challengers": [one.model_copy(update=before(one.rules)) for one in policy.arms.challengers]}
    )
    return policy.model_copy(update={**before(policy.rules), "arms": arms, "shadow": shadow})


def _rule(name: str, first: Condition, more: list[Condition], says: str) -> Rule:
    return Rule(name=name, when=[first, *more], action="refer", reason=says, on_missing="pass")
