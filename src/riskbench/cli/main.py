"""The commands in one group, and the door out: whatever goes wrong is a sentence with its exit code."""

import datetime as dt
import io
import os
import sys
import traceback
from pathlib import Path

import click

from riskbench import __version__
from riskbench.cli import (
    alerting,
    deciding,
    dossier,
    exporting,
    findings,
    keys,
    monitoring,
    proposing,
    registry,
    replaying,
    running,
    serving,
    signing,
    studies,
    switching,
    verifying,
)
from riskbench.cli.telling import said, shown
from riskbench.core.errors import MachineError, RiskbenchError, StageFailed, explained
from riskbench.core.files import write_text
from riskbench.core.project import find_project

COMMANDS: tuple[click.Command, ...] = (
    running.run,
    verifying.verify,
    verifying.compare,
    verifying.rerun,
    exporting.export,
    switching.effect,
    deciding.decide,
    dossier.dossier,
    dossier.portfolio,
    studies.new,
    studies.data,
    running.lab,
    registry.inventory,
    findings.finding,
    findings.exception,
    keys.keys,
    signing.sign,
    signing.approve,
    signing.promote,
    signing.stop,
    signing.rollback,
    signing.signatures,
    serving.serve,
    serving.apikey,
    replaying.replay,
    replaying.decisions,
    proposing.propose,
    proposing.feedback,
    monitoring.monitor,
    alerting.alerts,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="riskbench")
def commands() -> None:
    """From a loan tape to a regulator's dossier, re-performable in one command."""


for _command in COMMANDS:
    commands.add_command(_command)


def main() -> None:
    """Run the command line; an error is a sentence, with its exit code, and never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may lack the letters of a name
    try:
        code = commands.main(standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        code = 2
    except (click.Abort, KeyboardInterrupt) as error:
        cause = error.__cause__  # to click, the end of a file that is cut short is an interruption as well
        code = _fault(cause) if isinstance(cause, EOFError) else said("riskbench: interrupted", 1)
        exec("")  # an interrupted exec (dataclasses have one) is remembered till the next: `-m` would die of the signal
    except RiskbenchError as error:
        code = said(f"riskbench: {error}{_where_to_look(error)}", error.exit_code)
    except (OSError, MemoryError) as error:
        code = said(f"riskbench: {explained(error)}", MachineError.exit_code)
    except Exception as error:
        code = _fault(error)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError:  # its disk is full or its reader is gone: the interpreter would say so once more
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)


def _where_to_look(error: RiskbenchError) -> str:
    kept = isinstance(error, StageFailed) and error.notebook
    return f"\nThe notebook, up to there: {shown(Path(kept))}" if kept else ""


def _fault(error: BaseException) -> int:
    """Say that an error is not the user's, and keep its traceback for whoever mends it."""
    story = "".join(traceback.format_exception(error))
    what = f"riskbench: this is a fault of riskbench: {type(error).__name__}: {error}."
    if os.environ.get("RISKBENCH_DEBUG"):
        return said(f"{what}\n{story}", 1)
    try:
        file = find_project().errors / f"{dt.datetime.now():%Y%m%d-%H%M%S-%f}.txt"
        write_text(file, story)
    except (RiskbenchError, OSError):
        return said(f"{what} Please report it; with RISKBENCH_DEBUG=1 the same command says more.", 1)
    return said(f"{what} Please report it with {shown(file)}.", 1)
