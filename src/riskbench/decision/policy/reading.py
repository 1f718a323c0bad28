"""The policy's file, read strictly: every mistake is told with its line and key, all of them at once."""

import functools
from pathlib import Path

from riskbench.core.written.faults import Fault
from riskbench.core.written.file import written
from riskbench.data.study import Study
from riskbench.decision.policy.against_study import against
from riskbench.decision.policy.idle import idle
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.variables import Variable, unknown, variable_of


def load_policy(path: Path, study: Study | None = None) -> Policy:
    """Read and check a policy file; with a study, what it reads must stand there too.

    Refused is what is wrong, and what never has any effect: a rule that cannot hold, a limit above the cap. Raises
    `StudyError` with up to ten lines, each with file, line, key and rule, in the order of the file.
    """
    text = written(path, "policy", "bands and economics")
    policy = text.checked(Policy)
    if found := checked(policy, study):
        raise text.told(found)
    return policy


def checked(policy: Policy, study: Study | None = None) -> list[Fault]:
    """What a policy asks of the study in vain, and what in it has no effect; one fault a key."""

    @functools.cache
    def of_study(name: str) -> Variable | ValueError:
        try:
            return variable_of(study, name) if study else unknown(name)
        except ValueError as error:
            return error

    def lookup(name: str) -> Variable:
        if isinstance(found := of_study(name), ValueError):
            raise found
        return found

    def assumed(name: str) -> Variable:  # what cannot be read is told by `against`
        return unknown(name) if isinstance(found := of_study(name), ValueError) else found

    found = [*(against(policy, study, lookup) if study else []), *idle(policy, assumed)]
    return list({fault.at: fault for fault in reversed(found)}.values())
