"""The tables of an effect: how PDs move, who is decided otherwise, who is swapped, and what it does to groups."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import Estimate
from riskbench.data.oversampling import moved, outcome_weights
from riskbench.decision import paired
from riskbench.decision.effect.effect import Effect
from riskbench.decision.paired import Ratio
from riskbench.decision.policy.section import SEVERITY
from riskbench.metrics.arguments import Bools
from riskbench.metrics.intervals import proportion
from riskbench.metrics.paired import paired_difference
from riskbench.privacy.disclosure import withheld_parts

UNMOVED = 1e-12  # of a PD: what rounding alone may move it by
NOBODY = (None, None, None)


def pd_moves(effect: Effect) -> pd.DataFrame:
    """How the PD of each application moves: columns `move` and `pd_change`, and shares of rise and fall with bounds.

    Raises `NotEvaluated` where one side has no PDs.
    """
    before, after = effect.scored()
    by = (after["pd"] - before["pd"]).to_numpy()
    rises, falls = (proportion(int((sign * by > UNMOVED).sum()), len(by)) for sign in (1, -1))
    low, middle, high = np.quantile(by, [0.05, 0.5, 0.95]).tolist()
    rows = [
        ("largest fall", float(min(by.min(), 0.0)), None, None),
        ("5th percentile", low, None, None),
        ("median", middle, None, None),
        ("95th percentile", high, None, None),
        ("largest rise", float(max(by.max(), 0.0)), None, None),
        ("share of applications whose PD rises", *rises.bounded),
        ("share of applications whose PD falls", *falls.bounded),
    ]
    return pd.DataFrame(rows, columns=["move", "pd_change", "pd_change_lower", "pd_change_upper"])


def by_band(effect: Effect) -> pd.DataFrame:
    """By the band that an application was in before, the safest first: mean PDs, their change, and who is approved."""
    (before, _), rows = effect.decided(), []
    for band in reversed(effect.before.bundle.credit_policy.bands_by_score):
        among = (before.applications["band"] == band.name).to_numpy()
        n = int(among.sum())
        told = (None,) * 7 if n < effect.applicants.smallest_cell else _of_band(effect, among)
        rows.append((band.name, n, *told))
    columns = ["pd_before", "pd_after", "pd_change", "pd_change_lower", "pd_change_upper"]
    return pd.DataFrame(rows, columns=["band", "n", *columns, "approval_before", "approval_after"])


def actions(effect: Effect) -> pd.DataFrame:
    """How many applications go from each action (rows, `before`) to each action (columns)."""
    first, second = (side.applications["action"].to_numpy() for side in effect.decided())
    counts = [[int(((first == a) & (second == b)).sum()) for b in SEVERITY] for a in SEVERITY]
    told = pd.DataFrame(counts, columns=list(SEVERITY), dtype=object)
    told.insert(0, "before", list(SEVERITY))
    return told.assign(n=[sum(row) for row in counts])


def swaps(effect: Effect) -> pd.DataFrame:
    """Who is approved by one bundle alone: how many, how bad by the PDs of either, and how bad where it is known.

    Rates are left out where fewer people than the smallest cell stand behind them.
    """
    before, after = effect.decided()
    first, second = before.approved.to_numpy(), after.approved.to_numpy()
    rows = []
    for name, among in (("swapped in", ~first & second), ("swapped out", first & ~second), ("stays", first & second)):
        known = among & before.applications["y"].notna().to_numpy()
        rows.append((
            name, int(among.sum()), *_mean_pd(effect, among, 0)[:1], *_mean_pd(effect, among, 1),
            int(known.sum()), *_observed(effect, known),
        ))  # fmt: skip
    expected = ["expected_before", "expected_after", "expected_after_lower", "expected_after_upper"]
    return pd.DataFrame(rows, columns=["swap", "n", *expected, "n_labelled", "observed_bad_rate", "lower", "upper"])


def by_group(effect: Effect) -> pd.DataFrame:
    """Approval of each protected group before and after: attribute, group, n, both rates, and the paired change.

    Groups of fewer people than the smallest cell are left out, and with them those from which their number follows.
    Raises `NotEvaluated` where the study has no protected attribute, or none of its groups may be shown.
    """
    sides = [side.approved.to_numpy() for side in effect.decided()]
    rows = [
        (attribute, name, *_approvals(*(side[members] for side in sides)))
        for attribute in effect.applicants.groups
        for name, members in _shown(effect.applicants.groups[attribute], effect.applicants.smallest_cell)
    ]
    if not rows:
        raise NotEvaluated("the study has no protected attribute whose groups may be shown")
    changed = ["approval_change", "approval_change_lower", "approval_change_upper"]
    return pd.DataFrame(rows, columns=["attribute", "group", "n", "approval_before", "approval_after", *changed])


def _shown(groups: pd.Series, smallest: int) -> Iterator[tuple[str, Bools]]:
    """The groups of an attribute that may be shown, each with who belongs to it."""
    group = groups.astype("str").to_numpy()
    names, counts = np.unique(group, return_counts=True)
    for name in names[~withheld_parts(counts, smallest)]:
        yield str(name), group == name


def _of_band(effect: Effect, among: Bools) -> tuple[float | None, ...]:
    weight = outcome_weights(effect.applicants.y, effect.applicants.shift)[among]
    first, second = (Ratio(weight * side["pd"].to_numpy()[among], weight) for side in effect.scored())
    rates = [float(np.average(side.approved.to_numpy()[among], weights=weight)) for side in effect.decided()]
    return first.value, second.value, *paired.change(first, second).bounded, *rates


def _mean_pd(effect: Effect, among: Bools, side: int) -> tuple[float | None, ...]:
    if among.sum() < effect.applicants.smallest_cell:
        return NOBODY
    weight = outcome_weights(effect.applicants.y, effect.applicants.shift)[among]
    return Ratio(weight * effect.scored()[side]["pd"].to_numpy()[among], weight).estimate().bounded


def _observed(effect: Effect, known: Bools) -> tuple[float | None, ...]:
    if known.sum() < effect.applicants.smallest_cell:
        return NOBODY
    found = proportion(int(effect.applicants.y.to_numpy()[known].sum()), int(known.sum()))
    return tuple(moved([np.nan if x is None else x for x in found.bounded], effect.applicants.shift).tolist())


def _approvals(first: Bools, second: Bools) -> tuple[float | int | None, ...]:
    cells = (first & second, ~first & second, first & ~second, ~first & ~second)
    found: Estimate = paired_difference(*(int(cell.sum()) for cell in cells))
    return len(first), float(first.mean()), float(second.mean()), *found.bounded


@dataclass(frozen=True)
class EffectTable:
    """A table of an effect: its title, how it is made, and what its reader must know."""

    name: str
    title: str
    made: Callable[[Effect], pd.DataFrame]
    note: str = ""


TABLES = (
    EffectTable("pd_moves", "How the PDs move", pd_moves, "Each PD after less the same before, in percentage points."),
    EffectTable("by_band", "By the score band before the change", by_band, "Bands of very few people are left empty."),
    EffectTable("actions", "From each action before (rows) to each action after (columns)", actions),
    EffectTable(
        "swaps",
        "Who is approved by one of the two alone",
        swaps,
        "Expected bad rates are mean PDs, by the bundle before and by the one after. Observed ones exist only where a "
        "loan was booked and its window has closed. Rates of very few people are left empty.",
    ),
    EffectTable(
        "by_group",
        "Approval of protected groups",
        by_group,
        "Groups of too few people are withheld, with those from which their number would follow. Intervals are of each "
        "group by itself: among many groups some move by chance.",
    ),
)
