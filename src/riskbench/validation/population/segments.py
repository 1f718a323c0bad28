"""Segments: every bin of every column that may divide applications, and every pair of bins of two columns.

Who is in which bin is one sparse matrix M of zeros and ones, a row an application. The counts of all segments of one
and two bins are then one product: MᵀM holds their cases, Mᵀ diag(y) M their bads, and the diagonal the single bins, so
that a thousand segments cost a few products and not a thousand passes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from riskbench.metrics.arguments import Bools, Floats
from riskbench.scorecard.binning.bins import FeatureBins
from riskbench.scorecard.calibration.master_scale import grades
from riskbench.validation.population.applicants import Applicants

GRADE = "grade"
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Segments:
    """Who is in which bin: `member` (rows by bins), the name of each bin, and the number of the column it belongs to.

    A segment is a pair of bins of two columns, or a bin with itself.
    """

    member: csr_array
    names: tuple[str, ...]
    column: Places

    @property
    def pairs(self) -> tuple[Places, Places]:
        """The bins of all segments: each with itself, and each pair of bins of two columns once."""
        first, second = np.triu_indices(len(self.names))
        apart = (self.column[first] != self.column[second]) | (first == second)
        return first[apart], second[apart]

    def of(self, rows: ArrayLike) -> "Segments":
        """The same bins on some of the rows, given as a mask."""
        return Segments(self.member[np.flatnonzero(rows)], self.names, self.column)

    def sums(self, weights: ArrayLike) -> Floats:
        """The sum of a column of the rows over every segment, in the order of `pairs`."""
        weighted = self.member.multiply(np.asarray(weights, dtype=float)[:, None]).tocsr()
        return (self.member.T @ weighted).toarray()[self.pairs]

    def inside(self, segment: tuple[int, int]) -> Bools:
        """Which rows are in the segment of two bins."""
        first, second = (self.member[:, [place]].toarray().ravel() > 0 for place in segment)
        return first & second

    def told(self, segment: tuple[int, int]) -> str:
        """The segment in words."""
        first, second = (self.names[place] for place in segment)
        return first if first == second else f"{first}; {second}"


def segments(codes: pd.DataFrame, labels: Mapping[str, Sequence[str]]) -> Segments:
    """The bins of the columns of `codes` (whole numbers from 0 on), which `labels` name.

    Raises ValueError for a code without a label.

    >>> labels = {"channel": ["app", "agent"], "age": ["< 30", ">= 30"]}
    >>> found = segments(pd.DataFrame({"channel": [0, 1, 1], "age": [0, 0, 1]}), labels)
    >>> told = [found.told(pair) for pair in zip(*found.pairs)]
    >>> dict(zip(told, found.sums([1, 1, 1]).tolist()))["channel: agent; age: >= 30"]
    1.0
    """
    sizes = [len(labels[str(name)]) for name in codes]
    for (name, column), size in zip(codes.items(), sizes, strict=True):
        if not 0 <= column.min() <= column.max() < size:
            raise ValueError(f"code {column.max()} of column {name} has no label, {size} are given")
    starts = np.cumsum([0, *sizes[:-1]])
    places = codes.to_numpy(np.int64) + starts
    rows = np.repeat(np.arange(len(codes)), codes.shape[1])
    shape: Any = (len(codes), sum(sizes))
    member = csr_array((np.ones(places.size), (rows, places.ravel())), shape=shape)
    names = tuple(f"{name}: {label}" for name in codes for label in labels[str(name)])
    return Segments(member, names, np.repeat(np.arange(codes.shape[1]), sizes))


def segments_of(applicants: Applicants) -> Segments:
    """The grades, the study's own segments, and the bins of all candidates: those of the card first, as it has them.

    Candidates that the card left out are divided by the bins of their selection, which development made. Protected
    attributes are not here: they have a page of their own.
    """
    study, card, binning = applicants.study, applicants.card.binning_, applicants.binning
    others = [name for name, bins in binning.features_.items() if name not in applicants.used and _divides(bins)]
    scale = study.master_scale
    codes = {GRADE: grades(applicants.scores["pd_applied"], scale) - 1}
    labels: dict[str, Sequence[str]] = {GRADE: scale.labels}
    for name in study.base.segments:
        if name not in binning.features_:
            codes[name], labels[name] = _levels(applicants.applications[name])
    divided = card.bins(applicants.features).join(binning.restricted_to(others).bins(applicants.features))
    bins = binning.features_ | card.features_
    labels |= {name: bins[name].labels for name in map(str, divided)}
    return segments(pd.DataFrame(codes, index=divided.index).join(divided), labels)


def _divides(bins: FeatureBins) -> bool:
    """Whether two bins of a column have cases at all."""
    return int((bins.cases > 0).sum()) > 1


def _levels(column: pd.Series) -> tuple[Places, list[str]]:
    texts = column.astype("str").where(column.notna(), "missing")
    levels = sorted(texts.unique())
    return pd.Categorical(texts, levels).codes.astype(np.int64), levels
