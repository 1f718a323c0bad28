"""Steps that judge a candidate for itself: its values, what it says, and whether it says too much to be true."""

from riskbench.scorecard.selection.state import Reasons, State


def left_out(state: State) -> Reasons:
    """Candidates that leave before they are looked at, for the reason given."""
    return {name: reason for name, reason in state.left_out.items() if name in state.names}


def without_values(state: State) -> Reasons:
    """Candidates of which every row is missing."""
    return {name: "no values: every row is missing" for name in state.left if not state.facts["distinct"][name]}


def mostly_missing(state: State) -> Reasons:
    """Candidates that too few applications have."""
    share, limit = state.facts["missing_share"], state.limits.missing
    return {name: f"missing in {share[name]:.1%} of the rows, over {limit:.1%}" for name in _over(state, share, limit)}


def near_constant(state: State) -> Reasons:
    """Candidates of which one value, or missing, holds nearly every row."""
    share, limit = state.facts["dominant_share"], state.limits.dominant
    return {
        name: f"near-constant: one value holds {share[name]:.1%} of the rows, over {limit:.1%}"
        for name in _over(state, share, limit)
    }


def too_good(state: State) -> Reasons:
    """Candidates that nearly separate good from bad alone, beyond chance."""
    area, limit = state.facts["auc"], state.limits.auc_alone
    return {
        name: f"leakage suspected: it separates good from bad alone with an AUC of {area[name]:.3f},"
        f" beyond chance over {limit:g}; keep it by name if it was known at the decision"
        for name in _over(state, state.facts["auc_lower"], limit)
    }


def says_nothing(state: State) -> Reasons:
    """Candidates under the floor of information."""
    iv, floor = state.facts["iv"], state.limits.floor
    return {name: f"IV {iv[name]:.4f} is under the floor of {floor:g}" for name in state.left if iv[name] < floor}


def _over(state: State, values: dict[str, float], limit: float) -> list[str]:
    return [name for name in state.left if values[name] > limit]
