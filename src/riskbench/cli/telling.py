"""What every command says in the same way: a path, its own name, and a sentence on the way out."""

import shutil
import sys
from contextlib import suppress
from pathlib import Path

import click


def shown(path: Path) -> str:
    """A path as the reader would type it from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def me() -> str:
    """How the reader calls this command from here."""
    called = Path(sys.argv[0]).absolute()
    return "riskbench" if shutil.which("riskbench") or called.name != "riskbench" else shown(called)


def said(sentence: str, code: int) -> int:
    """Say why on the way out, and give the exit code back."""
    with suppress(OSError):  # nobody may be left to hear it
        click.echo(sentence, err=True)
    return code
