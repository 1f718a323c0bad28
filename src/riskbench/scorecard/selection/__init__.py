"""The funnel from candidate features to those of the card, in which every candidate ends with a reason in words.

`select` runs the steps that `funnel.STEPS` declares; `methods.METHODS` are the choices for the last of them, in which
the features that are left are weighed beside each other.
"""

from riskbench.scorecard.selection.comparison import compare_methods
from riskbench.scorecard.selection.every_column import dates_known, every_column, known_too_late
from riskbench.scorecard.selection.funnel import DROPPED, KEPT, funnel_checks, left_without_outcome, select, steps_told
from riskbench.scorecard.selection.methods import METHODS
from riskbench.scorecard.selection.stability import quarters_of

__all__ = [
    "DROPPED",
    "KEPT",
    "METHODS",
    "compare_methods",
    "dates_known",
    "every_column",
    "funnel_checks",
    "known_too_late",
    "left_without_outcome",
    "quarters_of",
    "select",
    "steps_told",
]
