"""Candidates that say the same, two by two or many together: which of them leave."""

import numpy as np

from riskbench.core.thresholds import Override, Thresholds


def test_the_strongest_of_a_cluster_stands_for_it(X, funnel):
    noise = np.random.default_rng(0).normal(size=len(X))
    rows = X.assign(twin=X["a"] + 0.02 * noise, third=X["a"] + 0.05 * noise)
    found = funnel(rows)
    cluster = found.loc[["a", "twin", "third"]]
    assert cluster["cluster"].nunique() == 1
    assert (cluster["status"] == "kept").sum() == 1
    assert cluster["reason"].str.contains("of 3 candidates").sum() == 2


def test_what_the_others_repeat_together_leaves_for_inflation(X, funnel):
    rows = X.assign(sum=X["a"] + X["b"] + X["c"])
    limits = Thresholds({"features.vif": Override(green=3.0, amber=3.0, reason="test"), **nothing_too_weak()})
    found = funnel(rows, thresholds=limits)
    assert "the others together repeat it: variance inflation" in " ".join(found["reason"])


def nothing_too_weak():
    return {"features.iv_floor": Override(green=0.0, amber=0.0, reason="test")}
