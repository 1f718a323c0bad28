"""The states of models, versions, findings and exceptions: which follows which, who may decide so, and what is asked.

`move` is the only way from one state to the next, and `amend` the only way to change anything else: both leave a step
in the record's history. Whoever holds which role is said by the list of keys, not here; a caller that knows the roles
of the person passes them, and a signed act always does.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from riskbench.core.errors import RiskbenchError, broken_rules
from riskbench.governance.registry.records import Finding, Model, Record, RiskException, Stateful, Step, Version

Who = Literal["anyone", "owner", "another", "versions", "modeller", "validator", "approver"]
R = TypeVar("R", Model, Version, Finding, RiskException)
Made = TypeVar("Made", bound=Record)


class Refused(RiskbenchError):
    """The rules of the registry do not allow what was asked; the message says what they allow."""


@dataclass(frozen=True)
class Move:
    """A step that may be taken: from a state to the next, by whom, and which keys of the record must be filled.

    `who` holds all that is asked of the person: "owner" and "another" compare the name with the owner of the record,
    a role is asked of the list of keys. "versions" says that nobody decides: the record follows its versions.
    """

    before: str
    after: str
    who: tuple[Who, ...]
    when: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Graph:
    """The states of one kind of record; `owner` is the key of the person whom it belongs to, `owner_told` in words."""

    kind: str
    owner: str
    owner_told: str
    starts: tuple[str, ...]
    moves: tuple[Move, ...]

    @property
    def one(self) -> str:
        """The kind with its article."""
        return f"{'an' if self.kind[0] in 'aeiou' else 'a'} {self.kind}"

    @property
    def states(self) -> list[str]:
        """Every state, in the order in which a record may come to it."""
        return list(dict.fromkeys([*self.starts, *(state for m in self.moves for state in (m.before, m.after))]))

    @property
    def ends(self) -> list[str]:
        """The states that nothing follows."""
        return [state for state in self.states if not self.after(state)]

    def after(self, state: str) -> list[Move]:
        """The moves out of a state."""
        return [m for m in self.moves if m.before == state]


def graph_of(record: Record | type[Record]) -> Graph:
    """The graph of a record or of its class; raises TypeError for a kind of record that has no states."""
    kind = record if isinstance(record, type) else type(record)
    if kind not in GRAPHS:
        raise TypeError(f"a {kind.__name__} has no states; these have: {', '.join(k.__name__ for k in GRAPHS)}")
    return GRAPHS[kind]


def begin(record: R, by: str, because: str, at: dt.datetime) -> R:
    """The record with the first step of its history, into the state that it has.

    Raises `Refused` where its kind does not begin in that state, or it has a history already.
    """
    graph = graph_of(record)
    if record.history:
        raise Refused(f"this {graph.kind} has begun already: move it")
    if record.state not in graph.starts:
        raise Refused(f"{graph.one} begins as {_either(graph.starts)}, not as {record.state}")
    return _with_step(record, record.state, _step(at, by, "", record.state, because))


def move(record: R, after: str, by: str, because: str, at: dt.datetime, *, roles: Collection[str] | None = None) -> R:
    """The record in its next state, with the step that led there.

    What the step asks for is filled in before: `move(finding.model_copy(update={"owner": "li", ...}), "open", ...)`.
    `roles` are those of the person by the list of keys; None where nobody has looked, and then none is asked.

    Raises `Refused` where the step is not allowed, with what is.
    """
    graph, here = graph_of(record), record.state
    found = next((m for m in graph.after(here) if m.after == after), None)
    if found is None:
        raise Refused(f"{graph.one} that is {here} cannot become {after}: {_allowed(graph, here)}")
    if problem := _not_by(record, found, by, roles):
        raise Refused(f"{by} cannot make this {graph.kind} {after}: {problem}")
    if lacking := [key for key in found.needs if not getattr(record, key)]:
        raise Refused(f"{graph.one} becomes {after} with {_both(lacking)} only, and {lacking[0]} is not given")
    return _with_step(record, after, _step(at, by, here, after, because))


def amend(record: R, changes: Mapping[str, Any], by: str, because: str, at: dt.datetime) -> R:
    """The record with other values and a step that says which; the same record where nothing changes.

    Raises `Refused` for the keys that only `move` or nobody changes, and once the state is an end.
    """
    graph = graph_of(record)
    if fixed := [key for key in changes if key in ("id", "model", "number", "run", "state", "history")]:
        raise Refused(f"{fixed[0]} of {graph.one} cannot be set: a state is reached by a move, the others are fixed")
    told = {key: (getattr(record, key), value) for key, value in changes.items() if getattr(record, key) != value}
    if not told:
        return record
    if record.state in graph.ends:
        raise Refused(f"{graph.one} that is {record.state} is not changed any more")
    new = filled(record, changes)
    words = "; ".join(_changed(key, old, value) for key, (old, value) in told.items())
    step = _step(at, by, record.state, record.state, f"{because} ({words})")
    return _with_step(new, record.state, step)


def filled(record: R, values: Mapping[str, Any]) -> R:
    """The record with other values, checked by its schema; raises `Refused` with key and rule."""
    return made(type(record), record.model_dump() | dict(values))


def made(kind: type[Made], values: Mapping[str, Any]) -> Made:
    """A record of what a person gave, checked by its schema; raises `Refused` with key and rule."""
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        raise Refused("; ".join(broken_rules(error, "the record", 5))) from None


def faults(record: Record) -> list[str]:
    """What is wrong with the history of a record, each as `key: rule`; nothing where legal steps lead to its state."""
    if not isinstance(record, Stateful):
        return []
    graph, here, found = graph_of(record), "", []
    for i, step in enumerate(record.history):
        legal = graph.starts if not here else [here, *(m.after for m in graph.after(here))]
        if step.before != here:
            found.append(
                f"history.{i}.before: the step before ended {here or 'nowhere'}, this one begins {step.before}"
            )
        elif step.after not in legal:
            rule = _allowed(graph, here) if here else f"{graph.one} begins as {_either(graph.starts)}"
            found.append(f"history.{i}.after: no step leads from {here or 'nothing'} to {step.after}; {rule}")
        if i and step.at < record.history[i - 1].at:
            found.append(f"history.{i}.at: {step.at.isoformat()} lies before the step before it")
        here = step.after
    if record.state != here and (here or record.state not in graph.starts):
        found.append(f"state: it is {record.state}, but its history leads to {here or 'no state'}")
    return found + _lacks(record, graph)


def _lacks(record: Stateful, graph: Graph) -> list[str]:
    """What the last change of state asks for and the record does not have."""
    last = next((step for step in reversed(record.history) if step.before != step.after), None)
    taken = next((m for m in graph.moves if last and (m.before, m.after) == (last.before, last.after)), None)
    if last is None or taken is None:
        return []
    found = [f"{key}: {graph.one} that is {taken.after} has one" for key in taken.needs if not getattr(record, key)]
    if "another" in taken.who and last.by == getattr(record, graph.owner):
        found.append(f"history: {last.by} made it {last.after} and is {graph.owner_told}; that takes another person")
    return found


def _step(at: dt.datetime, by: str, before: str, after: str, because: str) -> Step:
    return made(Step, {"at": at, "by": by, "before": before, "after": after, "because": because})


def _with_step(record: R, state: str, step: Step) -> R:
    if record.history and step.at < record.history[-1].at:
        last = record.history[-1].at.isoformat()
        raise Refused(f"a step of {step.at.isoformat()} cannot follow one of {last}: times must be in order")
    return record.model_copy(update={"state": state, "history": [*record.history, step]})


def _not_by(record: Stateful, wanted: Move, by: str, roles: Collection[str] | None) -> str:
    """Why this person may not make this move; empty where it is allowed."""
    graph = graph_of(record)
    owner = getattr(record, graph.owner)
    if "owner" in wanted.who and by != owner:
        return f"only {graph.owner_told} may, {owner or 'and there is none yet'}"
    if "another" in wanted.who and by == owner:
        return f"{by} is {graph.owner_told}, and it takes another person"
    asked = [who for who in wanted.who if who in ROLES]
    if roles is not None and asked and not set(asked) & set(roles):
        return f"that takes the role {_either(asked)}, and {by} holds {_both(sorted(roles)) if roles else 'none'}"
    return ""


def who_told(wanted: Move, graph: Graph) -> str:
    """Who may make a move, in words.

    >>> who_told(GRAPHS[Finding].after("remediated")[0], GRAPHS[Finding])
    'a validator, other than its owner'
    """
    roles = [f"{'an' if who == 'approver' else 'a'} {who}" for who in wanted.who if who in ROLES]
    others = {"owner": graph.owner_told, "versions": "nobody: it follows its versions"}
    person = _either(roles) if roles else others.get(wanted.who[0], "anyone")
    return f"{person}, other than {graph.owner_told}" if "another" in wanted.who else person


def _allowed(graph: Graph, state: str) -> str:
    moves = graph.after(state)
    return f"from {state} it can become {_either([m.after for m in moves])}" if moves else f"{state} is an end"


def _either(words: Collection[str]) -> str:
    return " or ".join(filter(None, [", ".join([*words][:-1]), [*words][-1]]))


def _both(words: Collection[str]) -> str:
    return " and ".join(filter(None, [", ".join([*words][:-1]), [*words][-1]]))


def _changed(key: str, old: Any, new: Any) -> str:
    """What a change did to a key, in words; of a list, which entries came and went."""
    if isinstance(new, list | tuple):
        came, went = ([f"{part}" for part in a if part not in b] for a, b in ((new, old), (old, new)))
        told = [f"{word} {'; '.join(parts)}" for word, parts in (("with", came), ("without", went)) if parts]
        return f"{key} {', '.join(told) or 'in another order'}"
    return f"{key} from {old or 'none'} to {new or 'none'}"


ROLES: tuple[Who, ...] = ("modeller", "validator", "approver")
ANYONE: tuple[Who, ...] = ("anyone",)
VERSIONS: tuple[Who, ...] = ("versions",)  # `following.py`

MODEL = Graph(
    "model",
    "owner",
    "its owner",
    ("proposed", "in_development"),
    (
        Move("proposed", "in_development", VERSIONS, "a first run is registered"),
        Move("proposed", "retired", ("owner",), "it is given up"),
        Move("in_development", "in_validation", VERSIONS, "a version is put forward"),
        Move("in_development", "live", VERSIONS, "a version that was replaced is taken back into use"),
        Move("in_development", "retired", ("owner",), "it is given up"),
        Move("in_validation", "approved", VERSIONS, "a version is approved"),
        Move("in_validation", "in_development", VERSIONS, "the version is rejected"),
        Move("in_validation", "live", VERSIONS, "a version that was replaced is taken back into use"),
        Move("in_validation", "retired", ("owner",), "it is given up"),
        Move("approved", "live", VERSIONS, "a version is promoted"),
        Move("approved", "in_validation", VERSIONS, "the approval lapses while another version is judged"),
        Move("approved", "in_development", VERSIONS, "the approval lapses or is taken back"),
        Move("approved", "retired", ("owner",), "it is given up"),
        Move("live", "stopped", VERSIONS, "its version is stopped"),
        Move("live", "approved", VERSIONS, "its version is retired, another is approved"),
        Move("live", "in_validation", VERSIONS, "its version is retired, another is judged"),
        Move("live", "in_development", VERSIONS, "its version is retired"),
        Move("live", "retired", ("owner",), "it is taken out of use for good"),
        Move("stopped", "live", VERSIONS, "a version is promoted or started again"),
        Move("stopped", "approved", VERSIONS, "the stopped version is retired, another is approved"),
        Move("stopped", "in_validation", VERSIONS, "the stopped version is retired, another is judged"),
        Move("stopped", "in_development", VERSIONS, "the stopped version is retired"),
        Move("stopped", "retired", ("owner",), "it is taken out of use for good"),
    ),
)

VERSION = Graph(
    "version",
    "registered_by",
    "who registered it",
    ("candidate",),
    (
        Move("candidate", "in_validation", ("modeller",), "its modeller signs the development"),
        Move("candidate", "rejected", ANYONE, "it is withdrawn before anybody judged it"),
        Move(
            "in_validation", "approved", ("approver", "another"), "an approver signs, after a validator", ("expires",)
        ),
        Move("in_validation", "rejected", ("validator", "approver"), "it is not fit for use"),
        Move("approved", "live", ("approver",), "it is promoted"),
        Move("approved", "rejected", ("approver",), "the approval is taken back before use"),
        Move("approved", "retired", ANYONE, "the approval lapsed before use"),
        Move("live", "stopped", ANYONE, "the stop switch: it decides nothing until it is started or replaced"),
        Move("live", "replaced", ("approver",), "another version is promoted"),
        Move("live", "retired", ("approver",), "it is taken out of use for good"),
        Move("stopped", "live", ("approver",), "the cause is mended, and it is started again"),
        Move("stopped", "replaced", ("approver",), "another version is promoted, or an earlier one taken back"),
        Move("stopped", "retired", ("approver",), "it is taken out of use for good"),
        Move("replaced", "live", ("approver",), "a rollback: it is taken back into use"),
        Move("replaced", "retired", ("approver",), "it is not kept for a rollback any more"),
    ),
)

FINDING = Graph(
    "finding",
    "owner",
    "its owner",
    ("draft", "open"),
    (
        Move("draft", "open", ANYONE, "a person confirms it, and says who mends it by when", ("owner", "due")),
        Move("draft", "dismissed", ("validator",), "it is no fault of the model, for a stated reason"),
        Move("open", "in_remediation", ("owner",), "its owner begins to mend it"),
        Move("open", "accepted", ANYONE, "an exception in force sets it aside for a time", ("exception",)),
        Move("open", "dismissed", ("validator",), "it proves to be no fault of the model"),
        Move("in_remediation", "remediated", ("owner",), "its owner shows the remedy", ("remedy",)),
        Move("in_remediation", "open", ANYONE, "the remedy failed, or was given up"),
        Move("in_remediation", "accepted", ANYONE, "an exception in force sets it aside for a time", ("exception",)),
        Move(
            "remediated", "closed", ("validator", "another"), "a validator, not its owner, has seen that it is mended"
        ),
        Move("remediated", "open", ANYONE, "the remedy does not mend it"),
        Move("accepted", "open", ANYONE, "the exception ended"),
        Move("accepted", "in_remediation", ("owner",), "its owner begins to mend it after all"),
    ),
)

EXCEPTION = Graph(
    "exception",
    "requested_by",
    "who asked for it",
    ("requested",),
    (
        Move("requested", "granted", ("approver", "another"), "an approver signs it", ("granted_by",)),
        Move("requested", "refused", ("approver", "another"), "an approver refuses it"),
        Move("requested", "revoked", ("owner",), "who asked for it takes it back"),
        Move("granted", "revoked", ("approver",), "it is ended before its time"),
    ),
)

GRAPHS: Mapping[type[Record], Graph] = {Model: MODEL, Version: VERSION, Finding: FINDING, RiskException: EXCEPTION}
