"""How large a model is, in what it holds: points, leaves, support vectors, coefficients."""

from typing import Any

from sklearn.pipeline import Pipeline

from riskbench.scorecard.card import Scorecard


def card_size(card: Scorecard) -> str:
    """Bins and features of a card, in words."""
    return f"{sum(len(points) for points in card.points_.values())} points in {len(card.points_)} features"


def challenger_size(estimator: Pipeline) -> str:
    """Leaves, support vectors or coefficients of a fitted challenger, in words."""
    machine: Any = estimator[-1]
    if hasattr(machine, "calibrated_classifiers_"):
        machine = machine.calibrated_classifiers_[0].estimator
    if hasattr(machine, "estimators_"):
        return (
            f"{sum(tree.get_n_leaves() for tree in machine.estimators_):,} leaves in {len(machine.estimators_)} trees"
        )
    if hasattr(machine, "n_iter_") and hasattr(machine, "max_leaf_nodes"):
        return f"at most {machine.n_iter_ * machine.max_leaf_nodes:,} leaves in {machine.n_iter_} trees"
    if hasattr(machine, "support_vectors_"):
        vectors, inputs = machine.support_vectors_.shape
        return f"{vectors:,} support vectors of {inputs} inputs"
    return f"{machine.coef_.size} coefficients on kernel features"
