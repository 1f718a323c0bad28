"""What the commands that sign have in common: who is at the desk, with which key, and before which registry."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskbench.cli.records import now
from riskbench.core.project import find_project

if TYPE_CHECKING:
    from riskbench.governance.signing.acting import Hand, Office

ROLES = click.Choice(["modeller", "validator", "approver"])
DATE = click.DateTime(["%Y-%m-%d"])
PERSON = click.option("--person", required=True, metavar="NAME", help="Who signs, as the list of keys names them.")
BECAUSE = click.option("--because", required=True, metavar="TEXT", help="The reason, kept in the ledger.")


def office() -> "Office":
    """The registry and this machine's memory; who meets a root for the first time is told so."""
    from riskbench.governance.registry.store import Registry
    from riskbench.governance.signing.acting import Office, take_note
    from riskbench.governance.signing.keyfile import trust_file
    from riskbench.governance.signing.trust import first_contact

    project = find_project()
    trust = trust_file(project.root)
    here = Office(Registry(project.registry), project.reports, trust)
    if told := first_contact(trust, project.registry):
        click.echo(f"{told}\n", err=True)
        take_note(here)
    return here


def keys_here() -> Path:
    """Where this user's private keys lie."""
    from riskbench.governance.signing.keyfile import keys_folder

    return keys_folder(find_project().root)


def passphrase(what: str, *, new: bool = False) -> str:
    """The passphrase of a key: from the environment, or asked for without being shown."""
    from riskbench.governance.signing.keyfile import PASSPHRASE_VARIABLE

    given = os.environ.get(PASSPHRASE_VARIABLE)
    return given or click.prompt(f"Passphrase of {what}", hide_input=True, confirmation_prompt=new)


def hand(person: str) -> "Hand":
    """The person at the desk, with the key that their passphrase opens."""
    from riskbench.governance.signing.acting import Hand
    from riskbench.governance.signing.keyfile import load_key
    from riskbench.governance.signing.people import key_file

    file = key_file(keys_here(), person)
    return Hand(person, load_key(file, passphrase(f"the key of {person}") if file.is_file() else ""), now())
