"""Champion against challengers on the same cases: who ranks better, whose PDs are nearer, who earns more, who explains.

`judged.py` gathers the cases; the other files each answer one question about them, and `switching.py` sums up.
"""

from riskbench.validation.model_comparison.accuracy import accuracy, brier_gains
from riskbench.validation.model_comparison.discrimination import auc_gains, compare, roc_curves
from riskbench.validation.model_comparison.equal_approval import Resampling, approval_gains, equal_approval
from riskbench.validation.model_comparison.judged import judge
from riskbench.validation.model_comparison.reasons import agreement, reason_checks
from riskbench.validation.model_comparison.switching import switching, trend_checks

__all__ = [
    "Resampling",
    "accuracy",
    "agreement",
    "approval_gains",
    "auc_gains",
    "brier_gains",
    "compare",
    "equal_approval",
    "judge",
    "reason_checks",
    "roc_curves",
    "switching",
    "trend_checks",
]
