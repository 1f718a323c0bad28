"""What was found wrong in models, and what is set aside for a time."""

import datetime as dt

import click

from riskbench.cli.records import DAY, PERSON, now, of_the_registry, table


@click.group()
def finding() -> None:
    """What was found wrong in a model: who mends it, by when, and where it stands."""


@finding.command("list")
@click.option("--model", metavar="ID", help="Of this model alone.")
@click.option("--state", help="In this state alone.")
def list_findings(model: str | None, state: str | None) -> None:
    """List the findings, those that weigh most first."""
    from riskbench.governance.registry.deadlines import finding_told, weighs
    from riskbench.governance.registry.states import FINDING

    if state is not None and state not in FINDING.states:
        raise click.UsageError(f"--state {state}: a finding is {', '.join(FINDING.states)}")
    registry, on = of_the_registry(), now().date()
    if model is not None:
        registry.model(model)
    exceptions = registry.exceptions()
    found = [f for f in registry.findings(model) if state in (None, f.state)]
    found.sort(key=lambda f: (not weighs(f, exceptions, on), ("high", "medium", "low").index(f.severity)))
    rows = [
        (f.id, f.model, f.severity, finding_told(f, exceptions, on), f.owner or "nobody yet", f.title) for f in found
    ]
    click.echo(table(("finding", "model", "severity", "state", "owner", "title"), rows) if rows else "No finding.")


@finding.command("show")
@click.argument("id_", metavar="ID")
def show_finding(id_: str) -> None:
    """Show a finding with its evidence and its history."""
    from riskbench.governance.registry.telling import finding_lines

    click.echo("\n".join(finding_lines(of_the_registry(), id_.upper(), now().date())))


@finding.command("new")
@click.argument("model")
@click.option("--title", required=True, help="What is wrong, in one line.")
@click.option("--severity", required=True, type=click.Choice(["high", "medium", "low"]), help="How severe it is.")
@click.option("--by", type=PERSON, required=True, help="Who found it.")
@click.option("--owner", type=PERSON, help="Who has to mend it; without owner and day it is a draft.")
@click.option("--due", type=DAY, metavar="DAY", help="By when it is mended.")
@click.option("--text", default="", help="What was seen, and why it matters.")
@click.option("--because", default="found in review", show_default=True, help="How it was found.")
@click.option("--version", type=click.IntRange(1), help="The version that it was found in.")
@click.option("--evidence", default="", metavar="ID", help="The evidence that shows it.")
def new_finding(
    model: str,
    title: str,
    severity: str,
    by: str,
    owner: str | None,
    due: dt.date | None,
    text: str,
    because: str,
    version: int | None,
    evidence: str,
) -> None:
    """Write down what is wrong in a model."""
    from riskbench.governance.registry.acting import Act, raise_finding

    given = {"owner": owner or "", "due": due, "text": text, "version": version, "evidence": evidence}
    values = {"model": model, "title": title, "severity": severity, **given}
    written = raise_finding(of_the_registry(), values, Act(by, because, now()))
    click.echo(f"{written.id} [{written.state}, {written.severity}] {written.title}")


@finding.command("move")
@click.argument("id_", metavar="ID")
@click.argument("state")
@click.option("--by", type=PERSON, required=True, help="Who decides so.")
@click.option("--because", required=True, help="Why.")
@click.option("--owner", type=PERSON, help="Who has to mend it; asked for when a draft is opened.")
@click.option("--due", type=DAY, metavar="DAY", help="By when; asked for when a draft is opened.")
@click.option("--remedy", help="What was done, and what shows it; asked for when it is remediated.")
@click.option("--exception", metavar="ID", help="The exception in force; asked for when it is accepted.")
def move_(
    id_: str,
    state: str,
    by: str,
    because: str,
    owner: str | None,
    due: dt.date | None,
    remedy: str | None,
    exception: str | None,
) -> None:
    """Move a finding to another state; `riskbench inventory states finding` prints what may follow what."""
    from riskbench.governance.registry.acting import Act, move_finding

    given = {"owner": owner, "due": due, "remedy": remedy, "exception": exception}
    values = {key: value for key, value in given.items() if value is not None}
    moved = move_finding(of_the_registry(), id_.upper(), state, values, Act(by, because, now()))
    click.echo(f"{moved.id} is {moved.state.replace('_', ' ')}.")


@finding.command("set")
@click.argument("id_", metavar="ID")
@click.option("--by", type=PERSON, required=True, help="Who changes it.")
@click.option("--because", required=True, help="Why.")
@click.option("--severity", type=click.Choice(["high", "medium", "low"]), help="How severe it is.")
@click.option("--owner", type=PERSON, help="Who has to mend it.")
@click.option("--due", type=DAY, metavar="DAY", help="By when it is mended.")
@click.option("--title", help="What is wrong, in one line.")
@click.option("--text", help="What was seen, and why it matters.")
def set_(
    id_: str,
    by: str,
    because: str,
    severity: str | None,
    owner: str | None,
    due: dt.date | None,
    title: str | None,
    text: str | None,
) -> None:
    """Change what a finding says, in the state that it has; the history keeps what it said."""
    from riskbench.governance.registry.acting import Act, set_finding

    given = {"severity": severity, "owner": owner, "due": due, "title": title, "text": text}
    values = {key: value for key, value in given.items() if value is not None}
    if severity is not None:
        values["severity_because"] = f"Set by {by}: {because}"
    if not values:
        raise click.UsageError("nothing to change: name an option such as --severity or --due")
    changed = set_finding(of_the_registry(), id_.upper(), values, Act(by, because, now()))
    click.echo(f"{changed.id}: {changed.history[-1].because}")


@click.group()
def exception() -> None:
    """Rules, limits and findings that are set aside for a time; a signature grants it."""


@exception.command("list")
@click.option("--model", metavar="ID", help="Of this model alone.")
def list_exceptions(model: str | None) -> None:
    """List the exceptions, and whether each is in force today."""
    from riskbench.governance.registry.deadlines import exception_told

    registry, on = of_the_registry(), now().date()
    if model is not None:
        registry.model(model)
    rows = [
        (e.id, e.model, e.about, exception_told(e, on), e.granted_by or "nobody", e.because)
        for e in registry.exceptions(model)
    ]
    heads = ("exception", "model", "about", "state", "granted by", "because")
    click.echo(table(heads, rows) if rows else "No exception.")


@exception.command("show")
@click.argument("id_", metavar="ID")
def show_exception(id_: str) -> None:
    """Show an exception with its history."""
    from riskbench.governance.registry.telling import exception_lines

    click.echo("\n".join(exception_lines(of_the_registry(), id_.upper(), now().date())))


@exception.command("new")
@click.argument("model")
@click.option("--about", required=True, metavar="ID", help="The finding, check or rule that is set aside.")
@click.option("--because", required=True, help="Why it has to be.")
@click.option("--expires", type=DAY, metavar="DAY", required=True, help="The last day on which it counts.")
@click.option("--by", type=PERSON, required=True, help="Who asks for it.")
@click.option("--compensated-by", default="", metavar="TEXT", help="What makes up for it meanwhile.")
@click.option("--version", type=click.IntRange(1), help="For this version alone.")
def new_exception(
    model: str, about: str, because: str, expires: dt.date, by: str, compensated_by: str, version: int | None
) -> None:
    """Ask for an exception; it counts once an approver has signed it, and until its last day."""
    from riskbench.governance.registry.acting import Act, request_exception

    values = {"model": model, "about": about, "expires": expires, "compensated_by": compensated_by, "version": version}
    asked = request_exception(of_the_registry(), values, Act(by, because, now()))
    click.echo(
        f"{asked.id} [requested] about {asked.about}, until {asked.expires}: an approver other than {by} signs it."
    )
