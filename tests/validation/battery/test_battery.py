"""The battery as a whole: families, and what is promised of every check in them."""

import re
from dataclasses import replace

import pytest

from riskbench.core.evidence import Evidence
from riskbench.core.thresholds import Thresholds
from riskbench.validation import battery

CHECKS = [check for family in battery.FAMILIES.values() for check in family]


def by_name(results):
    return {r.name: r for r in results}


def everything(*cases):
    return [result for family in battery.FAMILIES for result in battery.run(family, *cases)]


def test_checks_come_in_the_order_of_the_table_each_on_every_sample(case, portfolio):
    cases = [case(*portfolio(seed=seed), sample) for seed, sample in enumerate(("test", "out_of_time"))]
    for family in ("discrimination", "calibration"):
        expected = [f"{check.name}.{c.sample}" for check in battery.FAMILIES[family] for c in cases]
        assert [r.name for r in battery.run(family, *cases)] == expected


def test_every_check_has_a_name_of_its_own_and_a_limit_that_exists():
    assert len({(check.name, check.parts) for check in CHECKS}) == len(CHECKS)
    assert all(re.fullmatch(r"(\w+|{part})\.\w+", check.name) for check in CHECKS)
    assert all(Thresholds()[key] for check in CHECKS for key in (check.threshold, check.enough, check.classes) if key)


@pytest.mark.parametrize("cases", [([], []), ([0, 0], [0.1, 0.2]), ([1], [0.5]), ([0, 1], [0, 1])])
def test_every_result_can_be_written_down_as_evidence_with_a_value_or_a_reason(case, cases):
    for result in everything(case(*cases)):
        evidence = Evidence.of("validation", result)
        assert (evidence.value is None) == (evidence.status == "not_evaluated")
        assert evidence.reason or evidence.value is not None


def test_a_right_model_is_green(whole):
    results = everything(whole(development=whole("development", seed=1)))
    other = {r.name for r in results if r.threshold and r.status != "green" and not r.name.startswith("grade_")}
    # over seven uneven grades the ECB's test of concentration can find nothing, and says so
    assert other == {"grades.concentration_change.test", "grades.concentration_change_by_amount.test"}


def test_pds_that_are_too_low_fail_calibration_but_not_discrimination(case, portfolio):
    found = by_name(everything(case(*portfolio(shift=0.5))))
    assert found["champion.auc.test"].status == "green"
    assert found["portfolio.jeffreys.test"].status == "red"
    assert found["champion.calibration_intercept.test"].estimate.value == pytest.approx(0.5, abs=0.15)


def test_cases_without_a_label_count_for_concentration_alone(case, portfolio):
    y, pd = portfolio()
    longer = case([*y, *[None] * 10], [*pd, *[0.5] * 10])
    for family in set(battery.FAMILIES) - {"concentration"}:
        assert battery.run(family, case(y, pd)) == battery.run(family, longer)


def test_the_order_of_rows_does_not_matter(whole):
    case = whole()
    turned = replace(case, rows=case.rows[::-1])
    for one, other in zip(everything(case), everything(turned), strict=True):
        assert (one.name, one.reason) == (other.name, other.reason)
        assert [other.estimate.value or 0] == pytest.approx([one.estimate.value or 0], rel=1e-9)


def test_a_family_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"family must be one of discrimination, .*, concentration, got 'migration'"):
        battery.run("migration")


def test_pds_outside_0_to_1_are_refused(case):
    with pytest.raises(ValueError, match=r"pd must lie in \[0, 1\], got 1.5"):
        battery.run("calibration", case([0, 1], [0.1, 1.5]))
