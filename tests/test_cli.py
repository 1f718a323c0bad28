"""The command line: what it says, and with which exit code."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from riskbench import __version__
from riskbench.cli import commands

Command = Callable[..., subprocess.CompletedProcess[str]]


def below(command: click.Command, path: tuple[str, ...] = ()) -> list[list[str]]:
    """A command and all below it, each by the words that call it."""
    parts = command.commands.items() if isinstance(command, click.Group) else ()
    return [list(path), *(words for name, part in parts for words in below(part, (*path, name)))]


COMMANDS = below(commands)


@pytest.fixture
def call(make_project: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RISKBENCH_HOME", str(make_project(tmp_path / "project")))
    return lambda *arguments: CliRunner().invoke(commands, arguments)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(command: list[str], flag: str) -> None:
    told = CliRunner().invoke(commands, [*command, flag])
    assert told.exit_code == 0
    assert told.output.startswith("Usage:")
    described = [line for line in told.output.splitlines() if line.startswith("  ") and line.strip()[0] != "-"]
    assert described


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_option_has_a_help_text(command: list[str]) -> None:
    found = commands
    for name in command:
        found = found.commands[name]
    assert found.help
    assert [p.name for p in found.params if isinstance(p, click.Option) and not p.help] == []


def test_the_version_is_that_of_the_package() -> None:
    assert CliRunner().invoke(commands, ["--version"]).output == f"riskbench, version {__version__}\n"


def test_the_studies_are_listed_with_the_state_of_their_data(call) -> None:
    told = call("data", "list")
    assert (told.exit_code, told.output) == (
        0,
        "microloan    Micro-loans, a synthetic portfolio [made by the first run]\n",
    )


def test_a_study_is_described_with_its_default_definition_and_every_column(call) -> None:
    told = call("data", "describe", "microloan").output
    for part in (
        "Purpose: ",
        "30 days past due",
        "applications.parquet",
        "identifier",
        "protected",
        "engineered features",
    ):
        assert part in told


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["data", "describe", "mortgages"], "no study 'mortgages'; there are: microloan"),
        (["data", "add", "microloan"], "is not one of published data"),
        (["verify", "reports/absent"], "no run at reports/absent"),
        (["verify", "notebooks"], "is not a finished run"),
        (["compare", "notebooks", "notebooks"], "is not a finished run"),
        (["verify"], "Missing argument 'RUN'"),
        (["runn"], "No such command 'runn'"),
        (["run", "--fast"], "No such option"),
    ],
)
def test_what_cannot_run_exits_2_with_one_sentence(
    finished, riskbench: Command, arguments: list[str], problem: str
) -> None:
    done = riskbench(*arguments, cwd=finished.project)
    assert done.returncode == 2
    assert problem in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["compare", "reports/first", "reports/first"], "figures match."),
        (["data", "describe", "microloan"], "Purpose: "),
        (["export", "reports/first"], '"binning": {'),
    ],
)
def test_a_command_needs_nothing_that_another_has_imported(
    finished, in_a_process: Command, arguments: list[str], says: str
) -> None:
    done = in_a_process(*arguments, cwd=finished.project)
    assert done.returncode == 0, done.stderr
    assert says in done.stdout


def test_outside_a_project_every_command_says_so(in_a_process: Command, tmp_path: Path) -> None:
    done = in_a_process("data", "list", cwd=tmp_path)
    assert done.returncode == 2
    assert "no riskbench project at or above" in done.stderr
    assert "RISKBENCH_HOME" in done.stderr


def test_a_project_is_found_from_a_folder_inside_it(finished, in_a_process: Command) -> None:
    done = in_a_process("data", "list", cwd=finished.project / "reports" / "first" / "artifacts")
    assert done.returncode == 0
    assert "[here]" in done.stdout
