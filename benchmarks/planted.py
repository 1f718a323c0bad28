"""Would validation notice? Catch rates of planted errors and false alarms of the detectors, over many clean portfolios.

    python benchmarks/planted.py [--portfolios 4] [--splits 20] [--applications 40000] [--every 3]

A portfolio is made by the package from a seed of its own; of its development period, customers are split anew into
development and test, and a card is built from scratch: binning, selection, fit and shrinkage. Nothing is wrong with any
of them. First, how often each detector rings there, with Wilson's 95 % interval, beside the rate it states. Then every
error at every size, one draw a split: the share of splits in which a detector that was quiet rings. Splits of one
portfolio share applications, so intervals are a little too narrow. Errors are planted on every third desk (`--every`).
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from riskbench import metrics
from riskbench.core.errors import NotEvaluated
from riskbench.data import synthetic
from riskbench.data.applications import assemble_applications
from riskbench.data.candidates import candidates_of
from riskbench.data.engine import Engine
from riskbench.data.labels import labels_of
from riskbench.data.samples import assign_samples, hash_shares
from riskbench.data.study import Study, load_study
from riskbench.scorecard import Scorecard
from riskbench.scorecard.calibration.shrinkage import expected_slope
from riskbench.scorecard.design import card_builder
from riskbench.scorecard.scores import score_table
from riskbench.validation.attack.catching import ERRORS, readings, ringing_at, rings
from riskbench.validation.attack.desk import Desk, desk_of
from riskbench.validation.attack.detectors import DETECTORS

STUDY = Path(__file__).parents[1] / "data" / "microloan" / "study.toml"
REPLICATES = 5  # bootstrap cards behind the shrinkage of each


def portfolio(study: Study, seed: int, applications: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The applications of a portfolio's development period, and their candidates."""
    with tempfile.TemporaryDirectory() as folder:
        synthetic.generate(Path(folder), applications, seed)
        engine = Engine(study, Path(folder))
        joined = engine.collate()
        labels = labels_of(engine, joined)
    rows = assemble_applications(study, joined, labels, assign_samples(study, joined), key=bytes(32))
    candidates = candidates_of(study, rows)
    kept = rows["sample"].isin(["development", "test"]).to_numpy()
    return rows[kept].reset_index(drop=True), candidates[kept].reset_index(drop=True)


def desk(study: Study, rows: pd.DataFrame, candidates: pd.DataFrame, salt: str) -> Desk | None:
    """A desk of the portfolio split anew, under a card of its own; None where no feature earns a place."""
    test = hash_shares(rows["customer"], salt) < study.samples.test_share
    rows = rows.assign(sample=np.where(test, "test", "development"))
    fitted = (~test) & rows["y"].notna().to_numpy()
    X, y = candidates[fitted], rows["y"].to_numpy(dtype=float)[fitted].astype(int)
    build = card_builder(study)
    card = build(X, y)
    if not isinstance(card, Scorecard):
        return None
    slope = expected_slope(build, X, pd.Series(y), replicates=REPLICATES, seed=0).value
    card = card.shrunk(min(1.0, slope or 1.0), X, y)
    scores = score_table(card, rows, candidates)
    features = candidates[list(card.points_)].assign(application=rows["application"])
    return desk_of(card.to_dict(), (rows, features, scores), study.base.segments, study.limits)


def desks(study: Study, portfolios: int, splits: int, applications: int) -> Iterator[Desk]:
    for seed in range(portfolios):
        rows, candidates = portfolio(study, 1000 + seed, applications)
        for split in range(splits):
            if (found := desk(study, rows, candidates, f"split {split}")) is not None:
                yield found


def told(hits: int, n: int) -> str:
    rate = metrics.wilson(hits, n)
    return f"{rate.value:6.1%} ({rate.lower:.1%} to {rate.upper:.1%}), {hits} of {n}"


def measure(study: Study, arguments: argparse.Namespace) -> None:
    alarms, asked, caught, tried, any_alarm, n = Counter(), Counter(), Counter(), Counter(), 0, 0
    for number, clean in enumerate(desks(study, arguments.portfolios, arguments.splits, arguments.applications)):
        results = readings(clean)
        n, any_alarm = n + 1, any_alarm + any(map(rings, results))
        for detector, result in zip(DETECTORS, results, strict=True):
            asked[detector.name] += result.estimate.evaluated
            alarms[detector.name] += rings(result)
        quiet = [d for d, result in zip(DETECTORS, results, strict=True) if result.status == "green"]
        for place, error in enumerate(() if number % arguments.every else ERRORS):
            for size in error.sizes:
                try:
                    found = ringing_at(
                        error, clean, quiet, size, np.random.default_rng([number, place, int(1e4 * size)])
                    )
                except NotEvaluated:
                    continue
                tried[error.name, size] += 1
                caught[error.name, size] += bool(found)
    level = study.limits["attack.alarm"].bound
    print(f"False alarms on {n} clean desks; stated {level:.0%} for a test, none for a comparison")
    for detector in DETECTORS:
        stated = f"{level:.0%}" if detector.test else "0%"
        print(
            f"  {detector.title:42s} stated {stated:>3s}, measured {told(alarms[detector.name], asked[detector.name])}"
        )
    tests = sum(detector.test for detector in DETECTORS)
    print(f"  {'any of them':42s} stated at most {tests * level:.0%}, measured {told(any_alarm, n)}")
    for error in ERRORS:
        print(f"{error.title}")
        for size in error.sizes:
            if tried[error.name, size]:
                print(f"  {error.written(size):>12s}  caught {told(caught[error.name, size], tried[error.name, size])}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--portfolios", type=int, default=4)
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--applications", type=int, default=40_000)
    parser.add_argument("--every", type=int, default=3)
    measure(load_study(STUDY), parser.parse_args())
