"""The libraries that binning is measured beside, each in an environment of its own, since their pins clash.

An environment lies below .riskbench/bench and is made on first use, which needs the network or uv's cache. The first
pin names it; toad does not declare most of what it needs. What a peer is asked is said in `peer_task.py`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
PINS = {
    "optbinning": (
        "optbinning==1.0.0",
        "cvxpy==1.9.3",
        "numpy==2.4.6",
        "ortools==9.15.6755",
        "pandas==3.1.1",
        "pyarrow==26.0.1",
        "ropwr==1.2.0",
        "scikit-learn==1.9.1",
        "scipy==1.17.1",
    ),
    "toad": (
        "toad==0.1.7",
        "joblib==1.6.0",
        "numpy==2.4.6",
        "pandas==3.1.1",
        "pyarrow==26.0.1",
        "scikit-learn==1.9.1",
        "scipy==1.17.1",
        "seaborn==0.13.2",
    ),
    "scorecardpy": (
        "scorecardpy==0.1.9.7",
        "numpy==2.4.6",
        "pandas==2.3.3",
        "pyarrow==26.0.1",
        "scikit-learn==1.9.1",
        "scipy==1.17.1",
        "setuptools==80.10.2",
        "statsmodels==0.15.0",
    ),
}


class NotMeasured(Exception):
    """The peer could not be run, and why."""


def ask(name: str, table: pd.DataFrame, settings: dict[str, Any]) -> dict[str, Any]:
    """What the peer `name` answers about a table; raises NotMeasured where it cannot be had or fails."""
    python = _environment(name)
    with tempfile.TemporaryDirectory() as place:
        rows, asked, result = (Path(place) / file for file in ("table.parquet", "settings.json", "result.json"))
        table.to_parquet(rows, index=False)
        asked.write_text(json.dumps(settings), "utf-8")
        script = Path(__file__).with_name(f"peer_{name}.py")
        _run([str(python), str(script), str(rows), str(asked), str(result)], f"{name} failed")
        return json.loads(result.read_text("utf-8"))


def _environment(name: str) -> Path:
    """The Python of an environment that holds the pinned packages; made anew unless it is finished."""
    pins = PINS[name]
    home = ROOT / ".riskbench" / "bench" / pins[0].replace("==", "-")
    python, finished = home / "bin" / "python", home / ".finished"
    if not finished.exists() or finished.read_text("utf-8") != "\n".join(pins):
        uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
        if not uv:
            raise NotMeasured("uv, which makes its environment, is not installed")
        print(f"making the environment of {pins[0]} (once, 300 to 800 MB) ...", flush=True)
        _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(home)], "its environment was not made")
        install = [uv, "pip", "install", "--quiet", "--python", str(python), *pins]
        _run(install, "its packages could not be installed; that needs the network once")
        finished.write_text("\n".join(pins), "utf-8")
    return python


def _run(command: list[str], trouble: str) -> None:
    """Run a command quietly; where it fails, NotMeasured with the trouble and the end of what the command said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise NotMeasured(f"{trouble} ({said[-1] if said else f'exit {done.returncode}'})")
