"""Challengers: other kinds of models on the same frame as the card, to show what its simplicity costs.

`families.py` declares them, `constraints.py` takes their trends from the card's bins, `tuning.py` searches their
settings on development alone, `level.py` fits them and gives their PDs the champion's level. `explained.py` shows any
model as explanations see it, `effects.py` says what moves a case, `importance.py` what a model leans on.
"""

from riskbench.scorecard.challengers.constraints import trend_signs
from riskbench.scorecard.challengers.explained import explained_card, explained_challenger
from riskbench.scorecard.challengers.explaining import Plan, explain, riskiest
from riskbench.scorecard.challengers.families import FAMILIES, build_all, challenger_table
from riskbench.scorecard.challengers.importance import importance_beside
from riskbench.scorecard.challengers.level import fit_all
from riskbench.scorecard.challengers.size import card_size
from riskbench.scorecard.challengers.tuning import Budget, tune

__all__ = [
    "FAMILIES",
    "Budget",
    "Plan",
    "build_all",
    "card_size",
    "challenger_table",
    "explain",
    "explained_card",
    "explained_challenger",
    "fit_all",
    "importance_beside",
    "riskiest",
    "trend_signs",
    "tune",
]
