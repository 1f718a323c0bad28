import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from riskbench.data.study.calibration import DOUBLING, MasterScale

OVERSAMPLED = {"bad_rate": 0.05, "because": "the bank's report"}
TARGET = {"kind": "target", "target": 0.06, "because": "the last ten years"}
LONG_RUN = {"kind": "long_run", "because": "the whole history"}
RECENT = {"kind": "recent", "because": "the market has changed", "months": 6}


def refusal(small, **parts) -> str:
    small.content |= parts
    with pytest.raises(ValidationError) as caught:
        small.study()
    return str(caught.value)


def test_without_a_scale_of_its_own_a_study_has_the_ladder_that_doubles(small):
    scale = small.study().master_scale
    assert scale.bounds == DOUBLING == (0.01, 0.02, 0.04, 0.08, 0.16, 0.32)
    assert scale.labels == ("1", "2", "3", "4", "5", "6", "7")


def test_a_study_may_give_edges_and_names(small):
    small.content["master_scale"] = {"version": "2026", "edges": [0.05, 0.2], "names": ["A", "B", "C"]}
    assert small.study().master_scale.labels == ("A", "B", "C")


@given(st.integers(3, 25), st.floats(0.0005, 0.1), st.floats(0.2, 0.9))
def test_a_geometric_scale_has_its_grades_and_rises_by_one_factor(count, lowest, highest):
    scale = MasterScale(version="x", geometric={"grades": count, "lowest": lowest, "highest": highest})
    assert len(scale.labels) == len(scale.bounds) + 1 == count
    factor = (highest / lowest) ** (1 / (count - 2))
    assert [b / a for a, b in zip(scale.bounds, scale.bounds[1:], strict=False)] == pytest.approx(
        [factor] * (count - 2)
    )


@pytest.mark.parametrize(
    ("scale", "said"),
    [
        ({"version": "x", "edges": [0.2, 0.1]}, r"must rise strictly, got \[0.2, 0.1\]"),
        ({"version": "x", "edges": [0.1, 0.1]}, "must rise strictly"),
        ({"version": "x", "edges": [0.0, 0.1]}, "greater than 0"),
        ({"version": "x", "edges": [0.5, 1.0]}, "less than 1"),
        ({"edges": [0.1]}, "needs a version"),
        ({"version": "x", "edges": [0.1], "names": ["A"]}, "1 edges part 2 grades, got 1 names"),
        ({"version": "x", "edges": [0.1], "names": ["A", "A"]}, "a name of its own, got A, A"),
        ({"version": "x", "geometric": {"grades": 4, "lowest": 0.3, "highest": 0.2}}, "must rise strictly"),
        (
            {"version": "x", "edges": [0.1], "geometric": {"grades": 3, "lowest": 0.1, "highest": 0.2}},
            "has edges or is geometric, not both",
        ),
    ],
)
def test_a_scale_that_grades_nobody_rightly_is_refused(small, scale, said):
    with pytest.raises(ValidationError, match=said):
        MasterScale.model_validate(scale)
    assert "master_scale" in refusal(small, master_scale=scale)


@pytest.mark.parametrize("asked", [TARGET, LONG_RUN, RECENT])
def test_a_study_may_ask_for_a_level_in_three_ways_or_for_none(small, asked):
    assert small.study().calibration is None
    small.content["calibration"] = asked
    assert small.study().calibration.kind == asked["kind"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (TARGET | {"target": 1.0}, "less than 1"),
        (TARGET | {"because": ""}, "at least 1 character"),
        (RECENT | {"months": 0}, "greater than 0"),
        (RECENT | {"method": "isotonic"}, "'intercept' or 'slope'"),
        (LONG_RUN | {"samples": []}, "at least 1 item"),
        (LONG_RUN | {"kind": "guess"}, "'target', 'long_run', 'recent'"),
    ],
)
def test_a_calibration_that_breaks_a_rule_is_refused(small, asked, said):
    assert said in refusal(small, calibration=asked)


@pytest.mark.parametrize("asked", [LONG_RUN, RECENT])
def test_oversampled_data_give_no_bad_rates_to_calibrate_to(small, asked):
    assert "bads are oversampled" in refusal(small, calibration=asked, oversampling=OVERSAMPLED)


def test_oversampled_data_may_be_calibrated_to_a_stated_target(small):
    small.content |= {"calibration": TARGET, "oversampling": OVERSAMPLED}
    assert small.study().calibration.target == 0.06


def test_a_sample_that_the_study_does_not_have_sets_no_level(small):
    del small.content["samples"]["out_of_time"]
    said = refusal(small, calibration=LONG_RUN | {"samples": ["out_of_time"]})
    assert "the study has no out_of_time sample" in said


def test_rates_by_period_need_dates(studies):
    content = studies["taiwan"].model_dump() | {"calibration": LONG_RUN}
    with pytest.raises(ValidationError, match=r"bad rates by period \(long_run\) need base.as_of"):
        type(studies["taiwan"]).model_validate(content)
