"""What a page says of the battery's evidence."""

import pytest

from riskbench.core.evidence import Evidence
from riskbench.report.prose import prose
from riskbench.validation import battery
from riskbench.validation.battery.summary import failing, sample_points


@pytest.fixture
def recorded(case, portfolio):
    """Four checks on a test sample whose PDs are too low, two of which fail, and one on an empty sample."""
    low, empty = case(*portfolio(shift=0.5)), case([], [], "out_of_time")
    asked = {"champion.auc", "champion.spiegelhalter", "champion.calibration_slope", "portfolio.jeffreys"}
    results = [*battery.run("discrimination", low, empty), *battery.run("calibration", low)]
    return [Evidence.of("validation", result) for result in results if result.name.rsplit(".", 1)[0] in asked]


def test_one_figure_stands_sample_by_sample_as_pages_name_them(recorded):
    table = sample_points(recorded, "champion.auc")
    assert table["label"].tolist() == ["test", "out-of-time"]
    assert table["n"].tolist() == [3000, 0]
    assert table["value"].notna().tolist() == [True, False]


def test_checks_that_fail_are_named_with_their_sample_and_value_and_the_unevaluated_counted(recorded):
    sentence, named = failing(recorded)
    assert [e.id for e in named.values()] == [
        "validation.champion.spiegelhalter.test",
        "validation.portfolio.jeffreys.test",
    ]
    assert sentence == (
        "Of 5 checks 2 fail: Test that PDs are the true probabilities (p-value), test ({failing_1:value}); "
        "Test that the mean PD is not too low (p-value), test ({failing_2:value}). 1 was not evaluated."
    )


@pytest.mark.parametrize(("shift", "told"), [(0.0, "Of 2 checks none fails."), (-0.5, "Of 2 checks 1 fails: ")])
def test_one_and_none_are_told_in_the_singular(case, portfolio, shift, told):
    asked = {"champion.spiegelhalter.test", "portfolio.jeffreys.test"}
    results = (r for r in battery.run("calibration", case(*portfolio(shift=shift))) if r.name in asked)
    sentence, _ = failing(Evidence.of("validation", result) for result in results)
    assert sentence.startswith(told)


def test_the_sentence_can_be_concluded_with(recorded):
    sentence, named = failing(recorded)
    assert prose(sentence, named).count("<a ") == 2
