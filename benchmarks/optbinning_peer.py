"""One run of optbinning on a table, in an environment of its own; `benchmarks/binning.py` makes both and calls this.

    python optbinning_peer.py TABLE.parquet RESULT.json MAX_BINS MIN_SHARE

Every column but y is binned by one `OptimalBinning` with its defaults, but for the limits: at most MAX_BINS bins of at
least MIN_SHARE of all cases, bad rate ascending or descending. RESULT holds the CPU seconds of all calls of `fit`
(columns are arrays by then), and goods and bads of the bins by feature: regular bins, then special, then missing.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from optbinning import OptimalBinning


def main(table: str, result: str, max_bins: str, min_share: str) -> None:
    frame = pd.read_parquet(table)
    y = frame.pop("y").to_numpy()
    seconds, features = 0.0, {}
    for name in frame:
        numeric = pd.api.types.is_numeric_dtype(frame[name])
        x = frame[name].to_numpy(dtype=float if numeric else object)
        binning = OptimalBinning(
            name=name,
            dtype="numerical" if numeric else "categorical",
            max_n_bins=int(max_bins),
            min_bin_size=float(min_share),
            monotonic_trend="auto_asc_desc",
        )
        started = time.process_time()
        binning.fit(x, y)
        seconds += time.process_time() - started
        bins = binning.binning_table.build(add_totals=False)
        features[name] = {
            "goods": bins["Non-event"].astype(int).tolist(),
            "bads": bins["Event"].astype(int).tolist(),
            "status": binning.status,
        }
    found = {"version": version("optbinning"), "seconds": seconds, "features": features}
    Path(result).write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
