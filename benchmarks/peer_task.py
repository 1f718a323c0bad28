"""What a peer is asked to do on a table, and how it is timed; runs in the peer's own environment.

    python peer_NAME.py TABLE.parquet SETTINGS.json RESULT.json

Column y of the table is the target, 1 = bad. SETTINGS: max_bins, min_share, card (features of a card, may be empty),
repeat. RESULT: version; CPU seconds of the fit, and of each repetition of WoE and scoring over the whole table; goods
and bads of the bins by feature: regular bins, then `apart` bins of special and missing values.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd


class Peer(Protocol):
    """One library: bin every column, give the WoE of a table, build a card, score a table by it."""

    version: str
    apart: int

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> None: ...

    def bins(self) -> dict[str, dict[str, list[int]]]: ...

    def woe(self, X: pd.DataFrame) -> object: ...

    def build_card(self, X: pd.DataFrame, y: np.ndarray) -> None: ...

    def score(self, X: pd.DataFrame) -> object: ...


def seconds(work: Callable[[], object], repeat: int) -> list[float]:
    """CPU seconds of each of `repeat` calls."""
    taken = []
    for _ in range(repeat):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return taken


def main(make: Callable[[dict], Peer]) -> None:
    warnings.simplefilter("ignore")
    table, settings, result = sys.argv[1:]
    asked = json.loads(Path(settings).read_text("utf-8"))
    frame = pd.read_parquet(table)
    y = frame.pop("y").to_numpy()
    peer = make(asked)
    found = {"version": peer.version, "fit": seconds(lambda: peer.fit(frame, y), 1)}
    found |= {"bins": peer.bins(), "apart": peer.apart}
    if asked["repeat"]:
        found["woe"] = seconds(lambda: peer.woe(frame), asked["repeat"])
    if asked["card"]:
        inputs = frame[asked["card"]]
        peer.build_card(inputs.iloc[:100_000], y[:100_000])
        found["score"] = seconds(lambda: peer.score(inputs), asked["repeat"])
    Path(result).write_text(json.dumps(found), "utf-8")
