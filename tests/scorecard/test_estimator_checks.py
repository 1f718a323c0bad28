"""scikit-learn's own checks of an estimator, over binning and card; what these do not pass is listed with the reason."""

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from riskbench.scorecard import Scorecard, WoeBinning

WEIGHTS = (
    "weights are frequencies; a weight of 0 is refused, since a row that does not count is better left out by hand"
)
SEPARATED = "its few cases do not overlap, and a card says so: no finite coefficient exists"
LABELS = "the target of a card is 0 (good) and 1 (bad); other labels are refused with that rule, not guessed"


class AnyTarget:
    """The checks draw targets of many classes, or numbers; the last class, or what is above the median, is bad here."""

    def fit(self, X, y=None, sample_weight=None):
        return super().fit(X, y if y is None else _as_bad(np.asarray(y)), sample_weight)


class Binning(AnyTarget, WoeBinning):
    """`WoeBinning` for any target."""


class Card(AnyTarget, Scorecard):
    """`Scorecard` for any target."""


EXCEPTIONS = {
    Binning: {
        "check_transformer_preserve_dtypes": (
            "transform gives a frame, whose columns are weights of evidence: always float"
        ),
        "check_sample_weight_equivalence_on_dense_data": WEIGHTS,
    },
    Card: {
        "check_positive_only_tag_during_fit": SEPARATED,
        "check_estimators_pickle": SEPARATED,
        "check_sample_weight_equivalence_on_dense_data": WEIGHTS,
        "check_classifiers_one_label_sample_weights": WEIGHTS,
        "check_classifiers_classes": LABELS,
        "check_classifiers_regression_target": LABELS,
        "check_classifier_not_supporting_multiclass": LABELS,
        "check_supervised_y_2d": LABELS,
    },
}


def _as_bad(y):
    if y.dtype.kind in "fiu" and len(y) and np.max(y) > np.median(y):
        return (y > np.median(y)).astype(int)
    return (y == np.max(y, initial=0)).astype(int)


@pytest.mark.filterwarnings("ignore:SCIPY_ARRAY_API is not set")
@parametrize_with_checks([Binning(), Card()], expected_failed_checks=lambda estimator: EXCEPTIONS[type(estimator)])
def test_scikit_learn_s_checks_pass(estimator, check):
    check(estimator)
