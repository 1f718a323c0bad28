"""The default study as it is described in this project."""

from pathlib import Path

import pytest

from riskbench.data.study import Study, load_study


@pytest.fixture(scope="session")
def microloan() -> Study:
    return load_study(Path(__file__).parents[2] / "data" / "microloan" / "study.toml")
