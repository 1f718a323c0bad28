"""Steps that judge candidates together: by chance, by how many the bads can bear, and beside each other.

In the last step the method asked for weighs in one logit the candidates that are left.
"""

import numpy as np
import pandas as pd
from scipy.special import chdtrc, chdtri

from riskbench.scorecard.regression.collinearity import dependent_columns
from riskbench.scorecard.regression.logit import Logit, fit_logit
from riskbench.scorecard.regression.separation import SeparationError
from riskbench.scorecard.selection.chance import false_discoveries
from riskbench.scorecard.selection.methods import METHODS, NOT_SIGNIFICANT, WRONG_SIGN, ChoiceRule, wrong_sign
from riskbench.scorecard.selection.quadratic import Quadratic
from riskbench.scorecard.selection.state import COMBINATION, Reasons, State

NEVER = "wrong sign beside the others: it gets no place while its coefficient must not be positive on WoE"


def doubtful(state: State) -> Reasons:
    """Where no candidate's information is beyond chance, or candidates are many for the bads, those in doubt leave.

    More than one candidate for fifteen bads is more than a sample can weigh together (Harrell, Regression Modeling
    Strategies, 2015, 4.4). Then only a share of those that stay may be chance, all candidates counted.
    """
    p_values, share = state.facts["p_value"], state.limits.false_share
    proven = false_discoveries(p_values, share)
    if not proven:
        told = f"no candidate stays if at most {share:.0%} of those kept may be chance"
    elif _too_many(state):
        told = f"with it, more than {share:.0%} of those kept could be chance"
    else:
        return {}
    doubted = [name for name in state.left if name not in proven]
    return {name: f"p {p_values[name]:.3f}: {told} (Benjamini and Hochberg)" for name in doubted}


def crowded(state: State) -> Reasons:
    """Where candidates are still many for the bads, all but the strongest leave."""
    if not _too_many(state):
        return {}
    places, bads = _places(state), int(state.target.sum())
    why = f"{places} candidates have a larger IV, and {bads:,} bads can weigh no more together"
    return dict.fromkeys(state.strongest_first(state.left)[places:], why)


def beside_the_others(state: State) -> Reasons:
    """The method's choice, then the fit itself: what has the wrong sign or too little likelihood there leaves too."""
    varying = state.varying(state.strongest_first(state.left))
    fit, reasons = first_fit(state.woe[varying], state.target, state.keep)
    if fit is None:
        return reasons
    q = Quadratic.around(fit, state.keep)
    rule = ChoiceRule(state.limits.p_value, state.max_features, q.free)
    choice = METHODS[state.method].choose(q, rule)
    why = {j: NEVER for j in range(len(q.names)) if j not in choice.chosen} | wrong_sign(q, choice.chosen) | choice.why
    reasons |= {q.names[j]: reason for j, reason in why.items()}
    return reasons | _checked(state, [q.names[j] for j in choice.chosen], fit)


def first_fit(W: pd.DataFrame, target: np.ndarray, keep: frozenset[str] = frozenset()) -> tuple[Logit | None, Reasons]:
    """The logit of all columns that can stand beside each other, and why the others cannot; None without any.

    Raises `SeparationError` where columns that must be kept separate the classes.
    """
    reasons: Reasons = dict.fromkeys(dependent_columns(W), COMBINATION)
    left = [str(name) for name in W if name not in reasons]
    while left:
        try:
            return fit_logit(W[left], target), reasons
        except SeparationError as error:
            guilty = next((name for name in error.features if name not in keep), None)
            if guilty is None:
                raise
            reasons[guilty] = "separates goods and bads perfectly, so the logit has no estimate: look for leakage"
            left.remove(guilty)
    return None, reasons


def _places(state: State) -> int:
    return max(int(state.target.sum() / state.limits.bads_each), len(state.keep), 1)


def _too_many(state: State) -> bool:
    return len(state.left) > _places(state)


def _checked(state: State, chosen: list[str], start: Logit) -> Reasons:
    """What the fit of the chosen says against some of them: the approximation is close, the fit decides."""
    reasons: Reasons = {}
    enough = float(chdtri(1, state.limits.p_value)) if state.method in ("backward", "stepwise") else 0.0
    while free := [name for name in chosen if name not in state.keep]:
        start = fit_logit(state.woe[chosen], state.target, start)
        z = dict(zip(start.names, start.z[1:], strict=True))
        worst = max(free, key=lambda name: z[name])
        if z[worst] < 0 and z[worst] ** 2 >= enough:
            break
        slope = start.slopes[start.names.index(worst)]
        reasons[worst] = (
            WRONG_SIGN.format(slope)
            if slope > 0
            else NOT_SIGNIFICANT.format(chdtrc(1, z[worst] ** 2), state.limits.p_value)
        )
        chosen = [name for name in chosen if name != worst]
    return reasons
