import numpy as np
import pytest

from riskbench import metrics
from riskbench.scorecard.binning.woe import information, woe


def test_safer_bins_have_larger_woe():
    # shares: good 80/100 and 20/100, bad 40/100 and 60/100
    assert woe([80, 20], [40, 60], 100, 100) == pytest.approx([np.log(2), -np.log(3)])


def test_an_empty_cell_counts_as_half_an_observation():
    assert float(woe(10, 0, 20, 5)) == pytest.approx(np.log((10 / 20) / (0.5 / 5)))


def test_information_is_the_divergence_of_the_metrics():
    goods, bads = np.array([50, 30, 0, 20]), np.array([5, 10, 25, 0])
    ours = information(goods, bads, goods.sum(), bads.sum())
    assert ours == pytest.approx(metrics.contributions(goods, bads), rel=1e-14)
