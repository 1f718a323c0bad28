"""What people sign of a run, and whether what was signed holds."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskbench.cli.desk import BECAUSE, DATE, PERSON, ROLES, hand, office
from riskbench.cli.telling import me, said, shown

if TYPE_CHECKING:
    from riskbench.governance.signing.acting import Office
    from riskbench.governance.signing.statement import Statement

BUNDLE = click.option("--bundle", type=click.Path(path_type=Path), help="What the decision service loads.")
RUN = click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))


def _told(statement: "Statement", here: "Office") -> None:
    """Say what was signed, what it covers, and the head that a page or a note may keep."""
    version = f" version {statement.version}" if statement.version else ""
    click.echo(f"{statement.person} signed as {statement.role}: {statement.act} of {statement.model}{version}.")
    if statement.basis.verification:
        click.echo(f"  stands on {statement.basis.verification}")
    for place in statement.basis.exceptions if statement.act != "exception" else ():
        click.echo(f"  an open high finding is set aside by {place}")
    for place in statement.writes:
        click.echo(f"  written: {shown(here.registry.folder / place)}")
    for place in statement.covers:
        click.echo(f"  signed for here first, new or moved on since the entry before: {place}")
    click.echo(
        f"  entry {statement.number} of the ledger; it covers {len(statement.records)} records as they stand now"
    )


@click.command()
@RUN
@click.option("--as", "role", type=ROLES, required=True, help="The role in which you sign.")
@PERSON
@click.option("--records", is_flag=True, help="Sign for findings and other records that are new or moved on.")
@click.option("--exception", metavar="ID", help="As approver: grant this exception of the run's model.")
def sign(folder: Path, role: str, person: str, records: bool, exception: str | None) -> None:
    """Sign a run: its development as modeller, its validation as validator.

    An approver approves with `approve`, and signs here for records and exceptions alone.
    """
    from riskbench.governance import approval

    if exception and role != "approver":
        raise click.UsageError("--exception is signed --as approver")
    if role == "approver" and not (records or exception):
        raise click.UsageError(f"an approver approves: {me()} approve RUN --condition TEXT --expires DATE")
    here, who = office(), hand(person)
    if exception:
        statement = approval.grant(here, who, exception)
    elif records:
        statement = approval.sign_records(here, who, folder, role)
    elif role == "modeller":
        statement = approval.sign_development(here, who, folder)
    else:
        statement = approval.sign_validation(here, who, folder)
    _told(statement, here)


@click.command()
@RUN
@PERSON
@click.option("--condition", "conditions", multiple=True, required=True, metavar="TEXT", help="Of use; repeatable.")
@click.option("--expires", type=DATE, required=True, help="The last day of the approval.")
@click.option("--because", default="", metavar="TEXT", help="Why; asked of whoever decides against the recommendation.")
@BUNDLE
def approve(
    folder: Path, person: str, conditions: Sequence[str], expires: dt.datetime, because: str, bundle: Path | None
) -> None:
    """Approve a run for use, under conditions and until a day."""
    from riskbench.governance.approval import Terms
    from riskbench.governance.approval import approve as approve_run

    here = office()
    _told(approve_run(here, hand(person), folder, Terms(conditions, expires.date(), because), bundle), here)


@click.command()
@RUN
@PERSON
@BUNDLE
def promote(folder: Path, person: str, bundle: Path | None) -> None:
    """Put an approved run into use, or start a stopped one again; the version before it is replaced."""
    from riskbench.governance.approval import promote as promote_run

    here = office()
    _told(promote_run(here, hand(person), folder, bundle), here)


@click.command()
@click.argument("model")
@PERSON
@BECAUSE
def stop(model: str, person: str, because: str) -> None:
    """Stop the version of MODEL in use: from now on it decides nothing."""
    from riskbench.governance.approval import stop as stop_model

    here = office()
    _told(stop_model(here, hand(person), model, because), here)


@click.command()
@click.argument("model")
@PERSON
@BECAUSE
@click.option("--to", type=click.IntRange(1), metavar="NUMBER", help="The version [default: the one in use before].")
@click.option("--yes", is_flag=True, help="Do not ask after showing the effect.")
def rollback(model: str, person: str, because: str, to: int | None, yes: bool) -> None:
    """Take an earlier version of MODEL back into use, while its approval lasts; first, what that would change."""
    from riskbench.governance.approval import rollback as roll_back
    from riskbench.governance.approval import way_back

    here = office()
    live, earlier = way_back(here, model, to)
    click.echo(_effect(here.reports / live.run, here.reports / earlier.run))
    if not yes:
        click.confirm(f"Take version {earlier.number} of {model} back into use?", abort=True)
    _told(roll_back(here, hand(person), model, because, to), here)


def _effect(before: Path, after: Path) -> str:
    """What a switch would change; where that cannot be told, why: a rollback must not wait for it."""
    from riskbench.core.errors import RiskbenchError
    from riskbench.pipeline.switching import effect_of_switch, effect_text

    try:
        return effect_text(effect_of_switch(before, after))
    except RiskbenchError as error:
        return f"What this would change cannot be shown: {error}"


@click.command()
@RUN
@click.option("--head", default="", metavar="HASH", help="A head of the ledger that must be in it: from a dossier.")
def signatures(folder: Path, head: str) -> None:
    """Check every signature of a run, and everything that they stand on."""
    from riskbench.core.errors import CannotRun
    from riskbench.core.files import sha256
    from riskbench.core.ledger import read_chain
    from riskbench.governance.manifest import MANIFEST
    from riskbench.governance.signing.acting import take_note
    from riskbench.governance.signing.check import check_signatures
    from riskbench.governance.signing.covered import may_be_signed_for
    from riskbench.governance.signing.trust import LEDGER_FILE

    manifest = folder / MANIFEST
    here = office()
    if not folder.is_dir():
        raise CannotRun(f"no run at {folder}")
    held = sha256(manifest) if manifest.is_file() else ""
    found, problems = check_signatures(here.registry.folder, folder.resolve(), held, here.trust, head)
    for s in found:
        state = f"BAD: {s.problem}" if s.problem else "good"
        click.echo(f"{s.at:%Y-%m-%d %H:%M} UTC  {s.person} as {s.role}: {s.act} (entry {s.line}): {state}")
        for condition in s.conditions:
            click.echo(f"    condition: {condition}")
        if s.expires:
            click.echo(f"    expires: {s.expires}")
    for file, problem in problems.items():
        click.echo(f"{file}: {problem}")
    altered = [file for file, problem in problems.items() if not may_be_signed_for(problem)]
    if altered or not all(s.holds for s in found):
        raise click.exceptions.Exit(said("What was signed is not what lies here.", 1))
    if not found:
        raise click.exceptions.Exit(said("Nobody has signed this run.", 1))
    take_note(here)
    head = read_chain(here.registry.folder / LEDGER_FILE).head
    click.echo(f"All {len(found)} signatures hold. Head of the ledger: {head}")
    if problems:
        click.echo(
            f"Newer than the last signature, {len(problems)} record(s): their names above are what people typed."
        )
    click.echo(
        "Not detected: a return of the whole registry to an earlier state, where this machine has not seen the later "
        "one; with --head, from a printed dossier, that is found too."
    )
