"""The baseline of a run: from the tables that its stages have written, which know the month of a decision alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.decision.bundle.bundle import Bundle
from riskbench.monitoring.counts.baseline import DEVELOPMENT, UNDATED, Baseline, Dated, frozen
from riskbench.monitoring.counts.from_frame import Seen, count_frame
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import Segment, Yardstick, features_of
from riskbench.scorecard.bands import band_edges
from riskbench.scorecard.card import Scorecard

BANDS = 10  # of the score


@dataclass(frozen=True, eq=False)
class RunTables:
    """What a run holds of its applications, in one order; `decisions` where it has a policy, `days` where known.

    A run keeps the month of a decision alone (`applications["month"]`): all applications of a month then count on its
    first day.
    """

    applications: pd.DataFrame
    features: pd.DataFrame
    scores: pd.DataFrame
    decisions: pd.DataFrame | None = None
    days: pd.Series | None = None

    @property
    def dated(self) -> Dated:
        """What the day of a count is."""
        if self.days is not None:
            return "day"
        return "none" if (self.applications["month"] == "").all() else "month"

    @property
    def seen(self) -> Seen:
        """The same, to be counted."""
        own = [name for name in self.applications if name not in self.features]
        columns = pd.concat([self.features, self.applications[own]], axis=1)
        scores = pd.DataFrame({"score": self.scores["score"], "pd": self.scores["pd_applied"]})
        return Seen(self._days(), columns, scores, self.decisions)

    def _days(self) -> pd.Series:
        if self.days is not None:
            return self.days
        if self.dated == "none":
            return pd.Series(pd.Timestamp(UNDATED), index=self.applications.index)
        return pd.to_datetime(self.applications["month"] + "-01")


@dataclass(frozen=True)
class Model:
    """The model of a run: card, bundle and names, and the columns by which applications are counted in parts."""

    study: str
    run: str
    card: Scorecard
    bundle: Bundle | None = None
    segments: Sequence[str] = field(default=())


def baseline_of(tables: RunTables, model: Model, sample: str = DEVELOPMENT, bands: int = BANDS) -> Baseline:
    """What a run freezes: edges from the rows of `sample`, and the counts of these and of all other rows.

    Score bands are cut as `scorecard.bands.band_edges` does. Segments that no table of the run holds are left out.
    Raises ValueError where the sample has no rows.
    """
    seen, reference = tables.seen, (tables.applications["sample"] == sample).to_numpy()
    yardstick = _yardstick(seen, model, tables.scores.loc[reference, "score"], bands)
    counted = [_counted(seen, yardstick, rows) for rows in (reference, ~reference)]
    record = {
        "study": model.study,
        "run": model.run,
        "bundle": model.bundle.address if model.bundle else None,
        "yardstick": yardstick,
        "sample": sample,
        "dated": tables.dated,
    }
    return frozen(record, *counted)


def _yardstick(seen: Seen, model: Model, scores: pd.Series, bands: int) -> Yardstick:
    features = features_of(model.card.binning_, list(model.card.points_))
    read = [of.name for of in model.bundle.inputs.columns] if model.bundle else [of.name for of in features]
    return Yardstick(
        model=model.bundle.address if model.bundle else model.run,
        edges=tuple(band_edges(scores, bands).tolist()),
        features=features,
        watched=tuple(name for name in read if name in seen.columns),
        segments=tuple(Segment.of(seen.columns[name]) for name in model.segments if name in seen.columns),
    )


def _counted(seen: Seen, yardstick: Yardstick, rows: NDArray[np.bool_]) -> CountTable:
    part = Seen(
        seen.days[rows],
        seen.columns[rows],
        None if seen.scores is None else seen.scores[rows],
        None if seen.decisions is None else seen.decisions[rows],
    )
    return count_frame(part, yardstick)
