"""scikit-learn's own checks of an estimator, over `WoeBinning`; what it does not pass is listed with the reason."""

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from riskbench.scorecard import WoeBinning

EXCEPTIONS = {
    "check_transformer_preserve_dtypes": "transform gives a frame, whose columns are weights of evidence: always float",
    "check_sample_weight_equivalence_on_dense_data": (
        "weights are frequencies; a weight of 0 is refused, since a row that does not count is better left out by hand"
    ),
}


class AnyTarget(WoeBinning):
    """The checks draw targets of many classes, or numbers; the last class, or what is above the median, is bad here."""

    def fit(self, X, y=None, sample_weight=None):
        return super().fit(X, y if y is None else _as_bad(np.asarray(y)), sample_weight)


def _as_bad(y):
    if y.dtype.kind in "fiu" and len(y) and np.max(y) > np.median(y):
        return (y > np.median(y)).astype(int)
    return (y == np.max(y, initial=0)).astype(int)


@pytest.mark.filterwarnings("ignore:SCIPY_ARRAY_API is not set")
@parametrize_with_checks([AnyTarget()], expected_failed_checks=lambda _: EXCEPTIONS)
def test_scikit_learn_s_checks_pass(estimator, check):
    check(estimator)
