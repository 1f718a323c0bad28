"""Which features a card built again has, and how far the champion's own coefficients are held by its sample."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.arguments import Floats
from riskbench.metrics.intervals import normal_quantile, wilson, wilson_bounds
from riskbench.scorecard.regression.logit import fit_logit
from riskbench.validation.robustness.bench import Bench, Rebuilt
from riskbench.validation.robustness.over_builds import LEVEL

FEWEST_BUILDS = 10  # of fewer, a frequency of 1 says next to nothing
OFTEN = 0.5  # a feature outside the champion is listed from here on


def feature_table(bench: Bench, builds: Sequence[Rebuilt], splits: Sequence[Rebuilt] = ()) -> pd.DataFrame:
    """One row a feature of the champion, or one outside it that at least half of the builds have; frequent ones first.

    `inclusion` is the share of bootstrap builds that have the feature, with Wilson's interval, `other_splits` that of
    the cards on other splits. `coefficient` is that of the champion's bare logit; its bounds are those of the bootstrap
    (normal), the champion's features and bins kept and no sign held, and `turned` is the share of these fits in which
    it is positive, the wrong sign.
    """
    share, elsewhere = inclusion(builds), inclusion(splits)
    own = list(bench.champion.points_)
    frequent = [str(name) for name in share.index if name not in own and share[name] >= OFTEN]
    names = sorted([*own, *frequent], key=lambda name: -share.get(name, 0.0))
    inside = np.array([share.get(name, 0.0) for name in names], dtype=float)
    lower, upper = wilson_bounds(inside, np.full(len(names), len(builds)))
    table = pd.DataFrame(
        {
            "feature": names,
            "in_champion": [name in own for name in names],
            "inclusion": inside,
            "inclusion_lower": lower,
            "inclusion_upper": upper,
            "other_splits": [float(elsewhere.get(name, 0.0)) if splits else np.nan for name in names],
        }
    )
    return table.join(_coefficients(bench, builds), on="feature")


def inclusion(builds: Sequence[Rebuilt]) -> pd.Series:
    """The share of builds that have each feature, by feature, often first and then by name."""
    found = pd.Series([name for build in builds for name in build.features], dtype="str").value_counts()
    return (found.sort_index().sort_values(ascending=False, kind="stable") / max(len(builds), 1)).rename("inclusion")


def inclusion_checks(bench: Bench, builds: Sequence[Rebuilt], thresholds: Thresholds) -> list[CheckResult]:
    """How often the champion's least steady feature comes back, and all of its features and no other.

    Also how many features outside the champion at least half of the builds have.
    """
    share = inclusion(builds)
    weakest = min(bench.champion.points_, key=lambda name: (share.get(name, 0.0), name))
    times = round(share.get(weakest, 0.0) * len(builds))
    outside = [name for name in share.index if name not in bench.champion.points_ and share[name] >= OFTEN]
    few = len(builds) < FEWEST_BUILDS
    return [
        CheckResult(
            "features.least_inclusion",
            f"Share of rebuilt cards with the champion's least steady feature ({weakest})",
            Estimate.missing(f"{len(builds)} cards tell no frequency; it takes {FEWEST_BUILDS}", len(builds))
            if few
            else wilson(times, len(builds)),
            thresholds["robustness.inclusion"],
            unit="%",
        ),
        CheckResult(
            "features.same_set",
            "Share of rebuilt cards with the champion's features and no other",
            wilson(sum(set(build.features) == set(bench.champion.points_) for build in builds), len(builds)),
            unit="%",
        ),
        CheckResult(
            "features.left_out_and_frequent",
            "Features outside the champion that at least half of the rebuilt cards have",
            Estimate(len(outside), n=len(builds)),
        ),
    ]


def one_half(builds: Sequence[Rebuilt]) -> Estimate:
    """A share of one half over so many builds, with Wilson's interval: what their number can tell at its worst."""
    return wilson(round(len(builds) / 2), len(builds))


def _coefficients(bench: Bench, builds: Sequence[Rebuilt]) -> pd.DataFrame:
    """By feature of the champion: its coefficient, the bounds of the bootstrap, and how often the sign turned."""
    logit = bench.champion.logit_
    W = bench.champion.binning_.transform(bench.candidates)[list(logit.names)]
    fits = [slopes for build in builds if (slopes := _slopes(W.iloc[build.rows], bench.y[build.rows])) is not None]
    table = pd.DataFrame({"coefficient": logit.slopes}, index=list(logit.names))
    spread = np.std(fits, axis=0, ddof=1) if len(fits) > 1 else np.full(len(table), np.nan)
    reach = normal_quantile(LEVEL) * spread
    turned = np.mean(np.array(fits) > 0, axis=0) if fits else np.nan
    return table.assign(
        coefficient_lower=table["coefficient"] - reach, coefficient_upper=table["coefficient"] + reach, turned=turned
    )


def _slopes(W: pd.DataFrame, y: Floats) -> Floats | None:
    """The coefficients of a logit on a draw, no sign held; None where the draw parts the classes or lacks variation."""
    try:
        return fit_logit(W, y).slopes
    except ValueError:
        return None
