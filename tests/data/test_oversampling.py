import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.data.oversampling import moved, shift, told
from riskbench.data.study.sections import Oversampling

BAD_IN_THREE = pd.DataFrame(
    {"sample": ["development"] * 4 + ["test"] * 2, "y": [1.0, 0.0, 0.0, np.nan, 1.0, 1.0]}  # 1 of 3 labelled is bad
)


@pytest.fixture
def oversampled(small):
    return small.study().model_copy(update={"oversampling": Oversampling(bad_rate=0.1, because="the bank's report")})


def test_the_shift_turns_the_odds_of_the_development_sample_into_those_of_the_population(oversampled):
    # odds 1:2 in the sample, 1:9 in the population
    assert shift(oversampled, BAD_IN_THREE) == pytest.approx(math.log(1 / 9) - math.log(1 / 2))


def test_without_oversampling_nothing_moves_and_the_reader_is_told_so(small):
    assert shift(small.study(), BAD_IN_THREE) == 0.0
    assert moved([0.3], 0.0).tolist() == [0.3]
    assert told(small.study(), BAD_IN_THREE).endswith("PDs are at the bad rate of the data.")


def test_the_reader_is_told_both_rates_the_source_and_the_factor(oversampled):
    said = told(oversampled, BAD_IN_THREE)
    assert "33.3% of the development sample, 10.0% of the population (the bank's report)" in said
    assert "divided by 4.50" in said  # (1/2) / (1/9)


@given(st.floats(0.001, 0.999), st.floats(-5, 5))
def test_moving_there_and_back_changes_nothing(p, log_odds):
    assert moved(moved([p], log_odds), -log_odds)[0] == pytest.approx(p)


@given(st.integers(1, 500), st.integers(1, 500), st.integers(1, 50))
def test_a_rate_moves_as_if_every_good_had_been_counted_so_many_times(bads, goods, times):
    sampled, whole = bads / (bads + goods), bads / (bads + goods * times)
    assert moved([sampled], -math.log(times))[0] == pytest.approx(whole)


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1])
def test_a_population_has_both_good_and_bad(rate):
    with pytest.raises(ValueError, match="bad_rate"):
        Oversampling(bad_rate=rate, because="x")
