"""The files around the code: what is installed, pinned, committed and promised."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

import riskbench
from riskbench.cli import commands

ROOT = Path(__file__).parents[1]
HEAVY = {"pandas", "numpy", "scipy", "sklearn", "statsmodels", "matplotlib", "evidently", "fairlearn", "ibis", "duckdb"}
HEAVY |= {"pyarrow", "papermill", "nbconvert", "nbformat", "jupyter_client", "IPython", "pydantic", "sqlglot"}


@pytest.fixture(scope="module")
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def committed() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def lock() -> str:
    return (ROOT / "requirements.lock").read_text("utf-8")


def make_targets() -> set[str]:
    return set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text("utf-8")))


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-")


def test_conda_installs_what_pip_installs(pyproject: dict[str, Any]) -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    pip = next(part["pip"] for part in environment["dependencies"] if isinstance(part, dict))
    assert pip == [*pyproject["project"]["dependencies"], "-e ."]
    assert f"python{pyproject['project']['requires-python']}" in environment["dependencies"]


def test_the_lock_pins_every_package_with_hashes_and_names_no_address() -> None:
    entries = re.split(r"(?m)^(?=[a-zA-Z0-9])", lock())[1:]
    assert len(entries) > 100
    assert [
        entry.split()[0] for entry in entries if not re.search(r"==\S+.*\\\n +--hash=sha256:[0-9a-f]{64}", entry)
    ] == []
    assert not re.search(r"https?://|file://|@ |--index|--find-links|--extra-index|/opt/|/home/|/root/", lock())


def test_the_lock_holds_every_dependency(pyproject: dict[str, Any]) -> None:
    locked = {name_of(line) for line in lock().splitlines() if re.match(r"[a-zA-Z0-9]", line)}
    extras = pyproject["project"]["optional-dependencies"]
    assert {name_of(r) for r in [*pyproject["project"]["dependencies"], *extras["dev"]]} <= locked


def test_no_lock_that_carries_addresses_is_there() -> None:
    assert not {"uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock"} & {Path(path).name for path in committed()}


def test_every_extra_that_is_promised_exists(pyproject: dict[str, Any]) -> None:
    assert {"alerts", "schedule", "serve", "postgres", "spark", "pdf", "dev"} <= pyproject["project"][
        "optional-dependencies"
    ].keys()


def test_ci_calls_lint_and_test_and_requires_everything() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert re.findall(r"(?m)^make (\w+)$", script) == ["lint", "test"]
    assert "RISKBENCH_REQUIRE_ALL=1" in script
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    assert {"lint", "test"} <= make_targets()


def test_every_make_target_is_one_word_and_phony() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"(?m)^\.PHONY: (.+)$", text)
    assert phony
    assert set(phony[1].split()) == make_targets()


def test_the_rooms_are_floors_and_every_room_has_one(pyproject: dict[str, Any]) -> None:
    contract, *_ = pyproject["tool"]["importlinter"]["contracts"]
    floors = [re.findall(r"riskbench\.(\w+)", layer) for layer in contract["layers"]]
    assert floors == [
        ["cli"],
        ["service", "pipeline"],
        ["report"],
        ["monitoring"],
        ["decision", "validation", "governance"],
        ["scorecard"],
        ["data"],
        ["metrics", "privacy"],
        ["core"],
    ]
    package = Path(riskbench.__file__).parent
    rooms = {path.parent.name for path in package.glob("*/__init__.py")} | {
        path.stem for path in package.glob("[!_]*.py")
    }
    assert rooms <= {room for floor in floors for room in floor}


def test_no_circle_of_imports_is_let_in_anywhere(pyproject: dict[str, Any]) -> None:
    *_, circles = pyproject["tool"]["importlinter"]["contracts"]
    assert circles == {"name": circles["name"], "type": "acyclic_siblings", "ancestors": ["riskbench"]}


def test_no_loan_data_no_run_and_no_key_is_committed() -> None:
    assert [
        path for path in committed() if re.search(r"\.(parquet|csv|gz|zip|key|pkl|joblib|duckdb|sqlite)$", path)
    ] == []
    assert [path for path in committed() if path.startswith("reports/") and path != "reports/README.md"] == []
    assert {Path(path).suffix for path in committed() if path.startswith("data/")} <= {".toml", ".yaml", ".md"}


def test_no_large_file_is_committed() -> None:
    sizes = {path: (ROOT / path).stat().st_size for path in committed() if (ROOT / path).is_file()}
    assert [path for path, size in sizes.items() if size > 1_000_000] == []


def documented_commands() -> list[str]:
    lines: list[str] = []
    for path in [ROOT / "README.md", *(ROOT / name for name in ("CONTRIBUTING.md",)), *(ROOT / "docs").glob("*.md")]:
        if path.is_file():
            for block in re.findall(r"(?ms)^```(?:sh|bash|console)?\n(.*?)^```", path.read_text("utf-8")):
                lines += re.findall(r"(?m)^(?:\$ )?((?:\.venv/bin/riskbench|riskbench|make) .*?)(?:  +#.*)?$", block)
    return lines


@pytest.mark.parametrize("line", documented_commands())
def test_every_command_in_the_documentation_exists(line: str) -> None:
    program, *words = shlex.split(line)
    if program == "make":
        assert words[0] in make_targets()
        return
    found: click.Command = commands
    while isinstance(found, click.Group):
        assert words[0] in found.commands, line
        found = found.commands[words.pop(0)]
    known = {option for parameter in found.params for option in parameter.opts}
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md", "README.md"])
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    named = set(re.findall(r"`((?:\w+/)+\w+\.(?:py|toml|md)|\d\d_\w+)`", (ROOT / page).read_text("utf-8")))
    places = [ROOT, ROOT / "src" / "riskbench", *sorted((ROOT / "src" / "riskbench").iterdir())]
    there = {name for name in named if any((place / name).exists() for place in places)}
    assert named - there - {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} == set()


def test_make_docs_makes_every_page_that_says_it_is_made() -> None:
    made = {path.name for path in (ROOT / "docs").glob("*.md") if "<!-- made by" in path.read_text("utf-8")}
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\ndocs:")[2].partition("\n\n")[0]
    assert made == set(re.findall(r"docs/(\w+\.md)", recipe)) == {"features.md", "glossary.md", "registry.md"}
    assert "riskbench.pipeline.schemas" in recipe


def test_the_readme_names_the_commands() -> None:
    assert len(documented_commands()) >= 4


@pytest.mark.parametrize("code", ["import riskbench", "import riskbench.cli", "from riskbench.cli import main; main()"])
def test_nothing_heavy_is_imported_before_it_is_needed(code: str) -> None:
    look = f"import sys; sys.argv = ['riskbench', '--help']\ntry:\n    {code}\nexcept SystemExit: pass\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert loaded & HEAVY == set()


def test_the_package_carries_its_types_schemas_and_thresholds() -> None:
    package = Path(riskbench.__file__).parent
    assert (package / "py.typed").is_file()
    assert (package / "core" / "thresholds.toml").is_file()
    assert len(list((package / "schemas").glob("*.schema.json"))) == 7


def test_the_version_is_written_alike_everywhere(pyproject: dict[str, Any]) -> None:
    assert pyproject["project"]["version"] == riskbench.__version__


def test_every_file_of_the_package_stays_comfortable() -> None:
    package = Path(riskbench.__file__).parent
    assert [p.name for p in package.rglob("*.py") if len(p.read_text("utf-8").splitlines()) >= 400] == []
