"""A card as plain rules: which values of a feature fall into which bin, said so that any language can repeat it."""

import json
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from riskbench.scorecard.binning.bins import FeatureBins
from riskbench.scorecard.card import Baseline, Scorecard


@dataclass(frozen=True)
class Rule:
    """Values that fall into `bin`; of the rules of a feature, in their order, the first that holds decides.

    `missing`: no value; `values`: one of `values`; `interval`: at or above `lower` and below `upper`, where given;
    `rest`: whatever is left, which is a level that was never seen.
    """

    bin: int
    kind: Literal["missing", "values", "interval", "rest"]
    values: tuple[float, ...] | tuple[str, ...] = ()
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, eq=False)
class Part:
    """What one feature adds to a score: by bin, its whole points and its part of the log odds of bad.

    Reasons are counted from `baseline`: the most points of a bin that was seen when fitted, or those of average risk.
    """

    feature: str
    bins: FeatureBins
    rules: tuple[Rule, ...]
    points: NDArray[np.int64]
    log_odds: NDArray[np.float64]
    baseline: int

    @property
    def numeric(self) -> bool:
        """Whether the feature is a number; otherwise it is a text."""
        return self.bins.coding.kind == "numeric"


def parts_of(card: Scorecard, baseline: Baseline = "best") -> list[Part]:
    """The features of a fitted card, in its order, with the points that reasons are counted from."""
    check_is_fitted(card, "logit_")
    slopes = dict(zip(card.logit_.names, card.correction_[1] * card.logit_.slopes, strict=True))
    return [
        Part(
            feature=name,
            bins=card.binning_.features_[name],
            rules=rules_of(card.binning_.features_[name]),
            points=points,
            log_odds=slopes[name] * card.binning_.features_[name].woe,
            baseline=int(most),
        )
        for (name, points), most in zip(card.points_.items(), card.baseline_points(baseline), strict=True)
    ]


def base_log_odds(card: Scorecard) -> float:
    """The log odds of bad before any feature has said something."""
    return float(card.correction_[0] + card.correction_[1] * card.logit_.intercept)


def rules_of(bins: FeatureBins) -> tuple[Rule, ...]:
    """The rules of one feature. Missing comes first, then special values, then intervals or levels, then the rest.

    >>> from riskbench.scorecard import WoeBinning
    >>> binning = WoeBinning(max_bins=2, special_values=[-1]).fit(pd.DataFrame({"late": [0, 1] * 50}), [0, 1] * 50)
    >>> for rule in rules_of(binning.features_["late"]):
    ...     print(rule.bin, rule.kind, rule.values, rule.lower, rule.upper)
    3 missing () None None
    2 values (-1.0,) None None
    0 interval () None 1.0
    1 interval () 1.0 None
    """
    coding = bins.coding
    numeric = coding.kind == "numeric"
    apart = pd.Series([*coding.specials, None], dtype=float if numeric else object)
    *special_bins, missing = map(int, bins.bin_of(apart))
    specials = [
        Rule(position, "values", (float(value),) if numeric else (str(value),))
        for value, position in zip(coding.specials, special_bins, strict=True)
    ]
    rest = _intervals(bins) if numeric else _levels(bins)
    return (Rule(missing, "missing"), *specials, *rest)


def _intervals(bins: FeatureBins) -> list[Rule]:
    bounds = [None, *map(float, bins.coding.edges), None]
    found = []
    for position, codes in groupby(range(bins.coding.regular), key=lambda code: int(bins.groups[code])):
        inside = list(codes)
        found.append(Rule(position, "interval", (), bounds[inside[0]], bounds[inside[-1] + 1]))
    return found


def _levels(bins: FeatureBins) -> list[Rule]:
    special = set(map(str, bins.coding.specials))
    members: dict[int, list[str]] = {}
    for level, position in zip(bins.coding.levels, bins.groups, strict=False):
        if level not in special:
            members.setdefault(int(position), []).append(level)
    found = [Rule(position, "values", tuple(levels)) for position, levels in sorted(members.items())]
    return [*found, Rule(bins.unseen % len(bins.labels), "rest")]


def in_words(rule: Rule) -> str:
    """Which values a rule holds for, exactly; texts stand in double quotes, as JSON writes them.

    >>> in_words(Rule(0, "interval", lower=0.1, upper=3.0)), in_words(Rule(1, "values", ("car", "van")))
    ('from 0.1 to below 3', 'is "car" or "van"')
    """
    if rule.kind == "missing":
        return "missing"
    if rule.kind == "rest":
        return "any other value"
    if rule.kind == "values":
        return "is " + " or ".join(map(_value, rule.values))
    lower, upper = (None if bound is None else _value(bound) for bound in (rule.lower, rule.upper))
    if lower is None:
        return "any number" if upper is None else f"below {upper}"
    return f"at {lower} or above" if upper is None else f"from {lower} to below {upper}"


def _value(value: float | str) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value).removesuffix(".0")
