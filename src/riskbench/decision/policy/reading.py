"""The policy's file, read strictly: every mistake is told with its line and key, all of them at once."""

import functools
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from riskbench.core.errors import StudyError, explained
from riskbench.data.study import Study
from riskbench.decision.policy.against_study import against
from riskbench.decision.policy.faults import Fault
from riskbench.decision.policy.idle import idle
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.variables import Variable, unknown, variable_of
from riskbench.decision.policy.wording import faults_of
from riskbench.decision.policy.written import Node, NotPlain, read

LARGEST = 256 * 1024  # bytes; the policies of the studies have three thousand
MOST = 10  # faults that are told


def load_policy(path: Path, study: Study | None = None) -> Policy:
    """Read and check a policy file; with a study, what it reads must stand there too.

    Refused is what is wrong, and what never has any effect: a rule that cannot hold, a limit above the cap. Raises
    `StudyError` with up to ten lines, each with file, line, key and rule, in the order of the file.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        root = read(_text(path, name))
    except NotPlain as error:
        raise StudyError(f"{name}, line {error.line}: {error}") from None
    if not isinstance(root.value, dict):
        raise StudyError(f"{name}, line {root.line}: a policy has keys (schema_version, bands …), and this has none")
    try:
        policy = Policy.model_validate(root.value)
    except ValidationError as error:
        raise StudyError(_told(name, root, faults_of(error, Policy, root))) from None
    if found := checked(policy, study):
        raise StudyError(_told(name, root, found))
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


def _text(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise StudyError(f"no policy file {path}. What to do: write one; that of another study shows how") from None
    except OSError as error:
        raise explained(error, path) from None
    if len(content) > LARGEST:
        raise StudyError(f"{name} is larger than {LARGEST // 1024} kB, and no policy is. What to do: name another file")
    try:
        return content.decode("utf-8-sig")  # a byte order mark, as some editors write it, says nothing
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise StudyError(f"{name} is not valid UTF-8, line {line}: {error}. What to do: save it as UTF-8") from None


def _told(name: str, root: Node, faults: Iterable[Fault]) -> str:
    """One line a fault, in the order of the file."""
    placed = sorted({_line(name, root, fault): None for fault in faults})
    more = [f"{name}: and {len(placed) - MOST} more"] if len(placed) > MOST else []
    return "\n".join([text for _, text in placed[:MOST]] + more)


def _line(name: str, root: Node, fault: Fault) -> tuple[int, str]:
    _, node = root.followed(fault.at)
    lines = {root.followed(at)[1].line for at in fault.also} - {node.line}
    beside = f" (see line {', '.join(map(str, sorted(lines)))})" if lines else ""
    return node.line, f"{name}, line {node.line}, {fault.key}: {fault.rule}{beside}"
