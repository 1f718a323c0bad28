"""The jobs of riskbench in one process of APScheduler: `python in_process.py`, in the folder of the project.

Each job is a process of its own, so that one that fails or grows takes nothing along. Of a job one runs at a time
(`max_instances`); looks that were missed become one (`coalesce`), if it is not later than `misfire_grace_time`.
"""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from apscheduler.schedulers.blocking import BlockingScheduler

JOBS = {  # the command, and seconds between two starts
    ("monitor", "--once"): 300,
    ("alerts", "check"): 600,
}


def run(words: Sequence[str]) -> None:
    """One command; what it has to say goes to the log of this process. It alerts by itself."""
    subprocess.run([sys.executable, "-m", "riskbench.cli", *words], check=False)


def scheduler(jobs: Mapping[Sequence[str], float] = JOBS) -> BlockingScheduler:
    """A scheduler with these jobs, to be started."""
    made = BlockingScheduler(timezone="UTC", job_defaults={"max_instances": 1, "coalesce": True})
    for words, seconds in jobs.items():
        made.add_job(
            run, "interval", [words], seconds=seconds, misfire_grace_time=max(1, int(seconds)), id=" ".join(words)
        )
    return made


if __name__ == "__main__":
    jobs = scheduler()
    signal.signal(signal.SIGTERM, lambda *_: jobs.shutdown(wait=False))
    jobs.start()
