"""Bytes by which binning a Parquet table raises the peak of this process's resident size above that after loading.

    python peak_memory.py TABLE.parquet

A small fit goes first, so that libraries loaded on first use do not count. Linux keeps the peak, and forgets it when
told to (proc_pid_clear_refs(5)).
"""

import gc
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa

from riskbench.scorecard import WoeBinning

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def resident(field: str) -> int:
    """A field of the process's status, in bytes: VmRSS now, VmHWM at its peak."""
    line = next(line for line in STATUS.read_text("ascii").splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024


def main(table: str) -> None:
    frame = pd.read_parquet(table)
    y = frame.pop("y").to_numpy()
    WoeBinning().fit(frame.iloc[:1000], y[:1000])
    gc.collect()
    pa.default_memory_pool().release_unused()
    loaded = resident("VmRSS")
    CLEAR.write_text("5", "ascii")
    WoeBinning().fit(frame, y)
    print(resident("VmHWM") - loaded)


if __name__ == "__main__":
    main(sys.argv[1])
