"""What is refused, each with its reason: at signing, and of every entry whenever the ledger is read."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from riskbench.core.errors import RiskbenchError
from riskbench.core.ledger import appending, hash_of, line_of
from riskbench.governance.approval import (
    Terms,
    approve,
    grant,
    promote,
    rollback,
    sign_development,
    sign_records,
    sign_validation,
    stop,
)
from riskbench.governance.registry.states import amend, move
from riskbench.governance.signing.acting import Hand
from riskbench.governance.signing.entries import read_book
from riskbench.governance.signing.keyfile import public_of
from riskbench.governance.signing.keylist import Grant, read_keys
from riskbench.governance.signing.people import Admission, admit, withdraw
from riskbench.governance.signing.statement import Basis, read_statement, signed

from .conftest import DAY, START, TERMS, World, make_run, seal

UNTIL = (START + 365 * DAY).date()


def development(world: World) -> object:
    return sign_development(world.office, world.hand("mia"), world.run())


def validation(world: World, person: str = "vic") -> object:
    return sign_validation(world.office, world.hand(person), world.run())


def approval(world: World, person: str = "ada", terms: Terms = TERMS, **more: Any) -> object:
    return approve(world.office, world.hand(person), world.run(), terms, **more)


def promotion(world: World, **more: Any) -> object:
    return promote(world.office, world.hand("ada"), world.run(), **more)


def also(world: World, person: str, *roles: str) -> None:
    """Admit somebody with more roles than one."""
    grants = [Grant.model_validate({"role": role, "first": START.date(), "last": UNTIL}) for role in roles]
    admit(world.office, world.keys["rita"], Admission(person, public_of(world.keys[person]), grants), world.at)


def later(world: World, days: float) -> World:
    world.at += days * DAY
    return world


def after(*steps: Callable[[World], object]) -> Callable[[World], object]:
    """One step after another; the last is the one to be refused."""

    def run(world: World) -> None:
        for step in steps[:-1]:
            step(world)
        world.refused_from_here = True
        steps[-1](world)

    return run


def days(n: float) -> Callable[[World], object]:
    return lambda world: later(world, n)


def closed(world: World) -> None:
    finding = world.find()
    world.registry.write(move(finding, "dismissed", "vic", "no fault of the model", world.at))


def lowered(world: World) -> None:
    finding = world.find()
    world.validated()
    world.registry.write(amend(finding, {"severity": "low"}, "mia", "it matters less", world.at))


def excepted(world: World) -> None:
    world.find()
    world.except_()
    grant(world.office, world.hand("ada"), "E-0001")


def revoked(world: World) -> None:
    (exception,) = world.registry.exceptions()
    world.registry.write(move(exception, "revoked", "ada", "no longer", world.at))


def lengthened(world: World) -> None:
    (exception,) = world.registry.exceptions()
    world.registry.write(amend(exception, {"expires": dt.date(2027, 1, 1)}, "mia", "longer", world.at))


def granted_by_hand(world: World) -> None:
    world.find()
    asked = world.except_().model_copy(update={"granted_by": "ada"})
    world.registry.write(move(asked, "granted", "ada", "by hand", world.at))


def bundle(content: str) -> Callable[[World], Any]:
    def file(world: World) -> Any:
        path = world.root / f"{content}.json"
        path.write_text(content)
        return path

    return file


def rejected(world: World) -> None:
    world.make_run("run-2", 2)
    sign_development(world.office, world.hand("mia"), world.run("run-2"))
    version = world.registry.version_of("run-2")
    assert version
    world.registry.write(move(version, "rejected", "vic", "not fit for use", world.at))


def reregistered(world: World) -> None:
    (world.run() / "more.html").write_text("more")
    seal(world.run(), "run-1")


EARLY = [Grant(role="modeller", first=START.date() + 9 * DAY, last=UNTIL)]
REFUSED: list[tuple[str, str, Callable[[World], object]]] = [
    ("an expired key", "the key of mia as modeller expired on 2027-03-02", after(days(366), development)),
    (
        "a key that is not valid yet",
        "the key of max is not valid as modeller before 2026-03-11",
        after(
            lambda w: admit(w.office, w.keys["rita"], Admission("max", public_of(w.keys["max"]), EARLY), w.at),
            lambda w: sign_development(w.office, w.hand("max"), w.run()),
        ),
    ),
    ("an unknown key", "the key of eve is not on the list", lambda w: approval(w, "eve")),
    (
        "the key of another person",
        "this is the key of eve: nobody signs as ada with it",
        after(
            lambda w: also(w, "eve", "approver"),
            lambda w: approve(w.office, Hand("ada", w.keys["eve"], w.at), w.run(), TERMS),
        ),
    ),
    (
        "a withdrawn key",
        "the key of vic was withdrawn on 2026-03-02: it was lost",
        after(development, lambda w: withdraw(w.office, w.keys["rita"], "vic", "it was lost", w.at), validation),
    ),
    (
        "a role without admission",
        "mia is not admitted as validator, only as modeller",
        after(development, lambda w: validation(w, "mia")),
    ),
    ("a clock that runs backwards", "the clock runs backwards", after(development, days(-0.1), validation)),
    (
        "a self-approval",
        "eve signed its development as modeller: one person cannot hold two roles",
        after(
            lambda w: also(w, "eve", "modeller", "approver"),
            lambda w: sign_development(w.office, w.hand("eve"), w.run()),
            validation,
            lambda w: approval(w, "eve"),
        ),
    ),
    (
        "two roles on one version",
        "eve signed its validation as validator: one person cannot hold two roles",
        after(
            lambda w: also(w, "eve", "validator", "approver"),
            development,
            lambda w: validation(w, "eve"),
            lambda w: approval(w, "eve"),
        ),
    ),
    ("a validation before the development", "its modeller has not signed the development", validation),
    ("an approval without validation", "no validator has signed this very run", after(development, approval)),
    ("no verify at all", "nobody has performed run-2 again", lambda w: unverified(w)),
    ("a stale verify", r"stale: 31 days old, at most 30 are allowed", after(development, days(31), validation)),
    (
        "a verify that is stale at the approval",
        "stale: 40 days old",
        after(lambda w: w.validated(), days(40), approval),
    ),
    (
        "a verify of another manifest",
        r"the newest re-performance \(2026-03-03, vic\) is of another manifest.json",
        after(lambda w: w.validated(), days(1), lambda w: w.verify(manifest_sha256="0" * 64), approval),
    ),
    (
        "a verify that failed",
        r"does not hold: 0 file\(s\) broken, 2 figure\(s\) differ",
        after(lambda w: w.validated(), days(1), lambda w: w.verify(differing=["AUC", "KS"]), approval),
    ),
    (
        "a verify with a broken file",
        r"does not hold: 1 file\(s\) broken",
        after(development, days(1), lambda w: w.verify(broken={"a.html": "changed"}), validation),
    ),
    (
        "an open high finding",
        r"high finding F-0001 \(PDs are low\) is open, and no exception sets it aside",
        after(lambda w: w.find(), lambda w: w.validated(), approval),
    ),
    (
        "a draft of a high finding",
        "high finding F-0001 .* is draft",
        after(lambda w: w.find(state="draft"), lambda w: w.validated(), approval),
    ),
    (
        "a high finding closed behind the validator's back",
        "finding F-0001 is dismissed, and no validator has signed for it as it stands",
        after(lambda w: w.validated(), closed, approval),
    ),
    (
        "a high finding made a low one behind the validator's back",
        "finding F-0001 is open, and no validator has signed for it as it stands",
        after(lowered, approval),
    ),
    (
        "an unsigned exception",
        "exception E-0001 is requested, but no approver has signed it",
        after(lambda w: w.find(), lambda w: w.except_(), lambda w: w.validated(), approval),
    ),
    (
        "an exception granted by hand",
        "exception E-0001 is granted, but no approver has signed it",
        after(granted_by_hand, lambda w: w.validated(), approval),
    ),
    (
        "an expired exception",
        "exception E-0001 expired on 2026-06-10",
        after(excepted, days(101), lambda w: w.verify(), lambda w: w.validated(), approval),
    ),
    (
        "an exception that expired before it is signed",
        "exception E-0001 expired on 2026-06-10",
        after(lambda w: w.find(), lambda w: w.except_(), days(101), lambda w: grant(w.office, w.hand("ada"), "E-0001")),
    ),
    (
        "a revoked exception",
        "exception E-0001 was revoked",
        after(excepted, revoked, lambda w: w.validated(), approval),
    ),
    (
        "an exception changed after it was signed",
        "exception E-0001 was changed after it was signed",
        after(excepted, lengthened, lambda w: w.validated(), approval),
    ),
    (
        "an approval that outlives its exception",
        "stands on exception E-0001, which ends on 2026-06-10: it cannot last until 2026-09-18",
        after(excepted, lambda w: w.validated(), approval),
    ),
    (
        "an exception signed by who asked for it",
        "ada",
        after(
            lambda w: w.find(),
            lambda w: w.except_(requested_by="ada"),
            lambda w: grant(w.office, w.hand("ada"), "E-0001"),
        ),
    ),
    (
        "an exception that is not there",
        "there is no exception E-0009",
        lambda w: grant(w.office, w.hand("ada"), "E-0009"),
    ),
    (
        "an approval without conditions",
        "at least one condition",
        after(lambda w: w.validated(), lambda w: approval(w, terms=Terms([" "], TERMS.expires))),
    ),
    (
        "an approval into the past",
        "lies ahead",
        after(lambda w: w.validated(), lambda w: approval(w, terms=Terms(["x"], START.date()))),
    ),
    (
        "an approval without end",
        r"lasts at most 366 days, got 400",
        after(lambda w: w.validated(), lambda w: approval(w, terms=Terms(["x"], (START + 400 * DAY).date()))),
    ),
    (
        "a promotion without approval",
        "no approver has approved this very run",
        after(lambda w: w.validated(), promotion),
    ),
    (
        "a bundle other than the approved",
        "the bundle is not the one that was approved",
        after(
            lambda w: w.validated(),
            lambda w: approval(w, bundle=bundle("one")(w)),
            lambda w: promotion(w, bundle=bundle("two")(w)),
        ),
    ),
    (
        "a promotion under an expired approval",
        "its approval expired on 2026-09-18",
        after(lambda w: w.approved(), days(201), promotion),
    ),
    (
        "a promotion with a high finding since",
        "high finding F-0001 .* is open",
        after(lambda w: w.approved(), lambda w: w.find(), promotion),
    ),
    ("a promotion of what is in use", "version 1 is in use already", after(lambda w: w.promoted(), promotion)),
    ("a run that is not registered", "run-9 is no version of a model yet", lambda w: unregistered(w)),
    (
        "a run whose manifest is not the registered one",
        "manifest.json of run-1 is not the one that was registered as version 1",
        after(reregistered, development),
    ),
    (
        "a run with a changed file",
        "validation.html: changed",
        after(lambda w: (w.run() / "validation.html").write_text("AUC .99"), development),
    ),
    (
        "a stop where nothing is in use",
        "no version of small_loans is in use",
        lambda w: stop(w.office, w.hand("vic"), "small_loans", "x"),
    ),
    (
        "a second stop",
        "it is stopped already",
        after(lambda w: w.promoted(), *[lambda w: stop(w.office, w.hand("vic"), "small_loans", "drift")] * 2),
    ),
    (
        "a rollback without an earlier version",
        "no other version of small_loans was in use before",
        after(lambda w: w.promoted(), lambda w: rollback(w.office, w.hand("ada"), "small_loans", "x")),
    ),
    (
        "a rollback to a rejected version",
        r"version 2 was never in use \(it is rejected\)",
        after(lambda w: w.promoted(), rejected, lambda w: rollback(w.office, w.hand("ada"), "small_loans", "x", 2)),
    ),
    (
        "a rollback to an expired approval",
        "its approval expired on 2026-09-18",
        after(
            lambda w: w.promoted(),
            lambda w: second(w),
            days(201),
            lambda w: rollback(w.office, w.hand("ada"), "small_loans", "x"),
        ),
    ),
    (
        "records that are as they were signed",
        "there is nothing to sign for",
        after(lambda w: w.validated(), lambda w: sign_records(w.office, w.hand("vic"), w.run())),
    ),
]


def unverified(world: World) -> None:
    world.make_run("run-2", 2, verified=False)
    sign_development(world.office, world.hand("mia"), world.run("run-2"))
    sign_validation(world.office, world.hand("vic"), world.run("run-2"))


def unregistered(world: World) -> None:
    sign_development(world.office, world.hand("mia"), make_run(world.run("run-9"), "run-9"))


def second(world: World) -> None:
    """A second version takes the place of the first, for longer."""
    later(world, 10).make_run("run-2", 2)
    world.validated("run-2")
    approve(world.office, world.hand("ada"), world.run("run-2"), Terms(["x"], (START + 300 * DAY).date()))
    promote(world.office, world.hand("ada"), world.run("run-2"))


@pytest.mark.parametrize(("reason", "act"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_it_is_refused_with_its_reason(world: World, reason: str, act: Callable[[World], object]) -> None:
    with pytest.raises(RiskbenchError, match=reason):
        act(world)
    book = read_book(world.folder)
    assert book.problems == {}  # nothing of the refused act is left
    assert all(not entry.problem for entry in book.entries)


def written(world: World, by: str, **changes: Any) -> str:
    """What the check says of an entry that somebody with a good key put into the ledger past all commands."""
    listed = read_keys(world.folder)
    assert listed
    with appending(world.folder / "ledger.jsonl") as end:
        last = read_statement(end.chain.content(end.number - 1))[0]
        told = {"number": end.number, "previous": end.head, "at": world.at, "person": by}
        told |= {"keys_sha256": listed.sha256, "keys_version": listed.list.version, "writes": {}, "basis": Basis()}
        end.add(signed(last.model_copy(update=told | changes), world.keys[by]))
    return read_book(world.folder).entries[-1].problem


PAST_ALL_COMMANDS: list[tuple[str, str, dict[str, Any]]] = [
    ("another's name", "signed with the key of vic, in the name of ada", {"person": "vic", "name": "ada"}),
    (
        "a role without admission",
        "vic is not admitted as approver",
        {"person": "vic", "act": "approval", "role": "approver"},
    ),
    ("no approval", "no approver has approved", {"person": "ada", "act": "promotion", "role": "approver"}),
    ("no expiry", "an approval carries the day", {"person": "ada", "act": "approval", "role": "approver"}),
    ("an expired key", "the key of vic as validator expired on", {"person": "vic", "at": START + 400 * DAY}),
    ("a time before the last", "the clock runs backwards", {"person": "vic", "at": START - DAY / 24}),
    ("another place", "it was signed for another place", {"person": "vic", "number": 9}),
    ("another head", "it was signed for another place", {"person": "vic", "previous": "0" * 64}),
    ("an older list of keys", "it names an older list of keys", {"person": "vic", "keys_version": 3}),
    ("a list that nobody knows", "which is newer than the one here", {"person": "vic", "keys_version": 9}),
    ("a list of its own", "it names another list of keys as version 4", {"person": "vic", "keys_sha256": "0" * 64}),
    ("nothing in use", "only the version in use can be stopped", {"person": "vic", "act": "stop"}),
]


@pytest.mark.parametrize(("reason", "told"), [p[1:] for p in PAST_ALL_COMMANDS], ids=[p[0] for p in PAST_ALL_COMMANDS])
def test_an_entry_that_no_command_would_write_is_bad(world: World, reason: str, told: dict[str, Any]) -> None:
    world.validated()
    changes = {key: value for key, value in told.items() if key not in ("person", "name")}
    changes |= {"person": told["name"]} if "name" in told else {}
    if changes.get("keys_version") == 3:
        changes["keys_sha256"] = hashlib.sha256((world.folder / "keys/0003.json").read_bytes()).hexdigest()
    problem = written(world, told["person"], **changes)
    assert reason in problem
    assert problem in world.check()[1]["ledger.jsonl, line 3"]


def test_an_entry_in_a_second_role_is_bad(world: World) -> None:
    also(world, "eve", "modeller", "validator")
    sign_development(world.office, world.hand("eve"), world.run())
    problem = written(world, "eve", act="validation", role="validator")
    assert problem.startswith("eve signed its development as modeller: one person cannot hold two roles")


def test_a_wrong_signature_is_told_from_a_changed_envelope(world: World) -> None:
    """The statement of the last entry under the signature of the one before it."""
    world.validated()
    path = world.folder / "ledger.jsonl"
    first, last = (json.loads(json.loads(line)["content"]) for line in path.read_text().splitlines())
    last["signatures"][0]["sig"] = first["signatures"][0]["sig"]
    line = path.read_bytes().splitlines()[0]
    content = json.dumps(last, sort_keys=True, separators=(",", ":"))
    path.write_bytes(line + b"\n" + line_of(2, hash_of(line), content) + b"\n")
    assert world.check()[0][-1].problem == "the signature is wrong: this is not what the person signed"


def test_what_was_signed_in_time_stays_good_when_the_key_expires(world: World) -> None:
    world.promoted()
    later(world, 500)
    assert all(signature.holds for signature in world.check()[0])


def test_what_was_signed_before_a_withdrawal_stays_good_and_a_later_entry_with_an_earlier_time_is_bad(
    world: World,
) -> None:
    world.validated()
    later(world, 10)
    withdraw(world.office, world.keys["rita"], "vic", "it was stolen", world.at)
    assert all(signature.holds for signature in world.check()[0])
    problem = written(world, "vic", at=START + DAY)
    assert problem == "the key of vic was withdrawn on 2026-03-12: it was stolen"
