"""Jobs that count a log in small batches and are killed without warning; prints where each had come to, and what it had.

    python count_until_killed.py JOB KILLS

JOB is a pickle of the test itself: the place of the counts, that of the log, yardstick, bundle and the time. Jobs are
forks of one process, so that they begin at once.
"""

import json
import os
import pickle
import random
import signal
import sys
import time
from pathlib import Path

from riskbench.decision.log.opening import open_log
from riskbench.monitoring.counts import store

LONGEST = 0.1  # seconds for which a job lives on after it has begun with its last batch


def count_on(job: tuple, pipe: int) -> None:
    place, log, yardstick, bundle, now = job
    counted = store.count_entries

    def telling(*arguments: object) -> store.LogCounts:
        os.write(pipe, b".")
        return counted(*arguments)

    store.count_entries = telling
    with open_log(log) as opened, store.CountStore(place, "shop") as counts:
        counts.take(opened, yardstick, {bundle.address: bundle}, now)


def killed_in(job: tuple, batch: int, seconds: float) -> tuple[int, int]:
    """Some time after a job has begun with a batch: while it counts, while it writes, or after that."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            count_on(job, writing)
        finally:
            os._exit(0)
    os.close(writing)
    for _ in range(batch):
        if os.read(reading, 1) != b".":
            raise SystemExit("a job ended by itself")
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    with store.CountStore(job[0], "shop") as counts:
        position = counts.position()
        return position.entries if position else 0, int(counts.counts().where(subject="action")["n"].sum())


def main() -> None:
    store.BATCH = 7
    job = pickle.loads(Path(sys.argv[1]).read_bytes())
    chance = random.Random(20261126)
    told = [killed_in(job, 1 + number % 3, chance.uniform(0, LONGEST)) for number in range(int(sys.argv[2]))]
    print(json.dumps(told))


if __name__ == "__main__":
    main()
