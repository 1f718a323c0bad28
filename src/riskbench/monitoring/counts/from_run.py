"""The baseline of a run: from the tables that its stages have written, which know the month of a decision alone."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.bundle.input_checks import input_checks
from riskbench.decision.decide import decide
from riskbench.decision.policy.caps import Caps
from riskbench.monitoring.counts.baseline import DEVELOPMENT, UNDATED, Baseline, Dated, frozen
from riskbench.monitoring.counts.from_frame import Seen, count_frame
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import Segment, Yardstick, checked_by, features_of
from riskbench.scorecard.bands import band_edges
from riskbench.scorecard.card import Scorecard

BANDS = 10  # of the score
NOTHING_ELSE: Mapping[str, object] = {  # of a policy that asks nothing but checks of inputs
    "freshness": [],
    "limits": [],
    "caps": Caps(),
    "smallest_amount": None,
    "price": None,
    "shadow": [],
    "arms": None,
}


@dataclass(frozen=True, eq=False)
class RunTables:
    """What a run holds of its applications, in one order; `decisions` where it has a policy, `days` where known.

    `cut` is the day on which the data end, where that is within their newest month.

    A run keeps the month of a decision alone (`applications["month"]`): all applications of a month then count on its
    first day.
    """

    applications: pd.DataFrame
    features: pd.DataFrame
    scores: pd.DataFrame
    decisions: pd.DataFrame | None = None
    days: pd.Series | None = None
    cut: dt.date | None = None

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
        return Seen(
            days_of(self.applications["month"]) if self.days is None else self.days, columns, scores, self.decisions
        )


def days_of(months: pd.Series) -> pd.Series:
    """The day on which applications of a month count, where a run knows no more; 1970-01-01 without dates.

    >>> days_of(pd.Series(["2026-03", "2026-04"])).dt.strftime("%d %B").tolist()
    ['01 March', '01 April']
    """
    if (months == "").all():
        return pd.Series(pd.Timestamp(UNDATED), index=months.index)
    return pd.to_datetime(months + "-01")


@dataclass(frozen=True)
class Model:
    """The model of a run: card, bundle and names, and the columns by which applications are counted in parts."""

    study: str
    card: Scorecard
    bundle: Bundle | None = None
    segments: Sequence[str] = field(default=())


def baseline_of(tables: RunTables, model: Model, sample: str = DEVELOPMENT, bands: int = BANDS) -> Baseline:
    """What a run freezes: edges from the rows of `sample`, and the counts of these and of all other rows.

    Score bands are cut as `scorecard.bands.band_edges` does. Segments that no table of the run holds are left out. A
    policy decides without the checks of inputs that its bundle adds, so that these are asked here. Raises ValueError
    where the sample has no rows.
    """
    seen, reference = tables.seen, (tables.applications["sample"] == sample).to_numpy()
    yardstick = _yardstick(seen, model, tables.scores.loc[reference, "score"], bands)
    if model.bundle is not None and seen.decisions is not None:
        checks = failed_checks(model.bundle, seen.columns)
        seen = replace(seen, decisions=seen.decisions.assign(hits=checks))
        yardstick = yardstick.model_copy(update={"checked": _there(checked_by(model.bundle), seen)})
    counted = [_counted(seen, yardstick, rows) for rows in (reference, ~reference)]
    record = {
        "study": model.study,
        "bundle": yardstick.model if model.bundle else None,
        "yardstick": yardstick,
        "sample": sample,
        "dated": tables.dated,
        "cut": tables.cut,
    }
    return frozen(record, *counted)


def failed_checks(bundle: Bundle, columns: pd.DataFrame) -> pd.Series:
    """By row, the checks of inputs that hold, as a decision of the bundle names them: "below:income;level:channel".

    Columns that are not there are not checked. Raises ValueError for a column of another kind than the bundle asks for.
    """
    asked = [column for column in bundle.inputs.columns if column.name in columns]
    alone = bundle.credit_policy.model_copy(update={**NOTHING_ELSE, "rules": input_checks(asked)})
    decided = pd.DataFrame({"score": 0.0, "amount": 1.0}, index=columns.index)
    checked = {column.name: columns[column.name] for column in asked}
    return decide(alone, decided.assign(**checked))["hits"]


def _there(names: Sequence[str], seen: Seen) -> tuple[str, ...]:
    return tuple(name for name in names if name in seen.columns)


def _yardstick(seen: Seen, model: Model, scores: pd.Series, bands: int) -> Yardstick:
    features = features_of(model.card.binning_, list(model.card.points_))
    read = [of.name for of in model.bundle.inputs.columns] if model.bundle else [of.name for of in features]
    return Yardstick(
        model=model.bundle.address if model.bundle else model.study,
        edges=tuple(band_edges(scores, bands).tolist()),
        features=features,
        watched=_there(read, seen),
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
