"""Processes that write to a log and are killed without warning, at random moments; prints what was acknowledged.

    python write_until_killed.py URL KILLS SEED

Each process has two threads that hand records to a `GroupWriter` without pause. What it acknowledges goes through a
pipe, one id a line. A line that is cut off was no acknowledgement.
"""

import json
import os
import random
import signal
import sys
import threading
import time

from riskbench.decision.log.opening import open_log
from riskbench.decision.log.record import DecisionRecord, Said
from riskbench.decision.log.writer import GroupWriter

SAID = Said(action="approve", band="high", rule="", unknown=False, amount=100.0)
LONGEST = 0.12  # seconds that a process lives after it has begun to write


def decision(caller: str) -> DecisionRecord:
    fields = {"application": "a" * 32, "bundle": "b" * 64, "arm": "champion", "score": 500, "pd": 0.1, "said": SAID}
    return DecisionRecord(caller=caller, inputs={f"column_{i}": i * 1.37 for i in range(20)}, **fields)


def write_on(url: str, pipe: int) -> None:
    """Write until killed."""
    log = open_log(url, create=True, patience=30)
    writer = GroupWriter(log)

    def one_after_the_other(caller: str) -> None:
        while True:
            done = writer.append([decision(caller)])
            os.write(pipe, f"{done[0].record.id}\n".encode())

    threads = [threading.Thread(target=one_after_the_other, args=(f"caller {i}",)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def acknowledged_before_a_kill(url: str, chance: random.Random) -> list[str]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write_on(url, writing)
        finally:
            os._exit(1)  # a process that fails by itself acknowledges nothing more, and the count tells
    os.close(writing)
    first = os.read(reading, 33)  # it writes
    time.sleep(chance.uniform(0, LONGEST))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise SystemExit("a process ended before it was killed")
    with os.fdopen(reading, "rb") as pipe:
        lines = (first + pipe.read()).split(b"\n")
    return [line.decode() for line in lines[:-1]]


def main() -> None:
    url, kills, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)
    told = [acknowledged_before_a_kill(url, chance) for _ in range(kills)]
    print(json.dumps([name for ids in told for name in ids]))


if __name__ == "__main__":
    main()
