"""Feature functions: what a formula may call beside plain SQL, one small function of Python each.

A function takes syntax trees and gives one: it writes the SQL that a modeller would have to write by hand, with what
happens at zero and at a missing value decided once. Nothing of it reaches an engine that plain SQL could not say, since
a formula is checked after its functions were written out. `docs/features.md` is made from the docstrings.
"""

from collections.abc import Callable

from sqlglot import exp

from riskbench.data.features import counting, dates, ratios, series
from riskbench.data.features.function import Function

_ALL: tuple[Callable[..., exp.Expr], ...] = (
    *(ratios.ratio, ratios.share, ratios.utilisation, ratios.change, ratios.clip),
    *(series.sum_of, series.mean_of, series.largest_of, series.smallest_of),
    *(series.trend, series.relative_trend, series.volatility),
    *(counting.count_over, counting.share_over, counting.months_since_over),
    *(dates.days_between, dates.months_between, dates.days_since, dates.months_since),
)
FUNCTIONS = {function.name: function for function in map(Function.of, _ALL)}
