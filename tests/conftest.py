"""Fixtures that every room's tests share."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def absent(what: str) -> None:
    """Skip visibly without `what`, or fail where everything is required (CI)."""
    if os.environ.get("RISKBENCH_REQUIRE_ALL") == "1":
        pytest.fail(f"RISKBENCH_REQUIRE_ALL=1, but there is no {what}")
    pytest.skip(f"needs {what}")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of published loan data beside the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        absent("../shared/data")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser."""
    browser = shutil.which("chromium")
    if browser is None:
        absent("chromium")
    return str(browser)
