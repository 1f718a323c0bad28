"""What people decide of a run, each act signed: development, validation, approval, exceptions, use, stop and return.

Every function asks all that its act needs and refuses with the first rule that is not met; then `Session.sign` puts the
act into the ledger. The rules that the ledger alone can answer stand in `signing/order.py`, those on records in
`grounds.py`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from riskbench.core.thresholds import Thresholds
from riskbench.governance.grounds import Run, findings_settled, known_run, verified
from riskbench.governance.registry.following import follow
from riskbench.governance.registry.records import Condition, Record, Version
from riskbench.governance.registry.reviews import planned
from riskbench.governance.registry.states import Refused, move
from riskbench.governance.registry.store import place
from riskbench.governance.signing.acting import Hand, Office, Session, session
from riskbench.governance.signing.order import approval_of, last_live, was_live
from riskbench.governance.signing.signature import ROLES, Act
from riskbench.governance.signing.statement import Basis, Statement


@dataclass(frozen=True)
class Terms:
    """What an approval carries: conditions of use, the last day of use, and why, where the recommendation differs."""

    conditions: Sequence[str]
    expires: dt.date
    because: str = ""


def sign_development(office: Office, hand: Hand, folder: Path) -> Statement:
    """The modeller signs: this run is what I put forward."""
    with session(office) as now:
        run = known_run(office, folder)
        told = run.told | {"act": "development", "role": "modeller"}
        now.check(hand, told)
        because = "its modeller signed the development"
        return _signed(now, hand, told, _moved(now, hand, run.version, "development", "in_validation", because))


def sign_validation(office: Office, hand: Hand, folder: Path) -> Statement:
    """The validator signs: I stand on a re-performance of this very run that holds."""
    with session(office) as now:
        run = known_run(office, folder)
        told = run.told | {"act": "validation", "role": "validator"}
        now.check(hand, told)
        return now.sign(hand, told | {"basis": Basis(verification=verified(office, run, hand.at))})


def approve(office: Office, hand: Hand, folder: Path, terms: Terms, bundle: Path | None = None) -> Statement:
    """The approver signs: this version may be used, under these conditions, until that day."""
    with session(office) as now:
        run = known_run(office, folder, bundle)
        _refuse_terms(terms, hand.at)
        told = run.told | {
            "act": "approval",
            "role": "approver",
            "conditions": tuple(terms.conditions),
            "expires": terms.expires,
            "because": terms.because,
        }
        now.check(hand, told)
        told["basis"] = _basis(now, run, hand.at, terms.expires)
        approved = run.version.model_copy(
            update={"conditions": [Condition(text=text) for text in terms.conditions], "expires": terms.expires}
        )
        return _signed(now, hand, told, _moved(now, hand, approved, "approval", "approved", "an approver signed"))


def grant(office: Office, hand: Hand, exception: str) -> Statement:
    """The approver signs an exception that somebody requested, under its id."""
    with session(office) as now:
        found = next((e for e in office.registry.exceptions() if e.id == exception), None)
        if found is None:
            raise Refused(f"there is no exception {exception}")
        if hand.at.date() > found.expires:
            raise Refused(f"exception {exception} expired on {found.expires}")
        named = found.model_copy(update={"granted_by": hand.person})
        granted = move(named, "granted", hand.person, "an approver signed", hand.at, roles=("approver",))
        told = {"act": "exception", "role": "approver", "model": found.model, "version": found.version}
        basis = Basis(exceptions=(place(found),))
        return now.sign(hand, told | {"because": f"{found.about}: {found.because}", "basis": basis}, [granted])


def promote(office: Office, hand: Hand, folder: Path, bundle: Path | None = None) -> Statement:
    """The approver puts an approved version into use, or starts a stopped one again; the one before is replaced."""
    with session(office) as now:
        run = known_run(office, folder, bundle)
        told = run.told | {"act": "promotion", "role": "approver"}
        now.check(hand, told)
        approval = next(s for s in reversed(now.acts(run.version.model)) if s.act == "approval" and s.run == run.name)
        told["basis"] = _basis(now, run, hand.at, approval.expires)
        return _signed(now, hand, told, _into_use(now, hand, run.version, "promotion", "it was promoted"))


def stop(office: Office, hand: Hand, model: str, because: str) -> Statement:
    """Anybody with a valid key stops the version in use: from now on it decides nothing."""
    with session(office) as now:
        if (live := last_live(now.acts(model))) is None:
            raise Refused(f"no version of {model} is in use")
        told = _of(live) | {"act": "stop", "role": now.role(hand, "stop", live.version, model), "because": because}
        now.check(hand, told)
        return _signed(now, hand, told, _moved(now, hand, _version(now, live), "stop", "stopped", because))


def rollback(office: Office, hand: Hand, model: str, because: str, to: int | None = None) -> Statement:
    """The approver takes back into use a version that was in use before: number `to`, or the one before this one."""
    with session(office) as now:
        acts = now.acts(model)
        version = _earlier(office, model, acts, to)
        used = next(s for s in reversed(acts) if s.act in ("promotion", "rollback") and s.version == version.number)
        told = _of(used) | {"act": "rollback", "role": "approver", "because": because}
        now.check(hand, told)
        return _signed(now, hand, told, _into_use(now, hand, version, "rollback", because))


def way_back(office: Office, model: str, to: int | None = None) -> tuple[Version, Version]:
    """The version in use and the one that a rollback would take back; refused as the rollback itself would be."""
    with session(office) as now:
        acts = now.acts(model)
        earlier = _earlier(office, model, acts, to)
        live = last_live(acts)
        if live is None:
            raise Refused(f"no version of {model} is in use")
        return _version(now, live), earlier


def sign_records(office: Office, hand: Hand, folder: Path, role: str = "") -> Statement:
    """Sign for the records of a run's model as they stand: those that are new, or moved on since the last signature."""
    with session(office) as now:
        run = known_run(office, folder)
        model, number = run.version.model, run.version.number
        found = now.covering(model)
        if now.acts(model) and not found:
            raise Refused(f"every record of {model} is as it was signed: there is nothing to sign for")
        told = {"act": "records", "role": role or now.role(hand, "records", number, model)}
        return now.sign(hand, run.told | told | {"because": "; ".join(found)})


def _basis(now: Session, run: Run, at: dt.datetime, expires: dt.date | None) -> Basis:
    verification = verified(now.office, run, at)
    settled = findings_settled(now, run.version, at)
    for exception in settled.exceptions:
        if expires and exception.expires < expires:
            raise Refused(
                f"the approval stands on exception {exception.id}, which ends on {exception.expires}: it cannot last "
                f"until {expires}"
            )
    exceptions = tuple(place(exception) for exception in settled.exceptions)
    return Basis(verification=verification, findings=settled.findings, exceptions=exceptions)


def _refuse_terms(terms: Terms, at: dt.datetime) -> None:
    if not [text for text in terms.conditions if text.strip()]:
        raise Refused("an approval carries at least one condition of use")
    days, longest = (terms.expires - at.date()).days, Thresholds()["governance.approval_days"]
    if days <= 0:
        raise Refused(f"an approval expires on a day that lies ahead, got {terms.expires}")
    if longest.judge(days) != "green":
        raise Refused(f"an approval lasts at most {longest.bound:.0f} days, got {days} (until {terms.expires})")


def _of(act: Statement) -> dict[str, object]:
    """What a later act of the same version is about."""
    kept = ("model", "version", "run", "folder", "manifest_sha256", "bundle_sha256")
    return {key: getattr(act, key) for key in kept}


def _version(now: Session, act: Statement) -> Version:
    return next(v for v in now.office.registry.versions(act.model) if v.number == act.version)


def _earlier(office: Office, model: str, acts: Sequence[Statement], to: int | None) -> Version:
    """The version to go back to; raises `Refused` where there is none, or where it was never in use."""
    target = to or _before(acts, model)
    version = next((v for v in office.registry.versions(model) if v.number == target), None)
    if version is None:
        raise Refused(f"{model} has no version {target}")
    if not was_live(target, acts):
        state = "" if version.state == "candidate" else f" (it is {version.state})"
        raise Refused(f"version {target} was never in use{state}: a rollback goes to one that was")
    return version


def _before(acts: Sequence[Statement], model: str) -> int:
    """The number of the version that was in use before the present one and is not expired by its own approval."""
    live = last_live(acts)
    if live is None:
        raise Refused(f"no version of {model} is in use")
    earlier = [s for s in acts if s.act in ("promotion", "rollback") and s.version not in (live.version, None)]
    if not earlier or approval_of(earlier[-1], acts) is None:
        raise Refused(f"no other version of {model} was in use before")
    return int(earlier[-1].version or 0)


def _into_use(now: Session, hand: Hand, version: Version, act: Act, because: str) -> list[Record]:
    """The version in use, the one before it replaced, and the model that follows them."""
    others = [v for v in now.office.registry.versions(version.model) if v.number != version.number]
    before = [v for v in others if v.state in ("live", "stopped")]
    update = {"replaces": before[-1].number if before else version.replaces}
    told = (hand.person, f"version {version.number}: {because}", hand.at)
    replaced = [move(v, "replaced", *told, roles=ROLES[act]) for v in before]
    used = move(version.model_copy(update=update), "live", hand.person, because, hand.at, roles=ROLES[act])
    return _with_model(now, hand, [used, *replaced])


def _moved(now: Session, hand: Hand, version: Version, act: Act, after: str, because: str) -> list[Record]:
    """The version in its next state, and its model, which follows it."""
    moved = move(version, after, hand.person, because, hand.at, roles=ROLES[act])
    return _with_model(now, hand, [moved])


def _with_model(now: Session, hand: Hand, moved: Sequence[Version]) -> list[Record]:
    """The versions that moved, and their model, which follows all its versions."""
    registry, model = now.office.registry, moved[0].model
    versions = {v.number: v for v in registry.versions(model)} | {v.number: v for v in moved}
    why = f"version {moved[0].number} is {moved[0].state.replace('_', ' ')}"
    known = registry.model(model)
    follows = follow(known, versions.values(), hand.person, why, hand.at)
    return [*moved, follows] if follows != known else [*moved]


def _signed(now: Session, hand: Hand, told: dict[str, object], changed: Sequence[Record]) -> Statement:
    """Sign, then plan the reviews that the model's new state asks for: a calendar, which nobody signs."""
    statement, registry = now.sign(hand, told, changed), now.office.registry
    model = registry.model(statement.model)
    for review in planned(model, registry.reviews(model.id), hand.at.date()):
        registry.write(review)
    return statement
