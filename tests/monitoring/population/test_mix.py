import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.monitoring.population.mix import cause, grouped, left_over, mix_of, mix_table
from riskbench.monitoring.population.window import Window


def window(before: int, now: int) -> Window:
    reference = np.arange(before + now) < before
    month = pd.Series(np.where(reference, "2024-01", "2024-02"))
    return Window(reference, ~reference, month, ("2024-02",), "", "")


def of(level: str, value: list[float], before: int):
    return mix_of(list(level), value, window(before, len(value) - before))


def test_a_change_by_hand_in_its_three_parts():
    # before: a a a b with means 10 and 20; now: a b b b with means 12 and 26
    found = of("aaababbb", [10, 10, 10, 20, 12, 26, 26, 26], 4)
    # shares .75 .25 -> .25 .75; M = 12.5. mix (-.5)(-2.5) + .5(7.5) = 5; within .75*2 + .25*6 = 3;
    # together (-.5)2 + .5*6 = 2; total 22.5 - 12.5
    values = [e.value for e in (found.mix, found.within, found.together, found.total)]
    assert values == pytest.approx([5, 3, 2, 10])


def test_a_new_product_is_mix_and_nothing_within():
    found = of("aaaabb", [1, 3, 1, 3, 8, 8], 4)
    assert (found.mix.value, found.within.value, found.together.value) == (6.0, 0.0, 0.0)


def test_a_level_that_is_gone_is_mix_as_well():
    found = of("abab" + "aa", [1, 5, 1, 5, 2, 2], 4)
    # mix: a +.5 (1 - 3), b -.5 (5 - 3); within: a .5 (2 - 1); together: a .5 (2 - 1)
    assert [found.mix.value, found.within.value, found.together.value] == pytest.approx([-2, 0.5, 0.5])


rows = st.lists(st.tuples(st.sampled_from("abc"), st.floats(-100, 100)), min_size=2, max_size=30)


@given(rows, rows)
def test_the_parts_sum_to_the_change_and_the_levels_to_the_parts(before, now):
    levels, values = zip(*before, *now, strict=True)
    found = mix_of(levels, values, window(len(before), len(now)))
    parts = {"mix": found.mix, "within": found.within, "together": found.together}
    assert sum(e.value for e in parts.values()) == pytest.approx(found.total.value, abs=1e-9)
    assert {name: found.levels[name].sum() for name in parts} == pytest.approx(
        {name: e.value for name, e in parts.items()}, abs=1e-9
    )


def test_intervals_hold_the_truth_as_often_as_they_say():
    # levels of shares .6 .4 -> .3 .7 and means 0, 2 -> 1, 2.5; spread 1. mix .3*2 = .6, within .6*1 + .4*.5 = .8,
    # together -.3*1 + .3*.5 = -.15
    truth = {"mix": 0.6, "within": 0.8, "together": -0.15}
    rng, draws, held = np.random.default_rng(1), 400, dict.fromkeys(truth, 0)
    for _ in range(draws):
        level = np.r_[rng.random(300) < 0.4, rng.random(200) < 0.7].astype(int)
        means = np.r_[np.array([0, 2.0])[level[:300]], np.array([1, 2.5])[level[300:]]]
        found = mix_of(level, means + rng.normal(size=500), window(300, 200))
        for name, value in truth.items():
            part = getattr(found, name)
            held[name] += part.lower <= value <= part.upper
    # 95 % of 400 is 380, and the standard error of the count 4.4: four of them either way
    assert all(362 <= count <= 397 for count in held.values()), held


def test_levels_of_few_people_are_put_together():
    column = pd.Series(["a"] * 20 + ["b"] * 3 + ["c"] * 2 + ["a"] * 20 + ["d"] * 15)
    assert set(grouped(column, window(25, 35), smallest=5)) == {"a", "d", "all small levels"}


def test_the_table_has_a_line_for_every_column_and_value_and_leaves_nothing_over():
    levels = pd.DataFrame({"product": list("aabb" + "abbb"), "channel": list("xyxy" + "xxyy")})
    values = {"score, points": [10, 12, 20, 22, 11, 21, 20, 23], "PD, percentage points": [3.0, 1, 2, 1, 1, 2, 2, 3]}
    table = mix_table(levels, values, window(4, 4), smallest=1)
    assert list(zip(table["of"], table.by, strict=True))[:2] == [
        ("score, points", "product"),
        ("score, points", "channel"),
    ]
    assert len(table) == 4
    assert left_over(table).value == pytest.approx(0, abs=1e-12)


def test_a_study_without_segments_has_an_empty_table_and_no_cause():
    table = mix_table(pd.DataFrame(), {"score, points": [1.0, 2, 3, 4]}, window(2, 2), smallest=1)
    assert (len(table), left_over(table).evaluated) == (0, False)
    assert cause(table) == "No mix of segments has moved the score by more than chance."
