"""`riskbench decide`: what is asked for, the summary, and the way out where nothing may be decided."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.core.files import canonical_json
from riskbench.data.study import load_study
from riskbench.decision.bundle.bundle import load_bundle
from riskbench.decision.bundle.making import bundle_of
from riskbench.decision.bundle.parts import MadeFrom
from riskbench.decision.policy.policy import Policy
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.reason_texts import ReasonTexts

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with `bundle.json` and the `in.parquet` that it decides: decline below, approve above 487 points."""
    folder, rng = tmp_path_factory.mktemp("decide"), np.random.default_rng(4)
    (folder / "notebooks").mkdir()  # so that it is a project
    rows = pd.DataFrame(
        {"duration": rng.integers(4, 72, 3_000).astype(float), "amount": rng.uniform(300, 9_000, 3_000)}
    )
    bad = rng.random(3_000) < rows["duration"] / 90
    bands = [
        {"name": "low", "action": "decline", "from": -float("inf"), "to": 487.0},
        {"name": "high", "action": "approve", "from": 487.0, "to": float("inf")},
    ]
    costs = {"lgd": 0.5, "margin": 0.2, "funding_cost": 0.05}
    bundle = bundle_of(
        load_study(ROOT / "data" / "south_german" / "study.toml"),
        Scorecard(WoeBinning(max_bins=3)).fit(rows[["duration"]], bad),
        Policy.model_validate({"schema_version": 2, "bands": bands, "economics": costs}),
        ReasonTexts(),
        steps=pd.DataFrame({"step": ["logit"], "slope": [1.0], "intercept": [0.0], "because": ["for a test"]}),
        made_from=MadeFrom(study="0" * 64, code="1" * 64, data="2" * 64),
    )
    (folder / "bundle.json").write_text(canonical_json(bundle.document), "utf-8")
    rows.assign(id=range(3_000)).to_parquet(folder / "in.parquet")
    return folder


def run(place, *arguments):
    command = [sys.executable, "-m", "riskbench.cli", "decide", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=place, env=os.environ | {"RISKBENCH_HOME": str(place)}
    )


def test_it_decides_and_sums_up_without_a_word_of_any_application(place):
    done = run(place, "--bundle", "bundle.json", "--in", "in.parquet", "--out", "out.parquet", "--keep", "duration")
    got, bundle = pd.read_parquet(place / "out.parquet"), load_bundle(place / "bundle.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3,000 applications decided in ")
    assert f"approve  {(got['action'] == 'approve').sum():>12,}" in done.stdout
    assert bundle.address in done.stdout
    assert list(got.columns[:3]) == ["id", "duration", "action"]
    assert set(got["action"]) == {"approve", "decline"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--in", "in.parquet", "--out", "o.csv"], 2, "by --bundle, or the model by --study"),
        (["--bundle", "none.json", "--in", "in.parquet", "--out", "o.csv"], 2, "there is no bundle none.json"),
        (
            ["--bundle", "bundle.json", "--sha256", "0" * 64, "--in", "in.parquet", "--out", "o.csv"],
            2,
            "not the bundle that was asked for",
        ),
        (["--bundle", "bundle.json", "--in", "gone/*.csv", "--out", "o.csv"], 2, "there is no file gone/*.csv"),
        (["--bundle", "bundle.json", "--in", "in.parquet", "--out", "o.csv", "--ages", "bureau"], 2, "age in hours"),
        (
            ["--bundle", "bundle.json", "--in", "in.parquet", "--out", "o.csv", "--ages", "b=1", "--ages", "b=2"],
            2,
            "the age of one source more than once",
        ),
        (["--bundle", "bundle.json", "--in", "in.parquet", "--out", "o.csv", "--keep", "ID"], 2, "rename id as ID"),
        (["--study", "nobody", "--in", "in.parquet", "--out", "o.csv"], 1, "no version of nobody is in use"),
    ],
)
def test_where_it_cannot_decide_it_says_why_and_leaves_nothing(place, arguments, code, message):
    done = run(place, *arguments)
    assert (done.returncode, message in done.stderr) == (code, True), done.stderr
    assert not (place / "o.csv").exists()


def begun(place, out):
    """A decision of many applications that has begun to write `out`, where something stands already."""
    many = place / "many.parquet"
    pd.concat([pd.read_parquet(place / "in.parquet")] * 400, ignore_index=True).to_parquet(many)
    out.write_bytes(b"of yesterday")
    command = [sys.executable, "-m", "riskbench.cli", "decide", "--bundle", "bundle.json", "--in", many, "--out", out]
    child = subprocess.Popen(
        command, cwd=place, env=os.environ | {"RISKBENCH_HOME": str(place)}, stderr=subprocess.PIPE, text=True
    )
    while child.poll() is None and not list(place.glob(".many_out*")):
        time.sleep(0.01)
    return child


def test_killed_in_the_middle_it_leaves_what_stood_there_and_the_next_run_cleans_up(place):
    out = place / "many_out.parquet"
    with begun(place, out) as child:
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    assert out.read_bytes() == b"of yesterday"
    assert run(place, "--bundle", "bundle.json", "--in", "in.parquet", "--out", out).returncode == 0
    assert not list(place.glob("*.many_out*"))


def test_stopped_by_hand_it_says_so_and_leaves_what_stood_there(place):
    out = place / "many_out.parquet"
    with begun(place, out) as child:
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=60)
    assert (child.returncode, said.strip()) == (1, "riskbench: interrupted")
    assert out.read_bytes() == b"of yesterday"
    assert not list(place.glob("*.many_out*"))


def test_a_full_disk_is_said_and_nothing_is_half_written(place):
    limited = (
        f"ulimit -f 8; exec {sys.executable} -m riskbench.cli decide --bundle bundle.json --in in.parquet --out f.csv"
    )
    env = os.environ | {"RISKBENCH_HOME": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, cwd=place, env=env)
    assert done.returncode == 2, done.stderr
    assert "f.csv" in done.stderr
    assert not [path for path in place.iterdir() if "f.csv" in path.name]
