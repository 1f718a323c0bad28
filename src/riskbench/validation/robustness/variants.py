"""Other choices that a modeller could have made, a family each; the table at the end names the families.

A variant is everything a card is built from once more, with one thing changed. What a study cannot offer is a variant
too, with the reason instead of rows.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskbench.core.thresholds import Override
from riskbench.data.definitions import PLAIN_COLUMN, other_definitions
from riskbench.data.periods import periods
from riskbench.data.study import Study
from riskbench.metrics.arguments import Bools, Floats
from riskbench.scorecard.design import CardDesign
from riskbench.validation.robustness.bench import Bench

NO_DATES = "the study has no decision dates"
ONE_PERIOD = "all applications of development were decided in one month"
SAME_LABELS = "it labels nobody otherwise"
METHODS_TRIED = ("backward", "forward", "lasso")  # stepwise asks the same test as backward
MAX_BINS = (4, 6, 10)
MIN_BIN_SHARES = (0.02, 0.10)
LIMITS: Mapping[str, tuple[float, ...]] = {  # lines of the thresholds, and the green limits that are tried
    "features.p_value": (0.05,),
    "features.correlation": (0.70,),
    "features.iv_floor": (0.02,),
}
LIMIT_TOLD = {
    "features.p_value": "p-value up to {:g}",
    "features.correlation": "correlation up to {:g}",
    "features.iv_floor": "IV from {:g}",
}


@dataclass(frozen=True, eq=False)
class Variant:
    """One other choice: its `family`, what it is in words, and what is changed; None is as the champion had it.

    `rows` says which applications it may be built on, `y` how they are labelled; `reason` why it cannot be tried.
    """

    family: str
    told: str
    rows: Bools | None = None
    y: Floats | None = None
    study: Study | None = None
    design: CardDesign | None = None
    reason: str = ""


def variants(bench: Bench, definitions: pd.DataFrame) -> list[Variant]:
    """All other choices that are tried, in the order of `FAMILIES`.

    `definitions` has y by each other definition of bad (`riskbench.data.definitions`), in the rows of the applications.
    """
    return [variant for family in FAMILIES.values() for variant in family(bench, definitions)]


def _definitions(bench: Bench, definitions: pd.DataFrame) -> Iterator[Variant]:
    known = [other for other in other_definitions(bench.study) if other.name in definitions]
    if not known:
        yield Variant("definition", "another definition of bad", reason=PLAIN_COLUMN)
    development = bench.applications["sample"].eq("development").to_numpy()
    for other in known:
        y = definitions[other.name].to_numpy(float)
        if np.array_equal(y, bench.y, equal_nan=True):
            yield Variant("definition", other.told, reason=SAME_LABELS)
        else:
            yield Variant("definition", other.told, rows=development, y=y)


def _windows(bench: Bench, definitions: pd.DataFrame) -> Iterator[Variant]:
    months = bench.applications["month"]
    own = months[bench.developed]
    if own.nunique() < 2 or own.eq("").any():
        reason = NO_DATES if own.eq("").any() else ONE_PERIOD
        yield Variant("window", "another period of development", reason=reason)
        return
    order = np.sort(own.unique())
    early = months.le(order[(len(order) - 1) // 2]).to_numpy()
    quarters = periods(months, "quarter")
    found = np.sort(quarters[bench.developed].unique())
    parts = {"first half": early, "second half": ~early}
    if len(found) > 1:
        parts |= {
            f"without {found[0]}": quarters.ne(found[0]).to_numpy(),
            f"without {found[-1]}": quarters.ne(found[-1]).to_numpy(),
        }
    for told, rows in parts.items():
        yield Variant("window", told, rows=rows & bench.developed)


def _bins(bench: Bench, definitions: pd.DataFrame) -> Iterator[Variant]:
    own = bench.design
    for most in MAX_BINS:
        if most != own.max_bins:
            yield Variant("bins", f"up to {most} bins", design=own.model_copy(update={"max_bins": most}))
    for share in MIN_BIN_SHARES:
        if share != own.min_bin_share:
            told = f"bins of {100 * share:g} % or more"
            yield Variant("bins", told, design=own.model_copy(update={"min_bin_share": share}))


def _selection(bench: Bench, definitions: pd.DataFrame) -> Iterator[Variant]:
    own = bench.design
    for method in METHODS_TRIED:
        if method != own.method:
            yield Variant("selection", f"{method} selection", design=own.model_copy(update={"method": method}))
    for key, tried in LIMITS.items():
        for limit in tried:
            if limit != bench.study.limits[key].green:
                yield Variant("selection", LIMIT_TOLD[key].format(limit), study=_with_limit(bench.study, key, limit))


def _with_limit(study: Study, key: str, limit: float) -> Study:
    override = Override(green=limit, amber=limit, reason="tried to see what another limit would change")
    return study.model_copy(update={"thresholds": {**study.thresholds, key: override}})


FAMILIES: Mapping[str, Callable[[Bench, pd.DataFrame], Iterator[Variant]]] = {
    "definition": _definitions,
    "window": _windows,
    "bins": _bins,
    "selection": _selection,
}
