"""The decision service, and the keys that open it."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskbench.cli.desk import DATE
from riskbench.core.errors import CannotRun
from riskbench.core.project import Project, find_project

if TYPE_CHECKING:
    from riskbench.service.api_keys import KeyFile

FILE = click.Path(path_type=Path)
SCOPES = click.Choice(["decide", "read", "override", "admin"])


@click.command()
@click.option("--study", default="", metavar="NAME", help="Serve the version in use, as the registry has it.")
@click.option("--bundle", type=FILE, metavar="FILE|RUN", help="Serve a bundle nobody need have approved.")
@click.option("--sha256", default="", metavar="ADDRESS", help="The address that --bundle must have.")
@click.option("--bundles", type=FILE, metavar="FOLDER", help="A folder from which a hot switch may load.")
@click.option("--shadow", "shadows", type=FILE, multiple=True, metavar="FILE|RUN", help="Decides beside; repeatable.")
@click.option("--log", default="", metavar="URL", help="The decision log [default: SQLite in .riskbench/].")
@click.option("--rules", type=FILE, metavar="FOLDER", help="The study whose rules watch [default: of --study].")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address that it listens at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any that is free.")
@click.option("--rate", default=200.0, show_default=True, type=click.FloatRange(0), help="Requests a second and key.")
@click.option("--burst", default=400, show_default=True, type=click.IntRange(1), help="Requests at once and key.")
@click.option("--body-seconds", default=10.0, show_default=True, type=click.FloatRange(0.05), help="For a body.")
@click.option("--every", default=3.0, show_default=True, type=click.FloatRange(0.05), help="Seconds between looks.")
@click.option("--idle-minutes", default=15.0, show_default=True, type=click.FloatRange(0.01), help="Of a reviewer.")
@click.option("--four-eyes", type=click.FloatRange(0), metavar="AMOUNT", help="Above it, two reviewers must agree.")
def serve(study: str, bundle: Path | None, **options: Any) -> None:
    """Decide applications over HTTP, one at a time or a hundred, each written down before it is answered."""
    if bool(study) == (bundle is not None):
        raise click.UsageError("name what decides: either --study NAME or --bundle FILE")
    if options["sha256"] and bundle is None:
        raise click.UsageError("--sha256 is the address of --bundle")
    if study and options["bundles"]:
        raise click.UsageError("--bundles is for --bundle: with --study the registry says what is in use")
    project = find_project()
    if study and not (project.data / study).is_dir():
        raise CannotRun(f"there is no study {study} in {project.data}")
    if study and options["rules"] is None and (project.data / study / "warnings.yaml").is_file():
        options["rules"] = project.data / study
    try:
        from riskbench.decision.log.places import bundle_shelf, log_url, token_key
        from riskbench.governance.signing.keyfile import trust_file
        from riskbench.monitoring.alerts.settings import load_settings
        from riskbench.monitoring.places import monitoring_url
        from riskbench.pipeline.bundles import bundle_file
        from riskbench.service.following import Registry
        from riskbench.service.serving import serve as served
        from riskbench.service.settings import Settings
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("riskbench"):
            raise
        raise CannotRun(f'the service needs {error.name}: pip install "riskbench[serve]"') from error
    options["shadows"] = tuple(bundle_file(shadow) for shadow in options["shadows"])
    settings = Settings(
        study=study,
        bundle=bundle and bundle_file(bundle),
        **options | {"log": options["log"] or log_url(project)},
        feeds=project.data / study if study else None,
        keys=_key_path(project),
        tokens=token_key(project),
        runs=project.reports,
        monitoring=monitoring_url(project),
        alerts=load_settings(project.root),
        shelf=bundle_shelf(project),
    )
    registry = Registry(project.registry, project.reports, study, trust_file(project.root)) if study else None
    served(settings, registry, lambda sentence: click.echo(sentence, err=True))


@click.group()
def apikey() -> None:
    """Keys of the decision service: made, listed, revoked; a running service takes note at once."""


@apikey.command()
@click.option("--name", required=True, help="Who holds it: letters, digits, dots and dashes. Stands in the log.")
@click.option("--scope", "scopes", type=SCOPES, multiple=True, required=True, help="What it may do; repeatable.")
@click.option("--expires", type=DATE, help="The last day on which it opens anything (UTC).")
def new(name: str, scopes: tuple[Any, ...], expires: dt.datetime | None) -> None:
    """Make a key. It is printed once, alone on standard output, and kept nowhere."""
    keys = _keys()
    key, text = keys.new(name, scopes, expires.date() if expires else None)
    until = f"until {key.expires}" if key.expires else "until it is revoked"
    click.echo(f"Key {key.id} of {key.name} may {', '.join(key.scopes)}, {until}. It is shown this once:", err=True)
    click.echo(text)


@apikey.command("list")
def list_() -> None:
    """List the keys: id, name, scopes, days. No secret is in it."""
    keys = _keys()
    used, today = keys.last_used(), dt.datetime.now(dt.UTC).date()
    for key in keys.entries():
        state = f"revoked {key.revoked}" if key.revoked else "in use" if key.usable(today) else "expired"
        until = f", expires {key.expires}" if key.expires else ""
        last = f"last used {used[key.id]}" if key.id in used else "never used"
        click.echo(f"{key.id}  {key.name}  {', '.join(key.scopes)}  made {key.created}{until}, {last}: {state}")


@apikey.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Revoke the keys of a name, or the one of an id."""
    for key in _keys().revoke(name):
        click.echo(f"Key {key.id} of {key.name} is revoked.")


def _key_path(project: Project) -> Path:
    return project.pseudonym_key.with_name("api_keys.json")


def _keys() -> "KeyFile":
    from riskbench.service.api_keys import KeyFile

    return KeyFile(_key_path(find_project()))
