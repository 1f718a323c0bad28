"""Which segments drift: those whose share has moved most, and those whose score has moved otherwise than the others'.

Searched are the bins of the card's features and the levels of context columns, one by one and in pairs. Among thousands
some move by chance, so p-values are adjusted to hold the share of false finds; and one movement shows in many segments
that overlap, so that of each column, and of each pair of columns, only the strongest segment is told, and a pair only
where it has moved more clearly than either of its parts alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from riskbench.core.results import LEVEL
from riskbench.data.study import Study
from riskbench.metrics.arguments import Bools, Floats
from riskbench.metrics.intervals import difference, normal_quantile
from riskbench.metrics.multiple_tests import benjamini_hochberg
from riskbench.monitoring.population.mix import dividing
from riskbench.monitoring.population.window import Window
from riskbench.scorecard.card import Scorecard
from riskbench.validation.population.segments import Segments, segments

FALSE_SHARE = 0.05  # adjusted p-values up to here are told as found
FEWEST_FOR_MEANS = 30
SHARE_COLUMNS = ["segment", "n_before", "n_now", "share_before", "share_now", "change", "lower", "upper", "p_adjusted"]
SCORE_COLUMNS = ["segment", "n_before", "n_now", "score_change", "lower", "upper", "others_change", "p_adjusted"]


@dataclass(frozen=True)
class Drifting:
    """What a search found.

    `shares` and `scores` hold the segments found, the clearest first, with `SHARE_COLUMNS` and `SCORE_COLUMNS`;
    `tested_shares` and `tested_scores` count those that were looked at.
    """

    shares: pd.DataFrame
    scores: pd.DataFrame
    tested_shares: int
    tested_scores: int


def watched(study: Study, applications: pd.DataFrame, card: Scorecard, bins: pd.DataFrame) -> Segments:
    """The bins of the card's features, and the levels of the columns of `mix.dividing`."""
    codes = {name: bins[name].to_numpy() for name in card.points_}
    labels: dict[str, Sequence[str]] = {name: card.binning_.features_[name].labels for name in card.points_}
    for name, texts in dividing(study, applications).items():
        if name not in codes:
            labels[str(name)] = known = sorted(texts.unique())
            codes[str(name)] = pd.Categorical(texts, known).codes.astype(np.int64)
    return segments(pd.DataFrame(codes, index=bins.index), labels)


def search(found: Segments, score: pd.Series, window: Window, smallest: int) -> Drifting:
    """The drifting among the segments `found`, from the reference to the window.

    A segment is looked at where it has no case or at least `smallest` on either side, and where as many would be
    expected on both had nothing moved; for its mean score, where it has thirty or more on both. A pair is
    looked at where both of its parts are.
    """
    before, now = (_Sums.of(found.of(rows), score[rows].to_numpy(float)) for rows in (window.reference, window.current))
    pairs = np.column_stack(found.pairs)
    z, looked = _share_z(before, now, smallest)
    looked = _with_its_parts(pairs, looked)
    shares = _strongest(found, pairs, z, looked)
    risen, looked_scores = _score_z(before, now, smallest)
    looked_scores = _with_its_parts(pairs, looked_scores)
    scores = _strongest(found, pairs, risen, looked_scores)
    return Drifting(
        _shares_table(found, pairs, shares, before, now),
        _scores_table(found, pairs, scores, before, now),
        int(looked.sum()),
        int(looked_scores.sum()),
    )


@dataclass(frozen=True, eq=False)
class _Sums:
    """Cases, and sums of the score and of its square, of every segment; and of everybody."""

    n: Floats
    total: Floats
    squares: Floats
    everybody: tuple[float, float, float]

    @classmethod
    def of(cls, part: Segments, score: Floats) -> "_Sums":
        ones, centred = np.ones(len(score)), score - 500.0  # near the scores: squares keep their digits
        n, total, squares = (part.sums(values) for values in (ones, centred, centred**2))
        return cls(n, total, squares, (len(score), float(centred.sum()), float((centred**2).sum())))

    @property
    def share(self) -> Floats:
        return self.n / self.everybody[0]

    def mean_and_error(self, others: bool = False) -> tuple[Floats, Floats]:
        """Mean of the score, and the variance of that mean, inside each segment or outside it."""
        own = (self.n, self.total, self.squares)
        n, total, squares = (w - o for w, o in zip(self.everybody, own, strict=True)) if others else own
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = total / n
            return mean, np.maximum(squares / n - mean**2, 0.0) / (n - 1)


def _share_z(before: _Sums, now: _Sums, smallest: int) -> tuple[Floats, Bools]:
    """Z of the change of each share, of two independent samples with the pooled share, and where it can be told."""
    n, m = before.everybody[0], now.everybody[0]
    pooled = (before.n + now.n) / (n + m)
    told = ((before.n == 0) | (before.n >= smallest)) & ((now.n == 0) | (now.n >= smallest))
    told &= (pooled * min(n, m) >= smallest) & (pooled < 1)
    error = np.sqrt(np.where(told, pooled * (1 - pooled) * (1 / n + 1 / m), 1.0))
    return np.where(told, (now.share - before.share) / error, 0.0), told


def _score_z(before: _Sums, now: _Sums, smallest: int) -> tuple[Floats, Bools]:
    """Z of what the mean score changed by in each segment, less what it changed by in all others."""
    fewest = max(FEWEST_FOR_MEANS, smallest)
    told = np.ones(len(before.n), dtype=bool)
    for side in (before, now):
        told &= (side.n >= fewest) & (side.everybody[0] - side.n >= fewest)
    parts = [side.mean_and_error(others) for others in (False, True) for side in (before, now)]
    (m0, v0), (m1, v1), (r0, w0), (r1, w1) = parts
    error = np.sqrt(np.where(told, v0 + v1 + w0 + w1, 1.0))
    told &= error > 0
    return np.where(told, ((m1 - m0) - (r1 - r0)) / np.where(told, error, 1.0), 0.0), told


def _with_its_parts(pairs: np.ndarray, looked: Bools) -> Bools:
    """A pair is looked at where both of its parts are: what is left of a small part would tell of it."""
    first, second = pairs.T
    single = np.zeros(pairs.max() + 1, dtype=bool)
    single[first[first == second]] = looked[first == second]
    return looked & single[first] & single[second]


def _strongest(found: Segments, pairs: np.ndarray, z: Floats, looked: Bools) -> pd.DataFrame:
    """The place and adjusted p of the strongest segment found of each column and of each pair of columns."""
    adjusted = np.full(len(z), np.nan)
    adjusted[looked] = benjamini_hochberg(2 * ndtr(-np.abs(z[looked])))
    first, second = pairs.T
    single = np.zeros(len(found.names))
    single[first[first == second]] = np.abs(z[first == second])
    more_than_parts = (first == second) | (np.abs(z) > np.maximum(single[first], single[second]))
    places = np.flatnonzero(looked & more_than_parts & (adjusted <= FALSE_SHARE))
    table = pd.DataFrame(
        {
            "place": places,
            "p": adjusted[places],
            "strength": np.abs(z[places]),
            "same": z[places].round(9),  # the same people under another name
            "one": found.column[first[places]],
            "other": found.column[second[places]],
        }
    ).sort_values("strength", ascending=False, kind="stable")
    return table.drop_duplicates(["one", "other"]).drop_duplicates("same")


def _shares_table(found: Segments, pairs: np.ndarray, kept: pd.DataFrame, before: _Sums, now: _Sums) -> pd.DataFrame:
    rows = []
    for place, p in zip(kept["place"], kept["p"], strict=True):
        n, m = int(before.n[place]), int(now.n[place])
        change = difference(m, int(now.everybody[0]), n, int(before.everybody[0]), LEVEL)
        rows.append((_told(found, pairs[place]), n, m, before.share[place], now.share[place], *change.bounded, p))
    return pd.DataFrame(rows, columns=SHARE_COLUMNS)


def _scores_table(found: Segments, pairs: np.ndarray, kept: pd.DataFrame, before: _Sums, now: _Sums) -> pd.DataFrame:
    (m0, v0), (m1, v1) = before.mean_and_error(), now.mean_and_error()
    others = now.mean_and_error(others=True)[0] - before.mean_and_error(others=True)[0]
    reach = normal_quantile(LEVEL) * np.sqrt(v0 + v1)
    rows = []
    for i, p in zip(kept["place"], kept["p"], strict=True):
        change = m1[i] - m0[i]
        counted = int(before.n[i]), int(now.n[i])
        rows.append((_told(found, pairs[i]), *counted, change, change - reach[i], change + reach[i], others[i], p))
    return pd.DataFrame(rows, columns=SCORE_COLUMNS)


def _told(found: Segments, pair: np.ndarray) -> str:
    return found.told((int(pair[0]), int(pair[1])))
