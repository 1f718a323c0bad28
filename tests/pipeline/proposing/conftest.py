"""A small project with a champion, and a proposal made against it: real runs, of the stages that a proposal reads."""

import datetime as dt
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from riskbench.core.project import Project
from riskbench.pipeline.proposing.proposal import Perform, Proposal, Wanted, propose
from riskbench.pipeline.proposing.written import write_proposal

Command = Callable[..., subprocess.CompletedProcess[str]]
AS_OF = dt.date(2025, 12, 31)


def performing(project: Project, command: Command) -> Perform:
    """Runs the stages that a proposal reads, in a process of their own."""

    def perform(file: Path, folder: Path) -> None:
        done = command("run", "--study", str(file), "--only", "policy", "--out", str(folder), cwd=project.root)
        assert done.returncode == 0, done.stdout + done.stderr

    return perform


@dataclass(frozen=True)
class Championed:
    """A project, and the folder of its champion's run. Only read it."""

    project: Project
    champion: Path


@pytest.fixture(scope="session")
def championed(made_once: Callable[..., Path], make_project: Callable[..., Path], in_a_process: Command) -> Championed:
    """A project of 5,000 applications with a champion."""

    def make(root: Path) -> None:
        project = Project(make_project(root))
        performing(project, in_a_process)(project.data / "microloan" / "study.toml", project.reports / "champion")

    project = Project(made_once("championed", make))
    return Championed(project, project.reports / "champion")


@pytest.fixture(scope="session")
def proposal(championed: Championed, in_a_process: Command, tmp_path_factory: pytest.TempPathFactory) -> Proposal:
    """A proposal of two years of closed months, written down."""
    folder = tmp_path_factory.mktemp("proposed") / "proposal"
    wanted = Wanted("microloan", AS_OF, 24, championed.champion, folder)
    made = propose(championed.project, wanted, performing(championed.project, in_a_process))
    write_proposal(made)
    return made
