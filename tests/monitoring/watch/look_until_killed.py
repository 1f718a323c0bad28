"""Looks at loans that are killed without warning while they write; prints what each had kept.

    python look_until_killed.py JOB

JOB is a pickle of the test itself: project, monitoring database, log, baseline, the tokens of all loans, and the moments
of looks. Each look is a fork of one process. Printed are, after each kill, the loans remembered and the loans counted.
"""

import json
import os
import pickle
import signal
import sys
import time
from pathlib import Path

from riskbench.decision.log.opening import open_log
from riskbench.monitoring.feedback import closed
from riskbench.monitoring.watch.logged_loans import LoggedLoans

SECONDS = (0, 0.01, 0.03, 0.1, 3)  # for which a look lives on after it has begun to write: the last ends by itself


def look(job: tuple, moment: object, pipe: int) -> None:
    project, database, log, baseline, _, _ = job
    insert = closed._insert

    def telling(*arguments: object) -> None:
        os.write(pipe, b".")
        insert(*arguments)

    closed._insert = telling
    with open_log(log, writing=False) as opened:
        LoggedLoans(project, "shop", database, ("channel",)).known(opened, baseline, moment)


def killed(job: tuple, moment: object, seconds: float) -> tuple[int, int]:
    """Some time after a look has begun to write what it closes."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            look(job, moment, writing)
        finally:
            os._exit(0)
    os.close(writing)
    if os.read(reading, 1) != b".":
        raise SystemExit("a look ended by itself before it wrote")
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    with closed.ClosedLoans(job[1], "shop") as kept:
        return len(kept.days_of(job[4])), int(kept.counts().where(subject="outcome:final")["n"].sum())


def main() -> None:
    job = pickle.loads(Path(sys.argv[1]).read_bytes())
    print(json.dumps([killed(job, moment, seconds) for moment, seconds in zip(job[5], SECONDS, strict=True)]))


if __name__ == "__main__":
    main()
