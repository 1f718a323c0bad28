"""Classes of applications with what is expected of each and what was observed; none of very few people is shown."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from riskbench.metrics.intervals import proportion
from riskbench.privacy.disclosure import withheld_parts

FIGURES = ["n", "share", "expected_bad_rate", "n_labelled", "observed_bad_rate", "lower", "upper"]


def by_class(rows: Sequence[tuple[str, pd.DataFrame]], name: str, smallest: int) -> pd.DataFrame:
    """One row a class that has somebody: its `name`, and the columns of `FIGURES`.

    Each class has `pd` and `y` (1 bad, 0 good, missing) by application; no application is in two. Figures of classes of
    fewer than `smallest` applications, and of those from which theirs would follow, are left empty.
    """
    seen = [(label, part) for label, part in rows if len(part)]
    total = sum(len(part) for _, part in seen)
    table = pd.DataFrame([{name: label, **_figures(part, total)} for label, part in seen], columns=[name, *FIGURES])
    hidden = withheld_parts(table["n"].to_numpy(), smallest) if len(seen) else np.zeros(0, dtype=bool)
    shown = table.astype({"n": "Int64", "n_labelled": "Int64"})
    shown.loc[hidden, FIGURES] = pd.NA
    return shown


def _figures(part: pd.DataFrame, total: int) -> dict[str, float | int | None]:
    known = part["y"].dropna()
    value, lower, upper = proportion(int(known.sum()), len(known)).bounded
    figures = len(part), len(part) / total, float(part["pd"].mean()), len(known), value, lower, upper
    return dict(zip(FIGURES, figures, strict=True))
