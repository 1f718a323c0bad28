"""The funnel from candidates to the features of the card, in which every candidate ends with a reason in words.

`select` runs the steps that `funnel.STEPS` declares; `methods.METHODS` are the choices for the last of them, in which
the candidates that are left are weighed beside each other.
"""

from riskbench.scorecard.selection.barred import barred_columns
from riskbench.scorecard.selection.comparison import compare_methods
from riskbench.scorecard.selection.funnel import DROPPED, KEPT, select
from riskbench.scorecard.selection.methods import METHODS
from riskbench.scorecard.selection.result import (
    chosen,
    compared,
    features_of_card,
    funnel_checks,
    funnel_sheet,
    left_without_outcome,
    steps_told,
)
from riskbench.scorecard.selection.stability import quarters_of
from riskbench.scorecard.selection.timing import dates_known, known_too_late

__all__ = [
    "DROPPED",
    "KEPT",
    "METHODS",
    "barred_columns",
    "chosen",
    "compare_methods",
    "compared",
    "dates_known",
    "features_of_card",
    "funnel_checks",
    "funnel_sheet",
    "known_too_late",
    "left_without_outcome",
    "quarters_of",
    "select",
    "steps_told",
]
