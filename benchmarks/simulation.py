"""All cut-offs and the swap set of a large table, beside the cheapest pass over it that gives anything by score.

    python benchmarks/simulation.py [--rows 10000000] [--threads 2] [--repeat 3]

The floor is one group-by on the score that counts rows and adds the PD, written in SQL. Each figure is the best of the
repeats; beside the wall-clock stands the processor time of all threads, which other work on the machine moves less. The
numpy producer is measured on a tenth of the rows.
"""

import argparse
import time
from collections.abc import Callable

import ibis
import numpy as np
import pandas as pd

from riskbench.decision.policy.economics import Economics
from riskbench.decision.simulation.cut_offs import CutOffs, count_frame, count_table
from riskbench.decision.simulation.swap_set import swap_set_of_table

ECONOMICS = Economics(lgd=0.6, margin=0.22, funding_cost=0.04, cost_per_application=0.3, cost_per_account=1.5)
MADE = """
create table applications as
select score, pd, asked, score >= 500 as lends,
       case when score >= 500 then asked * least(1, pd + 0.8) else 0 end as lent,
       case when hash(i) % 3 = 0 then null else (hash(i, 1) % 1000 < 1000 * pd)::double end as y,
       hash(i, 2) % 100 < 60 as in_force,
       case when score >= 540 then 'approve' when score >= 520 then 'limit' when score >= 500 then 'refer'
            else 'decline' end as action
from (select i, 440 + hash(i, 3) % 200 as score, 0.01 + (hash(i, 4) % 400) / 1000.0::double as pd,
             (50 + hash(i, 5) % 950)::double as asked from range({rows}) t(i))
"""
FLOOR = "select score, count(*), sum(pd) from applications group by score"


def best(of: Callable[[], object], repeat: int) -> tuple[float, float]:
    """Wall-clock and processor seconds, each the least of several calls."""
    found = []
    for _ in range(repeat):
        begun, busy = time.perf_counter(), time.process_time()
        of()
        found.append((time.perf_counter() - begun, time.process_time() - busy))
    wall, processor = zip(*found, strict=True)
    return min(wall), min(processor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("rows", 10_000_000), ("threads", 2), ("repeat", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    engine = ibis.duckdb.connect(threads=chosen.threads)
    engine.raw_sql("set enable_progress_bar = false")
    engine.raw_sql(MADE.format(rows=chosen.rows))
    table = engine.table("applications")
    frame = table.limit(chosen.rows // 10).to_pandas()
    floor = best(lambda: engine.raw_sql(FLOOR).fetchall(), chosen.repeat)
    print(f"{chosen.rows:,} rows, {chosen.threads} threads; floor {floor[0]:.3f} s, processor {floor[1]:.3f} s")
    for name, of in (
        ("all cut-offs", lambda: CutOffs(count_table(table), ECONOMICS).table),
        ("swap set", lambda: swap_set_of_table(table, ECONOMICS)),
        ("all cut-offs, numpy, a tenth", lambda: CutOffs(count_frame(frame), ECONOMICS).table),
    ):
        wall, processor = best(of, chosen.repeat)
        print(f"{name:30s}{wall:8.3f} s{wall / floor[0]:8.1f} times the floor, processor {processor:.3f} s")
    both = [CutOffs(count, ECONOMICS).table for count in (count_table(table.limit(1000)), count_frame(frame[:1000]))]
    gap = float(np.nanmax((both[0] - both[1]).abs().to_numpy()))
    print(f"largest difference of the two producers on 1,000 rows: {gap:.1e}")
    pd.testing.assert_frame_equal(*both)


if __name__ == "__main__":
    main()
