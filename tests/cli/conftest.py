"""A project with two runs that may be registered, and the commands called in it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from riskbench.core.evidence import Evidence
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds


def auc(value: float) -> Evidence:
    limit = Thresholds()["validation.auc"]
    return Evidence.of("validation", CheckResult("champion.auc.test", "Area under the curve", Estimate(value), limit))


@pytest.fixture
def home(tmp_path: Path, sealed_run: Callable[..., Path]) -> Path:
    (tmp_path / "notebooks").mkdir()
    sealed_run(tmp_path / "reports" / "loans-1", [auc(0.5)])
    sealed_run(tmp_path / "reports" / "loans-2", [auc(0.51)], settings={"features": {"max_bins": 5}})
    return tmp_path


@pytest.fixture
def call(home: Path, riskbench: Callable[..., subprocess.CompletedProcess]) -> Callable[..., str]:
    """Call a command: `call("inventory", "check")` gives what it prints; `call(..., code=1)` what it says on the way out."""

    def with_code(*words: str, code: int = 0) -> str:
        done = riskbench(*words, cwd=home)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stderr if code else done.stdout

    return with_code


@pytest.fixture
def registered(call: Callable[..., str]) -> Callable[..., str]:
    """The same, with the first run registered."""
    call("inventory", "register", "reports/loans-1", "--by", "li", "--owner", "wang")
    return call
