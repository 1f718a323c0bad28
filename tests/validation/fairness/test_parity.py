"""Three parities over all groups of an attribute."""

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import (
    demographic_parity_difference,
    demographic_parity_ratio,
    equal_opportunity_difference,
    equalized_odds_difference,
    equalized_odds_ratio,
)

from riskbench.validation.fairness.counts import count
from riskbench.validation.fairness.parity import gaps, parity_table


def people(n=3000):
    rng = np.random.default_rng(0)
    group = pd.Series(rng.choice(["a", "b", "c"], n))
    y = (rng.random(n) < 0.2).astype(float)
    approved = (rng.random(n) < np.where(group == "a", 0.6, 0.8) - 0.3 * y).astype(int)
    return group, y, approved


def test_points_are_fairlearns():
    group, y, approved = people()
    found = gaps(count(group, y, approved), enough=30, replicates=50)
    columns = {"y_true": 1 - y, "y_pred": approved, "sensitive_features": group}
    assert found["demographic_parity"].parity.difference.value == pytest.approx(
        demographic_parity_difference(**columns)
    )
    assert found["demographic_parity"].parity.ratio.value == pytest.approx(demographic_parity_ratio(**columns))
    assert found["equal_opportunity"].parity.difference.value == pytest.approx(equal_opportunity_difference(**columns))
    assert found["equalised_odds"].parity.difference.value == pytest.approx(equalized_odds_difference(**columns))
    assert found["equalised_odds"].parity.ratio.value == pytest.approx(equalized_odds_ratio(**columns))


def test_every_figure_lies_in_its_interval_and_the_group_behind_is_named():
    found = gaps(count(*people()), enough=30, replicates=200)
    for gap in found.values():
        for e in (gap.parity.difference, gap.parity.ratio):
            assert e.lower <= e.value <= e.upper
        assert gap.group == "a"
    assert found["equalised_odds"].what in ("goods approved", "bads approved")


def test_a_group_of_few_sits_out():
    group, y, approved = people()
    few = pd.concat([group, pd.Series(["d"] * 5)], ignore_index=True)
    with_few = gaps(count(few, [*y, *[0] * 5], [*approved, *[0] * 5]), enough=30, replicates=50)
    without = gaps(count(group, y, approved), enough=30, replicates=50)
    assert with_few["demographic_parity"].parity == without["demographic_parity"].parity


def test_without_two_groups_of_enough_cases_nothing_is_evaluated():
    group, y, approved = people(60)
    found = gaps(count(group, y, approved), enough=30)
    assert found["demographic_parity"].parity.difference.reason == "fewer than two groups have 30 people"
    assert found["equalised_odds"].parity.ratio.reason == "fewer than two groups have 30 good and 30 bad outcomes"
    assert parity_table(found)["parity_difference"].isna().all()


def test_with_nobody_approved_the_difference_is_0_and_the_ratio_not_evaluated():
    group, y, _ = people()
    parity = gaps(count(group, y, np.zeros(len(y))), enough=30, replicates=50)["demographic_parity"].parity
    assert parity.difference.value == 0
    assert not parity.ratio.evaluated


def test_the_same_seed_gives_the_same_figures():
    counts = count(*people())
    assert gaps(counts, 30, replicates=50, seed=3) == gaps(counts, 30, replicates=50, seed=3)
