"""Which planted error is caught, by which detector, at which size; and what rings where nothing was planted.

*Caught* means: a detector that is quiet on the clean tables rings (its check turns amber or red) on the copy with the
error. A detector that already rings on the clean tables catches nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.validation.attack import planted_card, planted_rows
from riskbench.validation.attack.desk import Desk
from riskbench.validation.attack.detectors import DETECTORS, Detector

COLUMNS = ["planted", "smallest", "caught_by", "reading", "alarm_at", "ringing"]


@dataclass(frozen=True)
class Error:
    """One error to plant: its `title`, the `sizes` it is tried at, smallest first, and how a size is written."""

    name: str
    title: str
    sizes: tuple[float, ...]
    written: Callable[[float], str]
    plant: Callable[[Desk, float, Generator], Desk]


def _share(size: float) -> str:
    return f"{100 * size:g} %"


SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)
FLIPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
LOST = (0.2, 0.4, 0.6, 0.8, 1.0)
KNOWN = (0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95)

ERRORS: tuple[Error, ...] = (
    Error("flipped", "Outcomes flipped", FLIPS, _share, planted_rows.labels_flipped),
    Error("segment", "Bads of one segment recorded good", LOST, _share, planted_rows.bads_of_a_segment),
    Error("immature", "Bads of the newest delivery recorded good", LOST, _share, planted_rows.bads_of_the_newest),
    Error("times_100", "A number 100 times too large", SHARES, _share, planted_rows.times_100),
    Error("divided_by_12", "A number divided by 12", SHARES, _share, planted_rows.divided_by_12),
    Error("swapped", "Two columns swapped", SHARES, _share, planted_rows.columns_swapped),
    Error("misaligned", "Features of somebody else", SHARES, _share, planted_rows.rows_misaligned),
    Error("late", "Feed of the newest delivery not arrived", SHARES, _share, planted_rows.feed_late),
    Error("frozen", "Feed of the newest delivery frozen", SHARES, _share, planted_rows.feed_frozen),
    Error("twice", "A batch loaded twice", (1, 10, 100), "rows: {:g}".format, planted_rows.loaded_twice),
    Error("population", "Another population", SHARES, _share, planted_rows.other_population),
    Error("leak", "A column on the card that knows outcomes", KNOWN, _share, planted_card.leaked),
    Error("points", "Points of one bin edited", (1, 2, 5, 10), "points: {:g}".format, planted_card.points_edited),
    Error("bins", "Two bins swapped, with all they hold", (1,), "features: {:g}".format, planted_card.bins_swapped),
    Error("intercept", "Intercept moved", (0.01, 0.1, 1, 10), "points: {:g}".format, planted_card.intercept_moved),
    Error("inverted", "PDs inverted in the table of scores", SHARES, _share, planted_card.pds_inverted),
    Error("level", "Level of oversampling kept", (1.1, 1.25, 1.5, 2, 4), "odds × {:g}".format, planted_card.level_lost),
)


@dataclass(frozen=True, eq=False)
class Planted:
    """What came of it: the `tests` on the tables as they are, the `table` of errors, and the `checks` of both."""

    tests: list[CheckResult]
    table: pd.DataFrame
    checks: list[CheckResult]


def plant_all(desk: Desk, seed: int = 0) -> Planted:
    """Every error planted in copies of a desk; not evaluated, with the reason, where the desk lacks goods or bads."""
    if desk.lack:
        missing = Estimate.missing(desk.lack, 0)
        return Planted([], pd.DataFrame(columns=COLUMNS), _checks(missing, missing, desk.thresholds))
    clean = readings(desk)
    table = catch_table(desk, clean, seed)
    tests = [result for detector, result in zip(DETECTORS, clean, strict=True) if detector.test]
    return Planted(tests, table, catch_checks(table, clean, desk.thresholds))


def readings(desk: Desk) -> list[CheckResult]:
    """What every detector says of a desk, in the order of their table."""
    return [detector.ask(desk) for detector in DETECTORS]


def rings(result: CheckResult) -> bool:
    """Whether a detector rings."""
    return result.status in ("amber", "red")


def catch_table(desk: Desk, clean: Sequence[CheckResult], seed: int = 0) -> pd.DataFrame:
    """One row an error, with the columns of `COLUMNS`: at which size it is first caught, by which detector.

    `clean` are the readings of `desk` itself. `smallest` is the smallest size tried that is caught, in words;
    `reading` and `alarm_at` are those of the detector named, the first of the table that
    rings; `ringing` counts those that ring at the largest size. An error that cannot be planted says why in
    `caught_by`, and has no counts.
    """
    quiet = [detector for detector, result in zip(DETECTORS, clean, strict=True) if result.status == "green"]
    rows = []
    for number, error in enumerate(ERRORS):
        try:
            rows.append((error.title, *_caught(error, desk, quiet, [seed, number])))
        except NotEvaluated as lack:
            rows.append((error.title, None, f"not planted: {lack}", None, None, None))
    counts = {"reading": float, "alarm_at": float, "ringing": float}
    return pd.DataFrame(rows, columns=COLUMNS).astype(counts)


def ringing_at(error: Error, desk: Desk, quiet: Sequence[Detector], size: float, rng: Generator) -> list[CheckResult]:
    """The readings of those among `quiet` that ring on a copy of the desk with one error of a size."""
    planted = error.plant(desk, size, rng)
    return [result for result in (detector.ask(planted) for detector in quiet) if rings(result)]


def _caught(error: Error, desk: Desk, quiet: Sequence[Detector], seed: list[int]) -> tuple[Any, ...]:
    """The row of one error but for its title: sizes are tried upwards until one is caught, and the largest always."""
    smallest, first, ringing = None, None, []
    for place, size in enumerate(error.sizes):
        if first is None or size == error.sizes[-1]:
            ringing = ringing_at(error, desk, quiet, size, np.random.default_rng([*seed, place]))
        if ringing and first is None:
            smallest, first = error.written(size), ringing[0]
    by, value = (first.title.removesuffix(" (p-value)"), first.estimate.value) if first else ("nobody", None)
    limit = first.threshold.bound if first and first.threshold else None
    return smallest, by, value, limit, len(ringing)


def catch_checks(table: pd.DataFrame, clean: Sequence[CheckResult], thresholds: Thresholds) -> list[CheckResult]:
    """`planted.missed`: errors not caught at their largest size. `planted.false_alarms`: what rings on clean tables."""
    tried = table[table["ringing"].notna()]
    missed = Estimate(
        int((tried["ringing"] == 0).sum()), n=len(tried), method="errors unnoticed at the largest size; n planted"
    )
    if tried.empty:
        missed = Estimate.missing("no error could be planted", 0)
    asked = [result for result in clean if result.estimate.evaluated]
    loud = Estimate(sum(map(rings, asked)), n=len(asked), method="detectors that ring where nothing was planted")
    return _checks(missed, loud, thresholds)


def _checks(missed: Estimate, loud: Estimate, thresholds: Thresholds) -> list[CheckResult]:
    limits = thresholds["attack.missed"], thresholds["attack.false_alarms"]
    return [
        CheckResult("planted.missed", "Planted errors unnoticed even at their largest size", missed, limits[0]),
        CheckResult("planted.false_alarms", "Detectors that ring where nothing was planted", loud, limits[1]),
    ]
