"""The bins that counts give to a division, found or made by hand: goods and bads, labels, WoE and notes of each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from riskbench.data.coding import UNSEEN
from riskbench.data.counts import Counts, Tally
from riskbench.scorecard.binning.apart import ApartRule, RegularBins
from riskbench.scorecard.binning.bins import NEVER_SEEN, FeatureBins
from riskbench.scorecard.binning.division import MISSING, Division
from riskbench.scorecard.binning.terms import Terms
from riskbench.scorecard.binning.trends import BY_BAD_RATE, Trend, bad_rates, follows, trend_of
from riskbench.scorecard.binning.woe import woe


def divided(name: str, division: Division, counts: Counts, terms: Terms, trend: str | None = None) -> FeatureBins:
    """The bins that counts at least as fine give to a division, with their WoE and notes.

    `trend` is the one that the division was found under; without it that which the bad rates have is told.
    """
    size, regular, specials = division.size, counts.coding.regular, counts.coding.specials
    into, coding = division.bin_of_codes(counts.coding), division.coding(specials)
    goods, bads = (
        np.concatenate([summed(part[:regular], into, size), part[regular:]]) for part in (counts.goods, counts.bads)
    )
    labels = (*division.labels, *(f"= {of}" if isinstance(of, str) else f"= {of:g}" for of in specials), MISSING)
    rules: list[ApartRule] = [*[terms.special] * len(specials), terms.missing]
    weights, notes = _weighed(labels, goods, bads, rules, terms.thin)
    return FeatureBins(
        name=name,
        coding=coding,
        groups=np.arange(size) if division.groups is None else division.bin_of_codes(coding),
        unseen=UNSEEN if division.rest is None else division.rest,
        labels=labels,
        goods=goods,
        bads=bads,
        woe=weights,
        notes=notes,
        trend=trend or _trend_of(division, bad_rates(goods[:size], bads[:size]), terms.trend),
        design_effect=counts.design_effect,
    )


def summed(part: Tally, into: NDArray[np.int64], size: int) -> Tally:
    """Counts by bin from counts by code (the last axis), `into` being the bin of each code."""
    sums = np.zeros((*part.shape[:-1], size), part.dtype)
    np.add.at(sums.T, into, part.T)
    return sums


def _weighed(
    labels: Sequence[str], goods: Tally, bads: Tally, rules: Sequence[ApartRule], thin: float
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """WoE and note of every bin; `rules` are those of the last bins, which hold special and missing values."""
    cases, size = goods + bads, len(labels) - len(rules)
    own = np.where(cases > 0, woe(goods, bads, goods.sum(), bads.sum()), 0.0)
    notes = [_note(good, bad) for good, bad in zip(goods, bads, strict=True)]
    seen = np.flatnonzero(cases[:size] > 0)
    regular = RegularBins([labels[int(i)] for i in seen], bads[seen] / cases[seen], own[seen], thin)
    weights = own.copy()
    for position, rule in enumerate(rules, start=size):
        lent = regular.lend(rule, goods[position], bads[position], own[position])
        weights[position], notes[position] = lent or (own[position], notes[position])
    return weights, tuple(notes)


def _note(goods: float, bads: float) -> str:
    if not goods + bads:
        return NEVER_SEEN
    return "" if goods and bads else "one class only: half an observation assumed in the empty cell"


def _trend_of(division: Division, rates: NDArray[np.float64], asked: Trend) -> str:
    if division.kind == "numeric":
        return trend_of(rates, asked)
    return BY_BAD_RATE if follows(rates, "ascending") else "none"
