"""Cases like one: the decisions nearest in score with the same band or rule, and how such scores turned out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from riskbench.core.results import Estimate
from riskbench.core.words import format_number
from riskbench.decision.policy.section import Action
from riskbench.metrics.intervals import wilson
from riskbench.service.review.board import WINDOW, Board, Brief
from riskbench.service.review.words import Say

MOST = 50  # cases that are compared
LEAST_OUTCOMES = 30  # below it no rate is told: an interval would cover most of [0, 1]
SCORES = "artifacts/scorecard/scores.parquet"  # in a run
SEEN = "development"  # the sample that the card was fitted to: its rate flatters


@dataclass(frozen=True)
class Comparable:
    """What became of the nearest cases: by the model, and by people; `open` of them wait. `rate` is a sentence."""

    n: int
    low: int = 0
    high: int = 0
    by_model: Mapping[Action, int] | None = None
    by_people: Mapping[Action, int] | None = None
    open: int = 0
    rate: str = ""
    window: int = WINDOW


def nearest(board: Board, brief: Brief, most: int = MOST) -> list[Brief]:
    """The scored decisions nearest in score, with the same band or the same rule; none for a case without a score."""
    if brief.score is None:
        return []
    score = brief.score
    alike = [
        (abs(other.score - score), other.id, other)
        for other in board.recent.values()
        if other.score is not None
        and other.id != brief.id
        and (other.band == brief.band or (brief.rule and other.rule == brief.rule))
    ]
    return [other for _, _, other in sorted(alike)[:most]] if alike else []


def compared(board: Board, brief: Brief, scores: Path | None, said: Say) -> Comparable:
    """The nearest cases counted; `scores` is the table of the run that made the card, None where none is known."""
    cases = nearest(board, brief)
    found = [case.score for case in cases if case.score is not None]
    if not found:
        return Comparable(0)
    low, high = min(found), max(found)
    return Comparable(
        n=len(cases),
        low=low,
        high=high,
        by_model=Counter(case.action for case in cases),
        by_people=Counter(board.by_people[case.id] for case in cases if case.id in board.by_people),
        open=sum(case.id in board.waiting for case in cases),
        rate=_told(observed(scores, low, high, said), cases, said),
    )


def observed(scores: Path | None, low: int, high: int, said: Say) -> Estimate:
    """The bad rate of the scores from `low` to `high` in a run, outside of the sample that the card was fitted to.

    Missing, with the reason in words, where there is no run or too few outcomes.
    """
    if scores is None:
        return Estimate.missing(said("no_run"))
    try:
        table = pq.read_table(scores, columns=["score", "y", "sample"])
    except (OSError, ValueError, KeyError):
        return Estimate.missing(said("no_scores"))
    score, y = table["score"].to_numpy(), table["y"].to_numpy()
    sample = np.array(table["sample"].to_pylist(), dtype=object)
    outcomes = y[(score >= low) & (score <= high) & ~np.isnan(y) & (sample != SEEN)]
    if len(outcomes) < LEAST_OUTCOMES:
        return Estimate.missing(said("too_few", n=len(outcomes), least=LEAST_OUTCOMES))
    return wilson(float(outcomes.sum()), len(outcomes))


def _told(rate: Estimate, cases: Sequence[Brief], said: Say) -> str:
    if rate.value is not None and rate.lower is not None and rate.upper is not None:
        figures = [format_number(of, rate.lower, rate.upper, "%") for of in (rate.value, rate.lower, rate.upper)]
        return said("observed", rate=figures[0], low=figures[1], high=figures[2], n=f"{rate.n:,}")
    risks = [case.pd for case in cases if case.pd is not None]
    return said("expected", pd=format_number(sum(risks) / len(risks), unit="%"), why=rate.reason)
