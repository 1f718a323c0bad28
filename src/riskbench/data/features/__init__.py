"""Feature functions: what a formula may call beside plain SQL, one small function of Python each.

A function takes syntax trees and gives one: it writes the SQL that a modeller would have to write by hand, with what
happens at zero and at a missing value decided once. Nothing of it reaches an engine that plain SQL could not say, since
a formula is checked after its functions were written out.

A new function goes into the file of its family and into the table at the end of that file; a new family is a file, and
its name in `FAMILIES`. `docs/features.md` is made from the docstrings, in this order.
"""

from riskbench.data.features import counting, dates, ratios, series
from riskbench.data.features.function import Function

FAMILIES = (ratios, series, counting, dates)
FUNCTIONS = {build.__name__: Function.of(build) for family in FAMILIES for build in family.FUNCTIONS}
