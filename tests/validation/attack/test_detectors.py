from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from riskbench.core.files import digest
from riskbench.core.thresholds import Thresholds
from riskbench.validation.attack import deliveries, leaks, outcomes
from riskbench.validation.attack.catching import readings, rings
from riskbench.validation.attack.detectors import DETECTORS, address


def test_no_detector_rings_on_clean_tables(desk):
    assert [result.title for result in readings(desk) if rings(result)] == []


def test_no_detector_rings_without_dates_and_segments(undated_desk):
    assert [result.title for result in readings(undated_desk) if rings(result)] == []


def test_every_detector_has_a_limit_and_a_name_of_its_own():
    assert {detector.threshold for detector in DETECTORS} <= {limit.key for limit in Thresholds()}
    assert len({detector.name for detector in DETECTORS}) == len({detector.title for detector in DETECTORS})


def test_a_card_that_was_not_signed_is_noticed(desk):
    assert address(desk).value == 0
    assert address(replace(desk, signed=digest({"another": "card"}))).value == 1


def test_the_level_is_tested_with_the_chance_of_both_samples(desk):
    # 4 cases judged and 4 of development, all PD .5: Σ(y − p) = 2, variance 4 · .25 · (1 + 4/4) = 2, z = √2
    rows = pd.DataFrame({"sample": ["development"] * 4 + ["test"] * 4, "y": [0, 0, 1, 1, 1, 1, 1, 1.0], "pd": 0.5})
    found = outcomes.level(replace(desk, rows=rows))
    assert found.statistic == pytest.approx(np.sqrt(2))
    assert found.value == pytest.approx(2 * norm.sf(np.sqrt(2)))


def test_outcomes_drawn_from_the_pds_ring_no_more_often_than_stated(desk):
    # 60 redraws at 1 % each: more than 4 alarms of one test have a chance below one in a thousand
    rings_of = {"level": 0, "parts": 0}
    for seed in range(60):
        rng = np.random.default_rng(seed)
        y = np.where(desk.labelled, rng.random(len(desk.rows)) < desk.rows["pd"], np.nan)
        drawn = replace(desk, rows=desk.rows.assign(y=y))
        rings_of["level"] += (outcomes.level(drawn).value or 0) < 0.01
        rings_of["parts"] += (outcomes.parts(drawn).value or 0) < 0.01
    assert max(rings_of.values()) <= 4


def test_a_population_split_by_chance_rings_no_more_often_than_stated(desk):
    # 80 splits at 1 % each: more than 5 alarms of one test have a chance below two in a thousand
    asked = (deliveries.score_psi, deliveries.features_csi, deliveries.delivery_csi, deliveries.frozen)
    alarms = dict.fromkeys((*asked, deliveries.together), 0)
    for seed in range(80):
        test = np.random.default_rng(seed).random(len(desk.rows)) < 0.3
        split = replace(desk, rows=desk.rows.assign(sample=np.where(test, "test", "development")))
        for detector in alarms:
            alarms[detector] += (detector(split).value or 0) < 0.01
    assert max(alarms.values()) <= 5


def test_a_sample_without_labels_is_not_evaluated(desk):
    unlabelled = replace(desk, rows=desk.rows.assign(y=desk.rows["y"].where(desk.development)))
    for detector in (outcomes.level, outcomes.slope, outcomes.parts, leaks.auc_alone, leaks.feature_gain):
        assert not detector(unlabelled).evaluated


def test_without_unlabelled_rows_nobody_can_say_what_was_filled_afterwards(desk):
    labelled = replace(desk, rows=desk.rows.assign(y=desk.rows["y"].fillna(0)))
    assert "too few applications lack an outcome" in leaks.known_afterwards(labelled).reason


def test_the_newest_delivery_is_the_last_month_or_the_last_fifth(desk, undated_desk):
    assert set(desk.rows["month"][desk.newest]) == {"2023-06"}
    assert undated_desk.newest.sum() == undated_desk.development.sum() // 5 + undated_desk.now.sum() // 5


def test_a_row_counts_as_repeated_only_with_its_customer(desk):
    twice = desk.X.take([*range(len(desk.X)), len(desk.X) - 1]).reset_index(drop=True)
    rows = pd.concat([desk.rows.assign(sample="test"), desk.rows.tail(1).assign(sample="test")], ignore_index=True)
    assert deliveries.duplicates(replace(desk, rows=rows, X=twice)).value == 1
    other = rows.assign(customer=[*rows["customer"][:-1], "somebody else"])
    assert deliveries.duplicates(replace(desk, rows=other, X=twice)).value == 0
