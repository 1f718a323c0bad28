"""Candidates judged together: by chance, and by how many the bads can bear."""

import numpy as np
import pandas as pd

from riskbench.core.thresholds import Override, Thresholds


def test_among_too_many_candidates_those_that_may_be_chance_leave(X, y, funnel):
    draw = np.random.default_rng(2)
    noise = pd.DataFrame(draw.normal(size=(1500, 40)), columns=[f"noise_{i}" for i in range(40)])
    rows = pd.concat([X.head(1500), noise], axis=1)
    found = funnel(rows, y[:1500])
    assert (found.loc[["a", "b"], "status"] == "kept").all()
    assert (found["status"] == "kept").sum() <= 4
    doubted = found.loc[found["step"] == "chance", "reason"]
    assert len(doubted)
    assert doubted.str.contains("with it, more than 10% of those kept could be chance (Benj", regex=False).all()


def test_no_more_stay_than_the_bads_can_weigh_together(funnel, outcome):
    draw = np.random.default_rng(3)
    many = pd.DataFrame(draw.normal(size=(2000, 30)), columns=[f"f{i}" for i in range(30)])
    y = outcome(0.5 * many.sum(axis=1) - 1)
    limits = Thresholds({"features.bads_per_candidate": Override(green=100, amber=100, reason="test")})
    found = funnel(many, y, thresholds=limits)
    assert (found["step"] == "crowding").any()
    assert (found["status"] == "kept").sum() <= y.sum() / 100
