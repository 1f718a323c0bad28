import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core import words
from riskbench.core.evidence import Evidence, Table
from riskbench.core.thresholds import Threshold
from riskbench.core.words import NBSP, format_evidence, format_interval, format_limits, format_number

AUC = Threshold(key="auc", direction="at_least", green=0.65, amber=0.60, basis="convention", source="x")


def evidence(value=0.77231, **fields):
    given = {"stage": "validation", "kind": "estimate", "title": "AUC, test"} | fields
    return Evidence(id="validation.champion.auc.test", value=value, **given)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((0.77231, 0.7601, 0.7842), "0.772"),  # half-width .012: its second digit is the third decimal
        ((0.77231, 0.70, 0.84), "0.772"),  # half-width .07
        ((0.77231, 0.4, 1.0), "0.77"),  # half-width .3
        ((12345.0, 11100.0, 13600.0), "12,300"),  # half-width 1250: hundreds
        ((12345, 11100.0, 13600.0), "12,345"),  # a count is never rounded
        ((1234567,), "1,234,567"),
        ((-0.5,), "−0.500"),
        ((0.0,), "0"),
        ((3.2e-8,), "3.20 × 10⁻⁸"),
        ((float("inf"),), "∞"),
        ((None,), "–"),
    ],
)
def test_a_number_is_rounded_to_what_its_interval_supports(arguments, text):
    assert format_number(*arguments) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.0812, "%", "8.12 %"), (1.0, "%", "100 %"), (612, "points", "612 points"), (1500.0, "EUR", "1,500 EUR")],
)
def test_the_unit_follows_the_number_after_a_space_that_does_not_break(value, unit, text):
    assert format_number(value, unit=unit) == text.replace(" ", NBSP)


@pytest.mark.parametrize("value", [float("nan"), True, "7"])
def test_what_is_not_a_number_is_refused(value):
    with pytest.raises(ValueError, match="must be a number other than NaN, got"):
        format_number(value, decimals=2)


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e6))
def test_rounding_never_moves_a_number_by_more_than_a_tenth_of_its_half_width(value, half):
    lower, upper = value - half, value + half
    decimals = words.decimals_for(value, lower, upper)
    assert abs(round(value, decimals) - value) <= 0.1 * (upper - lower) / 2 + 1e-12 * abs(value)


def test_evidence_reads_as_value_and_interval():
    e = evidence(lower=0.7601, upper=0.7842, level=0.95)
    assert format_evidence(e).replace(NBSP, " ") == "0.772 (95 % interval 0.760 to 0.784)"


def test_the_interval_takes_the_unit_once():
    e = evidence(0.1231, lower=0.1104, upper=0.1361, unit="%")
    assert format_interval(e, between="–") == f"11.0–13.6{NBSP}%"


def test_a_dash_does_not_stand_beside_a_minus_sign():
    assert format_interval(evidence(0.01, lower=-0.02, upper=0.04), between="–") == "−0.020 to 0.040"


def test_an_interval_with_one_end_says_which():
    assert format_interval(evidence(0.5, upper=0.7)) == "up to 0.700"


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "yes"), ("stable", "stable"), (Table(columns=["a"], rows=[[1], [2]]), "table of 2 rows")],
)
def test_what_is_not_an_estimate_reads_plainly(value, text):
    assert format_evidence(evidence(value)) == text


def test_what_was_not_computed_says_why():
    assert format_evidence(evidence(None, reason="one class only")) == "not evaluated (one class only)"


def test_a_judged_number_stays_on_its_side_of_the_limit():
    # .6497 is amber; at the two decimals that its interval supports it would read .65, which is green
    e = evidence(0.6497, lower=0.5, upper=0.8, threshold=AUC, status="amber")
    assert words.format_value(e) == "0.6497"


@pytest.mark.parametrize(
    ("direction", "green", "amber", "unit", "text"),
    [
        ("at_least", 0.65, 0.60, "", "≥ 0.65, watch ≥ 0.6"),
        ("at_most", 0.05, 0.05, "%", "≤ 5 %"),
        ("between", (0.9, 1.1), (0.8, 1.25), "", "0.9 to 1.1, watch 0.8 to 1.25"),
        ("at_most", 1e-6, 1e-6, "", "≤ 1.00 × 10⁻⁶"),
        ("at_most", 0, 10_000, "", "≤ 0, else watch"),
    ],
)
def test_limits_read_in_the_unit_of_the_figure(direction, green, amber, unit, text):
    limit = Threshold(key="k", direction=direction, green=green, amber=amber, basis="rule", source="x")
    assert format_limits(limit, unit).replace(NBSP, " ") == text


def test_bounds_without_a_level_are_a_range_and_no_interval():
    told = [
        words.bounds_told(evidence(lower=low, upper=0.7842, level=level)) for low, level in ((0.76, 0.95), (0.76, None))
    ]
    assert [text.replace(NBSP, " ") for text in told] == ["95 % interval 0.760 to 0.784", "range 0.760 to 0.784"]
    assert words.bounds_told(evidence(lower=None, upper=0.7842, level=None)).startswith("up to 0.78")
