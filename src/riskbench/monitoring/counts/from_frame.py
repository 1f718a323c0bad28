"""Counts of applications in memory: what a run holds, and what the decision log gives page by page.

Every subject becomes whole numbers, one a row, and is counted at once for everyone and for each segment.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from riskbench.decision.meaning.reads import BETWEEN
from riskbench.monitoring.counts.grid import Cells, Grid, cells_of
from riskbench.monitoring.counts.table import ACTION, EVERYONE, FEATURE, MISSING, OUTSIDE, PD, RULE, SCORE, CountTable
from riskbench.monitoring.counts.yardstick import UNKNOWN_LEVEL, Yardstick, segment_codes

MISSING_CELLS = ("known", "missing")
OUTSIDE_CELLS = ("below", "above", "level")


@dataclass(frozen=True, eq=False)
class Seen:
    """Applications to be counted, row by row the same in each part.

    `days`: dates. `columns`: the features, the columns watched and those of segments, by name; what is absent is not
    counted. `scores`: `score` and `pd`. `decisions`: `action`, `rule` and `amount` (lent), and `hits`, names of rules
    with ";" between them. `groups`: protected groups by attribute, for the counts of actions alone.
    """

    days: pd.Series
    columns: pd.DataFrame
    scores: pd.DataFrame | None = None
    decisions: pd.DataFrame | None = None
    groups: Mapping[str, pd.Series] = field(default_factory=dict)


def count_frame(seen: Seen, yardstick: Yardstick) -> CountTable:
    """Applications by day, segment, subject and cell, on the edges of a yardstick.

    Raises ValueError where the parts have different numbers of rows, or a day is missing.

    >>> days = pd.Series(pd.to_datetime(["2026-03-01", "2026-03-01", "2026-03-02"]))
    >>> scores = pd.DataFrame({"score": [480, 510, 530], "pd": [0.2, 0.1, 0.05]})
    >>> counts = count_frame(Seen(days, pd.DataFrame(index=days.index), scores), Yardstick(model="m", edges=(500.0,)))
    >>> counts.where(subject="score")[["day", "cell", "n", "total"]].to_string(index=False, header=False).split()
    ['2026-03-01', '<', '500', '1', '480.0', '2026-03-01', '>=', '500', '1', '510.0', '2026-03-02', ...]
    """
    _same_rows(seen)
    grid = grid_of(seen, yardstick)
    parts = [grid.counted(cells) for cells in subjects(seen, yardstick)]
    if seen.groups and seen.decisions is not None:
        parts += [by_groups(seen, yardstick.model).counted(_actions(seen.decisions))]
    return CountTable.of(pd.concat(parts, ignore_index=True)) if parts else CountTable.empty()


def grid_of(seen: Seen, yardstick: Yardstick) -> Grid:
    """The days and segments of applications; everyone is the first segment."""
    everyone = ((EVERYONE,), np.zeros(len(seen.days), np.int64))
    parts = [
        (segment.names, segment_codes(segment, seen.columns[segment.column]))
        for segment in yardstick.segments
        if segment.column in seen.columns
    ]
    return Grid.of(yardstick.model, seen.days, (everyone, *parts))


def by_groups(seen: Seen, model: str) -> Grid:
    """The days of applications, with protected groups for segments."""
    parts = []
    for attribute, texts in seen.groups.items():
        codes, names = pd.factorize(texts.fillna(UNKNOWN_LEVEL))
        parts.append((tuple(f"{attribute}={name}" for name in names), codes.astype(np.int64)))
    return Grid.of(model, seen.days, parts)


def subjects(seen: Seen, yardstick: Yardstick) -> Iterator[Cells]:
    """Everything that can be counted of these applications."""
    if seen.scores is not None:
        scores, pds = (seen.scores[name].to_numpy(float) for name in ("score", "pd"))
        bands = np.searchsorted(np.asarray(yardstick.edges), scores, side="right")
        yield Cells(SCORE, yardstick.bands, np.where(np.isnan(scores), -1, bands), scores)
        yield Cells(PD, ("",), np.where(np.isnan(pds), -1, 0), pds)
    if seen.decisions is not None:
        yield _actions(seen.decisions)
        yield cells_of(RULE, seen.decisions["rule"].fillna(""))
        yield from _outside(seen.decisions)
    for cells in yardstick.features:
        if cells.name in seen.columns:
            yield Cells(FEATURE + cells.name, cells.labels, cells.bins.bin_of(seen.columns[cells.name]))
    for name in yardstick.watched:
        if name in seen.columns:
            yield Cells(MISSING + name, MISSING_CELLS, seen.columns[name].isna().to_numpy().astype(np.int64))


def _actions(decisions: pd.DataFrame) -> Cells:
    return cells_of(ACTION, decisions["action"], decisions["amount"].fillna(0.0).to_numpy(float))


def outside_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Of rows with `hits`, those that name a check of an input, once a check, with its `subject` and `cell`."""
    named = rows.loc[rows["hits"].fillna("") != ""]
    single = named.assign(hits=named["hits"].str.split(BETWEEN)).explode("hits")
    parts = single["hits"].str.extract(r"^(?P<cell>below|above|level):(?P<column>.+)$")
    found = single.assign(subject=OUTSIDE + parts["column"], cell=parts["cell"])
    return found[parts["column"].notna()]


def _outside(decisions: pd.DataFrame) -> Iterator[Cells]:
    """Values outside of what the card was built on, told by the checks of inputs among the rules that hit."""
    if "hits" not in decisions:
        return
    found = outside_of(pd.DataFrame({"hits": decisions["hits"].to_numpy()}))  # by position, whatever the index is
    for subject, rows in found.groupby("subject", sort=True):
        placed = np.full(len(decisions), -1, np.int64)
        placed[rows.index] = [OUTSIDE_CELLS.index(cell) for cell in rows["cell"]]
        yield Cells(str(subject), OUTSIDE_CELLS, placed)


def _same_rows(seen: Seen) -> None:
    parts = {"columns": seen.columns, "scores": seen.scores, "decisions": seen.decisions, **seen.groups}
    sizes = {name: len(part) for name, part in parts.items() if part is not None}
    if wrong := {name: size for name, size in sizes.items() if size != len(seen.days)}:
        told = ", ".join(f"{name} {size}" for name, size in wrong.items())
        raise ValueError(f"all parts must have the {len(seen.days)} rows of days, got {told}")
