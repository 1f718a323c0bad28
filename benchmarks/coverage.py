"""How often the 95 % intervals hold the truth, on samples from populations whose truth is known.

    python benchmarks/coverage.py [REPLICATES] [SECTION...]      samples a cell (2000: about five CPU minutes)

Sections: auc, slope, partial_auc, h_measure, parity, odds, psi; all where none is named.

Printed in per cent: 93 to 97 is what a 95 % interval should cover, and cells outside are marked with an exclamation
mark. `*` marks the region where `metrics.auc` itself says that its interval can cover less than 93 %: too few bads for
so high an AUC. A cell of 2,000 samples is known to about one percentage point.

Risks of goods are standard normal and those of bads normal with a higher mean, so that the AUC is known. For the
calibration line log-odds of the PD are normal, in 101 steps, and every PD is right. The fast ways of drawing placements
and of fitting lines are held against the library's own functions before anything is counted.
"""

import sys
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, ndtr, ndtri

from riskbench import metrics
from riskbench.metrics.two_classes import Placements, interval, needed_cases

SIZES = (500, 1000, 2000, 5000, 20_000)
BAD_RATES = (0.02, 0.05, 0.10, 0.20, 0.30)
AREAS = (0.70, 0.95, 0.99)
GROUPS = {"two": (0.8, 0.2), "four": (0.5, 0.3, 0.15, 0.05)}
GAPS = (0.0, 0.1)
STEPS = np.linspace(-5, 5, 101)
WEIGHTS = np.exp(-(STEPS**2) / 2) / np.exp(-(STEPS**2) / 2).sum()


def of_auc(n: int, bad_rate: float, area: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Where the bads of one sample stand among goods, and how many goods lie between neighbours: the ranks are all."""
    bads = max(2, rng.binomial(n, bad_rate))
    stand = np.sort(ndtr(rng.normal(np.sqrt(2) * ndtri(area), 1, bads)))
    return stand, rng.multinomial(n - bads, np.diff(stand, prepend=0.0, append=1.0))


def placements(between: np.ndarray) -> Placements:
    goods = between.sum()
    heights = np.arange(len(between) - 1, -1, -1) / (len(between) - 1)
    return Placements(np.cumsum(between)[:-1] / goods, np.repeat(heights, between))


def cases(between: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same sample as labels and risks."""
    bads = len(between) - 1
    risks = np.concatenate([np.arange(bads), np.repeat(np.arange(bads + 1), between) - 0.5])
    return np.arange(len(risks)) < bads, risks


def auc_intervals(n: int, bad_rate: float, area: float, replicates: int, rng: np.random.Generator) -> float:
    held, known = 0, 0
    for i in range(replicates):
        _, between = of_auc(n, bad_rate, area, rng)
        own = placements(between)
        e = interval(float(own.of_bads.mean()), own, 0.95, "")
        if not i:
            assert np.allclose(
                (e.value, e.lower), [getattr(metrics.auc(*cases(between)), k) for k in ("value", "lower")]
            )
        if e.lower is not None and e.upper is not None:
            known += 1
            held += e.lower <= area <= e.upper
    return held / known


def by_sample(statistic: Callable, n: int, bad_rate: float, area: float, replicates: int, seed: int) -> float:
    """Coverage of a statistic of cases; its truth is its value in two million of them."""
    rng = np.random.default_rng(seed)

    def sample(size: int) -> tuple[np.ndarray, np.ndarray]:
        bad = rng.random(size) < bad_rate
        return bad, rng.normal(np.sqrt(2) * ndtri(area) * bad, 1)

    truth = statistic(*sample(2_000_000)).value
    found = [e for e in (statistic(*sample(n)) for _ in range(replicates)) if e.lower is not None]
    return float(np.mean([e.lower <= truth <= e.upper for e in found]))


def population(bad_rate: float, area: float) -> np.ndarray:
    """PDs at each step, of a population with that bad rate and that AUC."""

    def pds(spread: float) -> np.ndarray:
        level = brentq(lambda at: WEIGHTS @ expit(at + spread * STEPS) - bad_rate, -90, 40)
        return expit(np.clip(level + spread * STEPS, -30, 30))

    def area_of(p: np.ndarray) -> float:
        bads, goods = (w / w.sum() for w in (WEIGHTS * p, WEIGHTS * (1 - p)))
        return float(bads @ (np.cumsum(goods) - goods / 2))

    return pds(brentq(lambda spread: area_of(pds(spread)) - area, 0.1, 12))


def slope_intervals(n: int, bad_rate: float, area: float, replicates: int, rng: np.random.Generator) -> float:
    p = population(bad_rate, area)
    size = rng.multinomial(n, WEIGHTS, replicates)
    bads = rng.binomial(size, p)
    x, a, b = np.log(p / (1 - p)), np.zeros((replicates, 1)), np.ones((replicates, 1))
    for _ in range(25):
        fitted = expit(a + b * x)
        w, gap = size * fitted * (1 - fitted), bads - size * fitted
        h0, h1, h2 = (w.sum(1), (w * x).sum(1), (w * x * x).sum(1))
        g0, g1, det = gap.sum(1), (gap * x).sum(1), h0 * h2 - h1**2
        a = a + np.clip((h2 * g0 - h1 * g1) / det, -1, 1)[:, None]
        b = b + np.clip((h0 * g1 - h1 * g0) / det, -0.3, 0.3)[:, None]
    lower, upper = (b[:, 0] + side * 1.959964 * np.sqrt(h0 / det) for side in (-1, 1))
    rows = np.repeat(np.tile(p, 2), np.concatenate([bads[0], size[0] - bads[0]]))
    line = metrics.calibration_line(np.arange(n) < bads[0].sum(), rows).slope
    assert line.lower is None or np.isclose(line.lower, lower[0], atol=1e-4), (line.lower, lower[0])
    return float(((lower <= 1) & (upper >= 1))[np.isfinite(lower)].mean())


def parity_intervals(
    n: int, shares: tuple[float, ...], gap: float, odds: bool, replicates: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Coverage of difference and ratio; rates fall evenly from .7 by `gap`, those of flagged bads from .6."""
    sizes = np.round(np.array(shares) * n).astype(int)
    bads = np.round(sizes * 0.2).astype(int)
    fall = gap * np.linspace(0, 1, len(shares))
    parity, low, high = ("equalised_odds", 0.6 - gap, 0.6) if odds else ("demographic_parity", 0.7 - gap, 0.7)
    held = np.zeros(2)
    for i in range(replicates):
        if odds:
            hits, alarms = rng.binomial(bads, 0.6 - fall), rng.binomial(sizes - bads, 0.2)
            groups = metrics.GroupCounts(hits=hits, bads=bads, false_alarms=alarms, goods=sizes - bads)
        else:
            groups = metrics.GroupCounts(rng.binomial(sizes, 0.7 - fall), sizes)
        found = metrics.group_parity(groups, 200, i, only=[parity])[parity]
        for at, (e, truth) in enumerate(((found.difference, gap), (found.ratio, low / high))):
            held[at] += e.lower is None or (e.lower <= truth + 1e-12 and e.upper >= truth - 1e-12)
    return tuple(held / replicates)


def psi_level(n: int, cells: int, replicates: int, rng: np.random.Generator) -> float:
    """How often PSI lies below the quantile of chance, both samples being of one population."""
    shares = np.full(cells, 1 / cells)
    pairs = zip(rng.multinomial(n, shares, replicates), rng.multinomial(n, shares, replicates), strict=True)
    return float(np.mean([e.value <= e.critical for e in (metrics.psi(a, b) for a, b in pairs)]))


def shown(covered: float, told: bool = False) -> str:
    return f"{100 * covered:.1f}{'*' if told else ' ' if 0.93 <= covered <= 0.97 else '!'}"


def table(title: str, rows: Iterator[tuple[str, list[str]]], columns: tuple = SIZES) -> None:
    print(f"\n{title}\n")
    print(pd.DataFrame(dict(rows), index=[f"{c:,}" for c in columns]).T.to_string(), flush=True)


def main(replicates: int, sections: tuple[str, ...]) -> None:
    for name in sections or SECTIONS:
        SECTIONS[name](replicates, np.random.default_rng(2026))


def by_design(title: str, measure: Callable, told: bool) -> Callable[[int, np.random.Generator], None]:
    def section(replicates: int, rng: np.random.Generator) -> None:
        def cells(area: float, rate: float) -> list[str]:
            few = [told and n * rate < needed_cases(area) for n in SIZES]
            return [shown(measure(n, rate, area, replicates, rng), f) for n, f in zip(SIZES, few, strict=True)]

        rows = ((f"AUC {area:.2f}, bad rate {rate:.0%}", cells(area, rate)) for area in AREAS for rate in BAD_RATES)
        table(title, rows)
        if told:
            needed = ", ".join(f"{needed_cases(area):.0f} for {area}" for area in AREAS)
            print(f"\n*: fewer cases of the rarer class than an AUC needs: {needed}")

    return section


def costly(title: str, statistic: Callable, part: int) -> Callable[[int, np.random.Generator], None]:
    def section(replicates: int, _: np.random.Generator) -> None:
        sizes, count = (500, 2000), replicates // part
        rows = (
            (
                f"AUC {area:.2f}, bad rate {rate:.0%}",
                [shown(by_sample(statistic, n, rate, area, count, 1), n * rate < needed_cases(area)) for n in sizes],
            )
            for area, rate in ((0.7, 0.05), (0.7, 0.2), (0.95, 0.2))
        )
        table(f"{title}, {count:,} samples", rows, sizes)

    return section


def parity(title: str, odds: bool) -> Callable[[int, np.random.Generator], None]:
    def section(replicates: int, rng: np.random.Generator) -> None:
        found = {
            (words, gap): [parity_intervals(n, shares, gap, odds, replicates, rng) for n in SIZES]
            for words, shares in GROUPS.items()
            for gap in GAPS
        }
        rows = (
            (f"{words} groups, gap {gap:g}: {what}", [shown(cell[at]) for cell in cells])
            for (words, gap), cells in found.items()
            for at, what in enumerate(("difference", "ratio"))
        )
        table(f"{title}: at a gap of 0 the interval misses on one side only, so 97.5 is right", rows)

    return section


def stability(replicates: int, rng: np.random.Generator) -> None:
    rows = ((f"{cells} cells", [shown(psi_level(n, cells, replicates, rng)) for n in SIZES]) for cells in (5, 10, 20))
    table("PSI below its critical value where nothing has changed, both samples of that size", rows)


SECTIONS = {
    "auc": by_design("Area under the ROC curve, by sample size", auc_intervals, True),
    "slope": by_design("Slope of the calibration line", slope_intervals, False),
    "partial_auc": costly("Partial AUC", metrics.partial_auc, 2),
    "h_measure": costly("H-measure", metrics.h_measure, 4),
    "parity": parity("Demographic parity", False),
    "odds": parity("Equalised odds", True),
    "psi": stability,
}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000, tuple(sys.argv[2:]))
