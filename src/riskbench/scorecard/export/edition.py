"""What every export of a card is told beside the card: how it is called, what its bins are called, how it is asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from riskbench.scorecard.card import Baseline


@dataclass(frozen=True, eq=False)
class Edition:
    """One edition of a card, for all its formats alike; each takes what it has room for.

    `title`, `version`: what the card is called; without a version it is called by its address (`version_of`).
    `texts`: what its bins are called, one row a bin in the order of the card, with columns `feature`, `bin` and one for
    each language. `facts`: further lines for a reader, for example an AUC with its interval.
    `reasons`: reasons for a score, at most; they are counted from `baseline` as in `Scorecard.reasons`.
    `table`, `key`, `booleans`: the table that SQL scores, the column that names its rows, those that hold BOOLEAN.
    """

    title: str
    version: str = ""
    texts: pd.DataFrame | None = None
    facts: Mapping[str, str | float] = field(default_factory=dict)
    reasons: int = 4
    baseline: Baseline = "best"
    table: str = "features"
    key: str = "application"
    booleans: Collection[str] = ()
