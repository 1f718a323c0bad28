"""What the parameters of a binning may be, and what they say for one feature.

Some are said once for all features or by feature, in a mapping; a mapping must name features that there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from riskbench.data.coding import Kind, Special
from riskbench.scorecard.binning.apart import APART_RULES
from riskbench.scorecard.binning.trends import TRENDS

BY_FEATURE = ("trends", "special_values", "missing", "special", "forced_cuts", "forbidden_cuts")
OF_NUMBERS = ("trends", "forced_cuts", "forbidden_cuts")
LEAST = {"max_bins": 1, "min_bin_count": 1, "min_class_count": 0, "rare_class_count": 0}
Parameters = Mapping[str, Any]


def check_parameters(given: Parameters) -> None:
    """Raise ValueError for the first parameter of a `WoeBinning` outside its domain, with the rule and what arrived."""
    for name, least in LEAST.items():
        if not (isinstance(given[name], int | np.integer) and given[name] >= least):
            raise ValueError(f"{name} must be a whole number, at least {least}, got {given[name]!r}")
    if not 0 < given["min_bin_share"] < 0.5:
        raise ValueError(f"min_bin_share must lie in (0, 0.5), got {given['min_bin_share']!r}")
    if not 0 <= given["rare_share"] < 1:
        raise ValueError(f"rare_share must lie in [0, 1), got {given['rare_share']!r}")
    if not 0 <= given["min_woe_difference"] < np.inf:
        raise ValueError(f"min_woe_difference must be at least 0, got {given['min_woe_difference']!r}")
    for name in OF_NUMBERS:
        if given[name] is not None and not isinstance(given[name], Mapping):
            raise ValueError(f"{name} must be told by feature, {{name: ...}}, got {given[name]!r}")
    _check_specials(given["special_values"])
    for name in ("missing", "special"):
        for rule in _each(given[name]):
            if rule not in APART_RULES:
                raise ValueError(f"{name} must be one of {', '.join(APART_RULES)}, got {rule!r}")
    for trend in (given["trend"], *(given["trends"] or {}).values()):
        if trend not in TRENDS:
            raise ValueError(f"trend must be one of {', '.join(TRENDS)}, got {trend!r}")


def check_names(given: Parameters, features: Iterable[str]) -> None:
    """Raise ValueError where a parameter is said of a feature that is not among those there are."""
    known = set(features)
    for name in BY_FEATURE:
        if isinstance(given[name], Mapping) and (unknown := [of for of in given[name] if of not in known]):
            raise ValueError(f"{name} names {', '.join(map(repr, unknown))}, which X does not have")


def check_kind(given: Parameters, feature: str, kind: Kind) -> None:
    """Raise ValueError where trends or cuts are said of a category."""
    for name in OF_NUMBERS:
        if kind == "categorical" and feature in (given[name] or {}):
            raise ValueError(f"{name} are for numbers; {feature!r} is a category, ordered by its bad rate")


def restricted(given: Parameters, features: Iterable[str]) -> dict[str, Any]:
    """The parameters, those by feature kept for `features` only."""
    kept = set(features)
    return {
        name: {of: said for of, said in value.items() if of in kept}
        if name in BY_FEATURE and isinstance(value, Mapping)
        else value
        for name, value in given.items()
    }


def for_feature(said: Any, feature: str, default: Any) -> Any:
    """What a parameter says of a feature: the same of all, or by feature what is said of it, else the default.

    >>> for_feature("worst", "age", "own"), for_feature({"age": "worst"}, "income", "own"), for_feature(None, "age", ())
    ('worst', 'own', ())
    """
    return default if said is None else said.get(feature, default) if isinstance(said, Mapping) else said


def fitting_specials(values: Any, feature: str, kind: Kind) -> tuple[Special, ...]:
    """Special values that can occur in a feature of this kind: numbers in numbers, texts in categories.

    Raises ValueError where a value is said of this very feature and cannot.

    >>> fitting_specials([-1, "unknown"], "age", "numeric")
    (-1,)
    """
    mine = for_feature(values, feature, ())
    fitting = tuple(value for value in mine if isinstance(value, str) == (kind == "categorical"))
    if isinstance(values, Mapping) and len(fitting) < len(mine):
        raise ValueError(f"special values of {feature!r} must be of its kind, {kind}, got {list(mine)}")
    return fitting


def plain(value: Any) -> Any:
    """A parameter without numpy's types and without tuples, ready for JSON."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def _each(said: Any) -> Iterable[Any]:
    return said.values() if isinstance(said, Mapping) else [said]


def _check_specials(said: Any) -> None:
    """Lists of numbers and texts; a text alone is a sequence too, of its letters."""
    lists = said.items() if isinstance(said, Mapping) else [("", () if said is None else said)]
    for feature, values in lists:
        name = f"special_values of {feature!r}" if feature else "special_values"
        if isinstance(values, str | bytes) or not isinstance(values, Sequence | np.ndarray):
            raise ValueError(f"{name} must be a list, got {values!r}")
        for value in values:
            if not isinstance(value, str | int | float | np.number | np.bool_):
                raise ValueError(f"{name} must be numbers or strings, got {value!r}")
            if value != value:
                raise ValueError(
                    f"{name} must be values, got NaN, which is missing and has its bin without being named"
                )
