import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from riskbench.core.errors import StudyError
from riskbench.core.thresholds import Override, Threshold, Thresholds

LIGHTS = ["green", "amber", "red"]
numbers = st.floats(-1e6, 1e6)


def threshold(direction, green, amber):
    return Threshold(key="a.b", direction=direction, green=green, amber=amber, basis="convention", source="a book")


@pytest.mark.parametrize("line", [*Thresholds()], ids=lambda line: line.key)
def test_every_line_says_its_source_and_basis(line):
    assert len(line.source) > 15
    assert line.basis in ("convention", "rule")
    assert not line.override_reason


@pytest.mark.parametrize(
    ("direction", "green", "amber", "lights"),
    [
        ("at_least", 0.7, 0.6, {0.7: "green", 0.6999: "amber", 0.6: "amber", 0.5999: "red"}),
        ("at_most", 0.1, 0.25, {0.1: "green", 0.1001: "amber", 0.25: "amber", 0.2501: "red"}),
        ("between", (0.9, 1.1), (0.8, 1.25), {0.9: "green", 1.1: "green", 0.8: "amber", 1.25: "amber", 1.26: "red"}),
        ("at_most", 0, 0, {0: "green", 1: "red"}),
    ],
)
def test_a_limit_belongs_to_the_better_light(direction, green, amber, lights):
    assert {value: threshold(direction, green, amber).judge(value) for value in lights} == lights


@given(numbers, numbers, numbers, numbers)
def test_a_better_value_never_has_a_worse_light(one, other, a, b):
    line = threshold("at_most", min(a, b), max(a, b))
    assert LIGHTS.index(line.judge(min(one, other))) <= LIGHTS.index(line.judge(max(one, other)))


@pytest.mark.parametrize("line", [*Thresholds()], ids=lambda line: line.key)
def test_what_is_not_a_number_is_red_by_every_line(line):
    assert line.judge(math.nan) == "red"


@pytest.mark.parametrize(
    ("direction", "green", "amber"),
    [("between", 0.9, 0.8), ("at_least", (0.9, 1.1), (0.8, 1.2)), ("between", (0.9, 1.1), 0.8)],
)
def test_pairs_go_with_between_and_only_there(direction, green, amber):
    with pytest.raises(ValidationError, match="a pair of limits goes with direction 'between'"):
        threshold(direction, green, amber)


@pytest.mark.parametrize(
    ("direction", "green", "amber"),
    [
        ("at_least", 0.6, 0.7),
        ("at_most", 0.3, 0.1),
        ("between", (0.8, 1.2), (0.9, 1.1)),
        ("between", (1.1, 0.9), (0.8, 1.2)),
        ("at_most", math.nan, 1.0),
    ],
)
def test_limits_that_no_value_could_pass_through_amber_are_refused(direction, green, amber):
    with pytest.raises(ValidationError, match="what is green must lie within"):
        threshold(direction, green, amber)


def test_an_override_changes_the_limits_and_keeps_the_source():
    was = Thresholds()["validation.auc"]
    now = Thresholds({"validation.auc": Override(green=0.8, amber=0.75, reason="bureau depth")})["validation.auc"]
    assert (now.green, now.amber, now.direction, now.source) == (0.8, 0.75, was.direction, was.source)
    assert now.override_reason == "bureau depth"
    assert Thresholds()["validation.auc"] == was  # one study's limits are not another's


@pytest.mark.parametrize("limit", [float("-inf"), float("nan"), (0.0, float("inf"))])
def test_an_override_needs_finite_limits(limit):
    with pytest.raises(ValidationError, match="finite"):
        Override(green=limit, amber=limit, reason="let all through")


@pytest.mark.parametrize("reason", [{}, {"reason": ""}, {"reason": "  "}])
def test_an_override_needs_a_reason(reason):
    with pytest.raises(ValidationError, match="reason"):
        Override(green=0.8, amber=0.7, **reason)


def test_an_override_of_an_unknown_line_names_those_that_exist():
    with pytest.raises(StudyError, match=r"'validation.auk' is not one of thresholds.toml: .*validation.auc"):
        Thresholds({"validation.auk": Override(green=1, amber=1, reason="x")})


def test_an_override_that_does_not_fit_the_direction_is_a_study_error():
    with pytest.raises(StudyError, match=r"validation.auc: a pair of limits"):
        Thresholds({"validation.auc": Override(green=(0.7, 0.8), amber=(0.6, 0.9), reason="x")})


def test_an_unknown_line_is_a_key_error_that_says_so():
    with pytest.raises(KeyError, match=r"no line 'nothing.there'"):
        Thresholds()["nothing.there"]
