"""What the notebooks cost: a whole run without cache against the same nine notebooks' code as one script.

    python benchmarks/notebook_tax.py [STUDY]

Prints wall seconds of both, their ratio and difference, the peak memory of the run's process tree (PSS: shared pages
counted once) and the load of the machine. Both start cold, one after the other, three times; medians are compared.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
STUDY = sys.argv[1] if len(sys.argv) > 1 else "microloan"
ROUNDS = 3


def exported() -> str:
    """The code cells of all notebooks, one after the other, with their default parameters."""
    cells = [
        "".join(cell["source"])
        for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    return "\n\n".join(cells).replace('study: str = "microloan"', f'study: str = "{STUDY}"')


def seconds(command: list[str], home: Path, tree: list[float] | None = None) -> float:
    """Wall seconds of a command in a project of its own; the peak PSS of its tree (MiB) is added to `tree`."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=home, env=environment | {"RISKBENCH_HOME": str(home)}, stdout=subprocess.DEVNULL
    )
    watcher = threading.Thread(target=_watch, args=(process, tree))
    if tree is not None:
        watcher.start()
    if process.wait():
        raise SystemExit(f"{command} failed")
    took = time.monotonic() - began
    if tree is not None:
        watcher.join()
    return took


def _watch(process: subprocess.Popen, tree: list[float]) -> None:
    peak = 0.0
    while process.poll() is None:
        try:
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        except psutil.Error:
            break
        total = 0
        for member in family:
            try:
                total += member.memory_full_info().pss
            except psutil.Error:
                continue
        peak = max(peak, total / 2**20)
        time.sleep(0.25)
    tree.append(peak)


def project(folder: Path) -> Path:
    """A project without cache or reports that shares notebooks and data with this one."""
    folder.mkdir()
    for name in ("notebooks", "data", "requirements.lock", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def main() -> None:
    runs, scripts, memory = [], [], []
    with tempfile.TemporaryDirectory() as place:
        script = Path(place) / "one_script.py"
        script.write_text(exported(), "utf-8")
        for i in range(ROUNDS):
            command = [sys.executable, "-m", "riskbench.cli", "run", "--study", STUDY]
            runs.append(seconds(command, project(Path(place) / f"run{i}"), memory))
            scripts.append(seconds([sys.executable, str(script)], project(Path(place) / f"script{i}")))
    run, one = statistics.median(runs), statistics.median(scripts)
    print(f"study {STUDY}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, medians of {ROUNDS}")
    print(f"nine notebooks  {run:6.1f} s  ({min(runs):.1f}-{max(runs):.1f})")
    print(f"one script      {one:6.1f} s  ({min(scripts):.1f}-{max(scripts):.1f})")
    print(f"notebook tax    {run / one:6.2f}    overhead {run - one:+.1f} s    (bounds: 1.5 and 12 s)")
    print(f"peak PSS        {max(memory):6.0f} MiB (bound: 2048 MiB)")


if __name__ == "__main__":
    main()
