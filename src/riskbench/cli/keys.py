"""Who may sign: the root key, people and their keys."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from riskbench.cli.desk import BECAUSE, DATE, ROLES, keys_here, office, passphrase
from riskbench.cli.records import now
from riskbench.cli.telling import me, shown

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner

    from riskbench.governance.signing.acting import Office


def _root() -> tuple["Office", "CryptoSigner"]:
    from riskbench.core.errors import CannotRun
    from riskbench.governance.signing.keyfile import load_key
    from riskbench.governance.signing.keylist import read_keys
    from riskbench.governance.signing.people import root_file

    here = office()
    listed = read_keys(here.registry.folder)
    if listed is None:
        raise CannotRun(f"the registry has no list of keys yet: `{me()} keys init --person NAME` makes the first")
    holder = listed.list.root_person
    file = root_file(keys_here(), holder)
    return here, load_key(file, passphrase(f"the root key of {holder}") if file.is_file() else "")


@click.group()
def keys() -> None:
    """Who may sign: the root key, people and their keys."""


@keys.command("init")
@click.option("--person", required=True, metavar="NAME", help="Who holds the root key; this person signs nothing else.")
def init_keys(person: str) -> None:
    """Make the root key and the first list of keys of this registry."""
    from riskbench.governance.signing.keyfile import load_key, make_key
    from riskbench.governance.signing.keylist import fingerprint
    from riskbench.governance.signing.people import found_list, root_file

    here, file = office(), root_file(keys_here(), person)
    word = passphrase("the root key", new=not file.is_file())
    root = load_key(file, word) if file.is_file() else make_key(file, word)
    listed = found_list(here, person, root, now())
    click.echo(f"Root key of {person}: {file} (encrypted; keep a copy of it apart from this machine)")
    click.echo(f"Fingerprint, to be read aloud to whoever checks signatures:\n  {fingerprint(listed.list.root_id)}")


@keys.command("new")
@click.option("--person", required=True, metavar="NAME", help="Whose key it is.")
def new_key(person: str) -> None:
    """Make a key pair of a person, and print the public key that is handed over."""
    from riskbench.governance.signing.keyfile import make_key, public_of
    from riskbench.governance.signing.people import key_file, public_line

    file = key_file(keys_here(), person)
    key = make_key(file, passphrase(f"the new key of {person}", new=True))
    click.echo(f"Private key: {file} (encrypted; nobody else needs it)")
    click.echo(f"Hand this line over to the holder of the root key:\n{public_line(person, public_of(key))}")


@keys.command("admit")
@click.argument("person")
@click.option("--key", "line", required=True, metavar="PUBLIC", help="The line that `keys new` printed.")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help="A role of this person; repeatable.")
@click.option("--from", "first", type=DATE, required=True, help="First day of the key.")
@click.option("--until", "last", type=DATE, required=True, help="Last day of the key.")
def admit_key(person: str, line: str, roles: Sequence[str], first: dt.datetime, last: dt.datetime) -> None:
    """Put the key of PERSON on the list; the root key signs it."""
    from riskbench.governance.signing.keylist import fingerprint, grants_of
    from riskbench.governance.signing.people import Admission, admit, read_public

    public = read_public(line, person)
    grants = grants_of(roles, first.date(), last.date())
    here, root = _root()
    listed = admit(here, root, Admission(person, public, grants), now())
    click.echo(f"{person} is admitted as {' and '.join(roles)} from {first.date()} until {last.date()}.")
    click.echo(f"Fingerprint of the key: {fingerprint(listed.list.of(person)[-1].key_id)}")
    click.echo(f"Version {listed.list.version} of the list: {shown(here.registry.folder / 'keys.json')}")


@keys.command("withdraw")
@click.argument("person")
@BECAUSE
def withdraw_key(person: str, because: str) -> None:
    """Withdraw the keys of PERSON: what they sign from this moment is bad, what they signed before stays good."""
    from riskbench.governance.signing.people import withdraw

    here, root = _root()
    listed = withdraw(here, root, person, because, now())
    click.echo(f"The key of {person} is withdrawn. Version {listed.list.version} of the list.")


@keys.command("list")
def listkeys_here() -> None:
    """List people, roles and validity of their keys, and the fingerprint of the root."""
    from riskbench.core.errors import CannotRun
    from riskbench.governance.signing.keylist import fingerprint, read_keys

    listed = read_keys(office().registry.folder)
    if listed is None:
        raise CannotRun(f"the registry has no list of keys yet: `{me()} keys init --person NAME` makes the first")
    known = listed.list
    click.echo(f"Version {known.version}, signed {known.at:%Y-%m-%d %H:%M} UTC by the root key of {known.root_person}")
    click.echo(f"Root: {fingerprint(known.root_id)}")
    for key in known.keys:
        grants = ", ".join(f"{g.role} {g.first} to {g.last}" for g in key.grants)
        gone = f"; withdrawn {key.withdrawn:%Y-%m-%d}: {key.withdrawn_because}" if key.withdrawn else ""
        click.echo(f"  {key.person:<12} {key.key_id[:16]}  {grants}{gone}")
