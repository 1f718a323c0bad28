"""The inventory of models: what is in it, what is due, and what happened; registering, changing and reviewing."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskbench.cli.records import DAY, PERSON, now, of_the_registry, table
from riskbench.cli.telling import said, shown
from riskbench.core.project import find_project

if TYPE_CHECKING:
    from riskbench.governance.registry.records import Model, Tier
    from riskbench.governance.registry.store import Registry


@click.group(invoke_without_command=True)
@click.pass_context
def inventory(context: click.Context) -> None:
    """The models, their versions and states, what weighs against them, and what is due."""
    if context.invoked_subcommand is None:
        _list(of_the_registry())


def _list(registry: "Registry") -> None:
    models, on = registry.models(), now().date()
    if not models:
        click.echo("No model is registered yet. Next: riskbench inventory register RUN --owner NAME --by NAME")
        return
    heads = ("model", "tier", "owner", "state", "versions", "findings", "next review", "approved until")
    click.echo(table(heads, [_row(registry, model, on) for model in models]))


def _row(registry: "Registry", model: "Model", on: dt.date) -> Sequence[str]:
    from riskbench.governance.registry.deadlines import next_review, overdue, weighs

    versions, exceptions = registry.versions(model.id), registry.exceptions(model.id)
    weighing = [f for f in registry.findings(model.id) if weighs(f, exceptions, on)]
    counts = [(name, sum(f.severity == name for f in weighing)) for name in ("high", "medium", "low")]
    late = sum(overdue(f, on) > 0 for f in weighing)
    found = ", ".join(f"{n} {name}" for name, n in counts if n) or "none"
    review = next_review(model, registry.reviews(model.id))
    when = f"{review.due}{', overdue' if overdue(review, on) else ''}" if review else "none planned"
    ends = [v for v in versions if v.expires and v.state in ("approved", "live", "stopped")]
    until = f"{ends[-1].expires}{', expired' if overdue(ends[-1], on) else ''}" if ends else ""
    return (
        model.id,
        str(model.tier),
        model.owner,
        model.state.replace("_", " "),
        ", ".join(f"{v.number} {v.state.replace('_', ' ')}" for v in versions),
        f"{found}{f', {late} overdue' if late else ''}",
        when,
        until,
    )


@inventory.command()
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--by", type=PERSON, required=True, help="Who registers it.")
@click.option("--owner", type=PERSON, help="Who answers for the model; needed where it is new.")
@click.option("--model", metavar="ID", type=PERSON, help="The model [default: the name of the study].")
@click.option("--purpose", help="What it is for [default: as the study says].")
@click.option("--tier", type=click.IntRange(1, 3), help="Another tier than the rule proposes; 1 matters most.")
@click.option("--because", default="", help="Why another tier.")
@click.option("--used-by", multiple=True, metavar="TEXT", help="Who or what uses it; repeatable.")
def register(
    run: Path,
    by: str,
    owner: str | None,
    model: str | None,
    purpose: str | None,
    tier: "Tier | None",
    because: str,
    used_by: Sequence[str],
) -> None:
    """Put a finished run forward as the next version of a model; each check that fails opens a draft finding."""
    from riskbench.pipeline.registering import Wanted, register

    wanted = Wanted(by, now(), owner, model, purpose, tier, because, used_by)
    done = register(of_the_registry(), run, wanted)
    kept = "as the rule proposes" if done.model.tier == done.model.tier_proposed else "set by a person"
    click.echo(
        f"{done.version.run} is version {done.version.number} of {done.model.id}, tier {done.model.tier} ({kept}):"
    )
    for reason in done.model.tier_because:
        click.echo(f"  - {reason}")
    for finding in done.opened:
        click.echo(f"{finding.id} [draft, {finding.severity}] {finding.title}")
    for finding in done.linked:
        click.echo(f"{finding.id} [{finding.state}, {finding.severity}] {finding.title}: fails in this version too")
    for finding in done.mended:
        click.echo(f"{finding.id} [{finding.state}, {finding.severity}] {finding.title}: does not fail in this version")
    for review in done.reviews:
        click.echo(f"Review planned ({review.kind}): {review.due}")


@inventory.command()
@click.argument("model")
def show(model: str) -> None:
    """Show all about one model: purpose, tier and why, dependencies, versions, findings, exceptions, reviews."""
    from riskbench.governance.registry.telling import model_told

    click.echo("\n".join(model_told(of_the_registry(), model, now().date())))


@inventory.command("set")
@click.argument("model")
@click.option("--by", type=PERSON, required=True, help="Who changes it.")
@click.option("--because", required=True, help="Why.")
@click.option("--owner", type=PERSON, help="Who answers for it from now on.")
@click.option("--title", help="What it is called.")
@click.option("--purpose", help="What it is for.")
@click.option("--tier", type=click.IntRange(1, 3), help="Its tier; the reason is printed with it.")
@click.option("--used-by", multiple=True, metavar="TEXT", help="Who or what uses it; repeatable, replaces all.")
@click.option("--depends-on", multiple=True, metavar="TEXT", help="One thing more that it needs, as `model: x`.")
@click.option("--retire", is_flag=True, help="Take it out of use for good.")
def set_(
    model: str,
    by: str,
    because: str,
    owner: str | None,
    title: str | None,
    purpose: str | None,
    tier: "Tier | None",
    used_by: Sequence[str],
    depends_on: Sequence[str],
    retire: bool,
) -> None:
    """Change what the inventory says of a model."""
    from riskbench.governance.registry.acting import Act, retire_model, set_model
    from riskbench.governance.registry.tiers import reasons

    registry, act = of_the_registry(), Act(by, because, now())
    before = registry.model(model)
    given = {"owner": owner, "title": title, "purpose": purpose, "tier": tier, "used_by": [*used_by] or None}
    values = {key: value for key, value in given.items() if value is not None}
    if tier is not None:
        values["tier_because"] = reasons(before, tier, by, because)
    if depends_on:
        values["depends_on"] = [*before.depends_on, *(line for line in depends_on if line not in before.depends_on)]
    if not values and not retire:
        raise click.UsageError("nothing to change: name an option such as --owner or --tier")
    changed = set_model(registry, model, values, act) if values else before
    changed = retire_model(registry, model, act) if retire else changed
    click.echo(f"{model}: {changed.history[-1].because}" if changed != before else f"{model} is so already.")


@inventory.command()
@click.argument("model")
@click.option("--done", is_flag=True, help="The review due first is done.")
@click.option("--outcome", help="What came of it.")
@click.option("--plan", type=DAY, metavar="DAY", help="Plan one more review for this day.")
@click.option("--what", default="Looked at again on request", show_default=True, help="What is looked at.")
@click.option("--kind", type=click.Choice(["annual", "monitoring", "condition", "ad_hoc"]), help="Which kind.")
@click.option("--by", type=PERSON, help="Who did it; needed with --done.")
def review(
    model: str, done: bool, outcome: str | None, plan: dt.date | None, what: str, kind: str | None, by: str | None
) -> None:
    """Show the review calendar of a model, say that a review is done, or plan one more."""
    from riskbench.governance.registry.acting import Act, finish_review, plan_review
    from riskbench.governance.registry.records import Review
    from riskbench.governance.registry.states import made
    from riskbench.governance.registry.telling import review_told

    registry, at = of_the_registry(), now()
    if done and (not by or not (outcome or "").strip()):
        raise click.UsageError("--done needs --outcome TEXT and --by NAME")
    if done:
        finished, following = finish_review(registry, model, kind, Act(str(by), str(outcome), at))
        click.echo(review_told(finished, at.date()))
        for next_ in following:
            click.echo(f"Next: {review_told(next_, at.date())}")
    if plan:
        planned = made(Review, {"model": model, "kind": kind or "ad_hoc", "due": plan, "what": what})
        click.echo(review_told(plan_review(registry, planned), at.date()))
    if not done and not plan:
        registry.model(model)
        for known in registry.reviews(model):
            click.echo(review_told(known, at.date()))


@inventory.command("log")
@click.argument("model")
def log_(model: str) -> None:
    """Tell what happened to a model, in order of time, and what changed from each version to the next."""
    from riskbench.governance.registry.log import log
    from riskbench.pipeline.version_changes import changes

    registry, reports = of_the_registry(), find_project().reports
    for entry in log(registry, model):
        click.echo(f"{entry.at:%Y-%m-%d %H:%M} {entry.what}: {entry.change}, by {entry.by}: {entry.because}")
    versions = registry.versions(model)
    for old, new in pairwise(versions):
        click.echo(f"\nFrom version {old.number} to version {new.number}")
        if absent := [v.run for v in (old, new) if not (reports / v.run).is_dir()]:
            click.echo(f"  not compared: the run {absent[0]} is not below {shown(reports)}/")
            continue
        for part, was, now_ in changes(reports / old.run, reports / new.run).itertuples(index=False):
            click.echo(f"  {part}: {was} -> {now_}")


@inventory.command()
@click.argument("kind", required=False, type=click.Choice(["model", "version", "finding", "exception"]))
def states(kind: str | None) -> None:
    """Print which state may follow which, who decides so, and what must be given."""
    from riskbench.governance.registry.drawing import drawn
    from riskbench.governance.registry.states import GRAPHS

    click.echo("\n\n".join(drawn(graph) for graph in GRAPHS.values() if kind in (None, graph.kind)))


@inventory.command()
def check() -> None:
    """Read every record, and say what does not fit together."""
    from riskbench.governance.registry.consistency import disagreements

    registry = of_the_registry()
    found = disagreements(registry, now().date())
    for line in found:
        click.echo(line)
    if found:
        raise click.exceptions.Exit(said(f"{len(found)} disagreement(s) between the records", 1))
    click.echo(f"{len(registry.listed())} records are whole, and agree with each other.")


@inventory.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--by", type=PERSON, required=True, help="Who edited it.")
@click.option("--because", required=True, help="Why it was edited by hand.")
def seal(file: Path, by: str, because: str) -> None:
    """Keep a record that was edited by hand: its history says so, and its seal is made anew."""
    from riskbench.governance.registry.acting import Act, accept_edit

    accept_edit(of_the_registry(), file, Act(by, because, now()))
    click.echo(f"{shown(file)}: kept as edited by {by}")
