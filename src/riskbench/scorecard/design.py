"""How a study wants its card built: its special values, its trends, its limits and its scale."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier

from riskbench.data.study import Study
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.edits.edit import Edit
from riskbench.scorecard.selection import select
from riskbench.scorecard.woe_binning import WoeBinning


def design_binning(study: Study, features: Iterable[str], **parameters: Any) -> WoeBinning:
    """An unfitted `WoeBinning` for `features`, with the special values and trends that the study declares for them.

    `parameters` are those of `WoeBinning`, for example `max_bins`.
    """
    names = list(features)
    raw = {name: study.columns[name] for name in names if name in study.columns}
    declared = raw | {name: study.features[name] for name in names if name in study.features}
    return WoeBinning(
        special_values={name: values for name, values in study.special_values.items() if name in raw},
        trends={name: of.trend for name, of in declared.items() if of.trend != "auto"},
        **parameters,
    )


def card_builder(
    study: Study,
    *,
    method: str = "backward",
    keep: Iterable[str] = (),
    left_out: Iterable[str] = (),
    max_features: int | None = None,
    edits: Iterable[Any] = (),
    **parameters: Any,
) -> Callable[[pd.DataFrame, np.ndarray], Scorecard]:
    """A function that builds a card from scratch: binning, selection and fit, as cross-validation needs it.

    `method`, `keep` and `max_features` are of the selection; `left_out` names columns that are no candidates at all,
    which nothing but their own distribution may decide, or labels would leak. The other parameters are of `WoeBinning`.
    Where no feature earns a place, which may happen on part of a weak sample, the model is the bad rate alone: it ranks
    nobody.

    Bins that `edits` (or their plain data) fixed by hand are not fitted again: the modeller's cuts and groups are taken
    as given, and only their WoE is counted anew. The choice itself was made on the whole sample, so what is estimated
    with the builder is a little too good for it.
    """
    limits, stay, without = study.limits, list(keep), set(left_out)
    fixed = [Edit.model_validate(edit) for edit in edits]

    def build(X: pd.DataFrame, y: np.ndarray) -> Scorecard:
        candidates = X[[name for name in X if name not in without]]
        by_hand = [edit for edit in fixed if edit.feature in candidates]
        binning = design_binning(study, candidates.columns, **parameters).fit(candidates, y)
        binning.fix(by_hand, candidates, y)
        named = [name for name in stay if name in candidates]
        funnel = select(candidates, y, binning, limits, method=method, keep=named, max_features=max_features)
        chosen = list(funnel.loc[funnel["status"] == "kept", "feature"])
        if not chosen:
            return DummyClassifier(strategy="prior").fit(X, y)
        return Scorecard(binning.restricted_to(chosen), **study.scaling.model_dump()).fit(X[chosen], y)

    return build
