"""Steps that judge a candidate for itself: which leave, and with which reason."""

import numpy as np


def test_a_feature_left_out_leaves_first_with_the_reason_given(funnel):
    found = funnel(left_out={"a": "dated after the decision"}).loc["a"]
    assert (found["step"], found["reason"]) == ("left out", "dated after the decision")


def test_a_column_that_hardly_anybody_has_leaves_for_missing(X, funnel):
    rows = X.assign(rare=X["a"].where(np.arange(len(X)) % 50 == 0))
    assert funnel(rows).loc["rare", "reason"] == "missing in 98.0% of the rows, over 95.0%"


def test_a_column_that_tells_the_outcome_alone_is_suspected_of_leakage_unless_kept_by_name(X, y, funnel):
    rows = X.assign(told=y + 0.3 * X["c"])
    found = funnel(rows).loc["told"]
    assert found["step"] == "leakage"
    assert "keep it by name if it was known at the decision" in found["reason"]
    assert funnel(rows, keep=["told"]).loc["told", "status"] == "kept"
