"""The proofs: the champion comes back, and shuffled labels rank nobody."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from riskbench.core.thresholds import Thresholds
from riskbench.data.study.sections import Formula
from riskbench.validation.robustness.shuffled import _test, rebuilding_checks, shuffled_checks

LIMITS = Thresholds()


def shuffled(bench, shuffles=3):
    return {c.name.split(".")[1]: c for c in shuffled_checks(bench, shuffles, LIMITS)}


def test_the_champion_comes_back_from_its_own_cases(dated):
    assert rebuilding_checks(dated, LIMITS)[0].estimate.value == 0


def test_a_champion_made_some_other_way_is_found(dated):
    other = replace(dated, design=dated.design.model_copy(update={"max_bins": 2}))
    assert rebuilding_checks(other, LIMITS)[0].status == "red"


def test_shuffled_labels_rank_nobody(dated):
    found = shuffled(dated)
    assert found["auc"].estimate.lower <= 0.5 <= found["auc"].estimate.upper
    assert found["auc_test"].status == "green"


def test_a_direction_that_is_known_beforehand_ranks_in_spite_of_shuffled_labels(dated):
    # the study declares that risk rises with `late`, so that each shuffle keeps the true direction or none
    trend = Formula(formula="1", description="d", trend="ascending")
    study = dated.study.model_copy(update={"features": {**dated.study.features, "late": trend}})
    design = dated.design.model_copy(update={"keep": ("late",), "left_out": ("used", "noise", "colour")})
    found = shuffled(replace(dated, study=study, design=design), 8)
    assert found["auc"].estimate.lower > 0.5
    assert found["auc_test"].status == "red"


def test_the_test_is_students_as_scipy_has_it():
    values = [0.52, 0.49, 0.55, 0.51]
    assert _test(values).value == pytest.approx(stats.ttest_1samp(values, 0.5).pvalue)


def test_without_spread_the_mean_is_chance_or_is_not():
    assert (_test([0.5] * 3).value, _test([0.6] * 3).value) == (1, 0)


def test_a_holdout_of_one_class_and_a_single_shuffle_cannot_be_tested(dated, with_labels):
    found = shuffled(with_labels(dated, np.where(dated.judging, 1.0, dated.y)))
    assert {check.status for check in found.values()} == {"not_evaluated"}
    with pytest.raises(ValueError, match="at least 2, got 1"):
        shuffled_checks(dated, 1, LIMITS)
