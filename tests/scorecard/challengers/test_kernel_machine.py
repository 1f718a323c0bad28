import numpy as np
import pytest
from sklearn.svm import SVC

from riskbench.scorecard.challengers.kernel_machine import BLOCK, KernelMachine


def test_margins_are_those_of_scikit_learn():
    draw = np.random.default_rng(0)
    X = draw.normal(size=(200, 3))
    y = (X[:, 0] * X[:, 1] > 0).astype(int)
    new = draw.normal(size=(BLOCK + 5, 3))  # more than one block
    ours, theirs = (kind(C=2.0, gamma=0.3, class_weight="balanced").fit(X, y) for kind in (KernelMachine, SVC))
    assert ours.decision_function(new) == pytest.approx(theirs.decision_function(new), abs=1e-10)
