"""Whoever renews the hashes after a change is found where two files of the run say the same thing."""

import datetime as dt
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from riskbench.core.files import write_json
from riskbench.governance.manifest import read_manifest
from riskbench.pipeline.reperformance.claims import broken_claims

TOMORROW = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat(timespec="seconds")


def log_with(run: Path, line: int, **changes: Any) -> None:
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    lines[line] |= changes
    (run / "log.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def log_line_more(run: Path, **changes: Any) -> None:
    lines = (run / "log.jsonl").read_text().splitlines(keepends=True)
    more = json.dumps(json.loads(lines[2]) | changes)
    (run / "log.jsonl").write_text("".join([*lines[:3], f"{more}\n", *lines[3:]]))


def appended(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def evidence_with(run: Path, **changes: Any) -> None:
    evidence = json.loads((run / "evidence.json").read_text())
    figure = next(e for e in evidence if e["inputs"] and e["cell"])
    figure |= changes
    write_json(run / "evidence.json", evidence)


def added_to_the_archive(run: Path, name: str) -> None:
    with zipfile.ZipFile(run / "code.zip", "a") as archive:
        archive.writestr(name, "print('something else is run')")


def table_exchanged(run: Path) -> None:
    index = run / "artifacts" / "intake" / "outputs.json"
    outputs = json.loads(index.read_text())
    outputs["tables"]["applications.parquet"]["sha256"] = "0" * 64
    write_json(index, outputs)


CHANGES: dict[str, tuple[str, str, Callable[[Path], Any]]] = {
    "archive replaced": ("code.zip", "no archive", lambda run: (run / "code.zip").write_text("no archive")),
    "code added beside the package": (
        "code.zip, src/sitecustomize.py",
        "no run writes such a file",
        lambda run: added_to_the_archive(run, "src/sitecustomize.py"),
    ),
    "code added to the package": (
        "code.zip, src/riskbench/",
        "not what the manifest says",
        lambda run: added_to_the_archive(run, "src/riskbench/more.py"),
    ),
    "study beside": ("study.toml", "not what the manifest", lambda run: appended(run / "study.toml", "# x\n")),
    "log emptied": ("log.jsonl", "begin and end with the run", lambda run: (run / "log.jsonl").write_text("")),
    "log no log": ("log.jsonl", "no log that can be read", lambda run: (run / "log.jsonl").write_text("x\n")),
    "log with other parameters": ("log.jsonl", "parameters of intake", lambda run: log_with(run, 1, parameters={"split": 3})),
    "log of other data": ("log.jsonl", "begin and end with the run", lambda run: log_with(run, 0, sha256="0" * 64)),
    "log with another outcome": ("log.jsonl", "how intake came about", lambda run: log_with(run, 2, outcome="by hand")),
    "log of another stage": ("log.jsonl", "what the manifest does not: policy", lambda run: log_line_more(run, stage="policy")),
    "log out of order": ("log.jsonl", "do not follow", lambda run: log_with(run, 1, at="2020-01-01T00:00:00Z")),
    "log of the future": ("log.jsonl", "ends in the future", lambda run: log_with(run, 3, at=TOMORROW)),
    "evidence from no cell": ("evidence.json", "names the cell nowhere", lambda run: evidence_with(run, cell="nowhere")),
    "evidence from no table": (
        "evidence.json",
        "names a hash of a.parquet",
        lambda run: evidence_with(run, inputs=[{"table": "a.parquet", "sha256": "0" * 64}]),
    ),
    "evidence broken": ("evidence.json", "cannot be read", lambda run: evidence_with(run, value="x", kind="nothing")),
    "index of tables": ("artifacts/intake/applications.parquet", "not the table that outputs.json", table_exchanged),
}  # fmt: skip


def test_a_figure_may_rest_on_the_lock_of_the_run(small: Path, resealed: Callable) -> None:
    lock = resealed(small).lock_sha256
    evidence_with(small, inputs=[{"table": "requirements.lock", "sha256": lock}])
    assert not broken_claims(small, resealed(small))


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_under_fresh_hashes_is_found_and_its_file_named(small: Path, resealed: Callable, name: str) -> None:
    file, problem, change = CHANGES[name]
    change(small)
    broken = broken_claims(small, resealed(small))
    assert problem in broken.get(file, ""), broken


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[1]", b"\xff{", b"[" * 100_000], ids=["empty", "null", "list", "no text", "nested"]
)
@pytest.mark.parametrize("file", ["code.zip", "evidence.json", "intake.ipynb", "log.jsonl", "study.toml"])
def test_any_content_under_fresh_hashes_is_told_and_never_an_error(
    small: Path, resealed: Callable, file: str, content: bytes
) -> None:
    (small / file).write_bytes(content)
    broken = broken_claims(small, resealed(small))
    assert broken.keys() & {file, "evidence.json"}, broken


@pytest.mark.parametrize(
    ("claim", "problem"),
    [
        ({"created": TOMORROW}, "created in the future"),
        ({"created": "2025-01-01T00:00:00+00:00"}, "created is not when the log begins"),
        ({"created": "yesterday"}, "created is no time with its zone"),
        ({"settings": {"intake": {"split": 5}}}, "the setting intake.split is not what the stage ran with"),
        ({"seeds": {"intake": 7}}, "the seeds are not those of the stages"),
        ({"notebooks": {}}, "the notebooks are not those of the stages"),
    ],
)
def test_a_manifest_that_contradicts_itself_is_found(
    small: Path, resealed: Callable, claim: dict, problem: str
) -> None:
    assert broken_claims(small, resealed(small, **claim))["manifest.json"].startswith(problem)


def test_a_rerun_in_a_name_that_the_log_does_not_know_is_found(small: Path, resealed: Callable) -> None:
    claim = {"rerun": {"of": "another", "manifest_sha256": "0" * 64, "by": "nobody-known"}}
    assert "the log names somebody else" in broken_claims(small, resealed(small, **claim))["log.jsonl"]


def test_an_untouched_run_contradicts_nothing(one_stage: Path, finished: Any) -> None:
    for run in (one_stage, finished.folder):
        assert broken_claims(run, read_manifest(run)) == {}
