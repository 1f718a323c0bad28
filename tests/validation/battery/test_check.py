"""How a check is asked."""

import numpy as np
import pytest

from riskbench import metrics
from riskbench.validation import battery
from riskbench.validation.battery.case import Part
from riskbench.validation.battery.check import Check, ask

BRIER = Check("champion.brier", "Brier score", lambda case: metrics.brier(case.y, case.pd))


def halves(case):
    """Two segments: the first half of the rows, and the others."""
    first = np.arange(len(case.rows)) < len(case.rows) / 2
    named = (("segment_1", "new", first), ("segment_2", "known", ~first))
    return [case.restricted_to(Part("segment", key, name), rows) for key, name, rows in named]


BY_SEGMENT = Check(
    "{part}.auc",
    "Area under the ROC curve, {part}",
    lambda case: metrics.auc(case.y, case.pd),
    "validation.auc",
    parts=halves,
    enough="validation.grade_cases",
)


def test_the_sample_ends_the_id_and_no_limit_makes_it_information(case):
    (result,) = ask(BRIER, case([0, 1], [0.1, 0.2], "out_of_time"))
    assert (result.name, result.title, result.status) == ("champion.brier.out_of_time", "Brier score", "information")
    assert result.estimate == metrics.brier([0, 1], [0.1, 0.2])


def test_one_entry_is_asked_of_every_part_that_it_names(case, portfolio):
    y, pd = portfolio()
    new, known = ask(BY_SEGMENT, case(y, pd))
    assert (new.name, known.name) == ("segment_1.auc.test", "segment_2.auc.test")
    assert (new.title, new.dims) == ("Area under the ROC curve, segment new", {"segment": "new"})
    assert known.estimate == metrics.auc(y[1500:], pd[1500:])


def test_a_part_with_too_few_cases_is_not_evaluated_and_says_why(case):
    few, _ = ask(BY_SEGMENT, case([0] * 20, [0.1] * 20))
    assert (few.status, few.estimate.n) == ("not_evaluated", 10)
    assert few.reason == "the segment has 10 labelled cases, and at least 30 are asked for"


def test_a_test_is_judged_by_its_p_value(case, portfolio):
    y, pd = portfolio()
    check = Check("champion.x", "Test", lambda c: metrics.spiegelhalter(c.y, c.pd), kind="p-value")
    (result,) = ask(check, case(y, pd))
    assert (result.title, result.estimate.value) == ("Test (p-value)", metrics.spiegelhalter(y, pd).p_value)
    assert (result.estimate.lower, result.estimate.level) == (None, None)


@pytest.mark.parametrize(("sample", "asked"), [("development", 0), ("test", 1)])
def test_a_check_is_not_asked_where_it_makes_no_sense(case, sample, asked):
    check = Check("champion.x", "x", BRIER.formula, not_on=("development",))
    assert len(list(ask(check, case([0, 1], [0.1, 0.2], sample)))) == asked


def test_what_was_fitted_on_development_is_shown_there_without_a_light(case, portfolio):
    y, risk = portfolio()
    status = {
        (sample, fitted): {
            result.status
            for family in ("discrimination", "calibration")
            for result in battery.run(family, case(y, risk, sample, fitted=fitted))
            if result.name.rpartition(".")[0] in ("champion.auc", "portfolio.jeffreys")
        }
        for sample, fitted in (("development", True), ("development", False), ("out_of_time", True))
    }
    assert status == {
        ("development", True): {"information"},
        ("development", False): {"green"},
        ("out_of_time", True): {"green"},
    }
