"""Intervals of statistics that are means over bads and goods, and where they cover too little."""

import numpy as np
import pytest
from scipy.special import ndtri

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.metrics.two_classes import Placements, interval, needed_cases, said_where_too_few


def samples(n, bads, auc, replicates, seed):
    """Labels and risks, goods N(0, 1) and bads N(√2 Φ⁻¹(auc), 1)."""
    rng, y = np.random.default_rng(seed), np.arange(n) < bads
    return y, rng.normal(np.sqrt(2) * ndtri(auc) * y, 1, (replicates, n))


@pytest.mark.parametrize(("auc", "bads"), [(0.7, 10), (0.7, 50), (0.95, 100)])
def test_the_interval_of_an_auc_covers_it_about_as_often_as_it_says(auc, bads):
    y, risks = samples(500, bads, auc, 600, seed=20)
    found = [metrics.auc(y, risk) for risk in risks]
    assert 0.93 <= np.mean([e.lower <= auc <= e.upper for e in found]) <= 0.975


def test_below_the_limit_it_covers_too_little_and_says_so():
    y, risks = samples(500, 10, 0.95, 400, seed=21)  # 10 bads where 109 are needed
    found = [e for e in (metrics.auc(y, risk) for risk in risks) if e.lower is not None]
    assert np.mean([e.lower <= 0.95 <= e.upper for e in found]) < 0.93
    assert np.mean(["can cover less than 93 % here: fewer than" in e.method for e in found]) > 0.9


def test_the_limit_by_hand():
    # 6 · .95²/.05 and 6 · .99²/.01; the same for an AUC turned round
    assert [needed_cases(a) for a in (0.95, 0.99, 0.05)] == pytest.approx([108.3, 588.06, 108.3])
    assert needed_cases(1.0) == np.inf


@pytest.mark.parametrize(("bads", "goods", "said"), [(108, 900, "bads"), (109, 900, ""), (900, 108, "goods")])
def test_the_rarer_class_decides(bads, goods, said):
    e = said_where_too_few(0.95, Estimate(0.95, 0.9, 0.97, 0.95, bads + goods, "DeLong"), bads)
    limit = f"; the interval can cover less than 93 % here: fewer than 109 {said}"
    assert e.method == "DeLong" + (limit if said else "")


def test_many_cases_give_the_normal_interval():
    rng = np.random.default_rng(3)
    own = Placements(rng.uniform(0.4, 1, 20_000), rng.uniform(0.4, 1, 20_000))
    e, reach = interval(0.7, own, 0.95, ""), 1.959964 * np.sqrt(2 * 0.03 / 20_000)  # variance of uniform: .6²/12
    assert (e.lower, e.upper) == pytest.approx((0.7 - reach, 0.7 + reach), abs=1e-4)
