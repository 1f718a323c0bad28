"""What differs between two runs is weighed: what changes a judgement comes first."""

from typing import Any

import pytest

from riskbench.pipeline.compare import ONLY_FIRST, ORDER, Difference
from riskbench.pipeline.materiality import WEIGHTS, differing, material, tally, weigh


def difference(what: str, ours: Any, theirs: Any, **more: Any) -> Difference:
    return Difference("scorecard.champion.auc.test", what, ours, theirs, **more)


CASES = [
    (difference("status", "green", "red"), "status changes"),
    (difference("value", None, 0.7), "status changes"),  # only one run could evaluate it
    (difference("income, selected", True, False, column="selected"), "status changes"),
    (difference("income, status", "green", "amber", column="status"), "status changes"),
    (difference(ONLY_FIRST, 0.7, None), "in one run alone"),
    (difference("income: row", "there", None), "in one run alone"),
    (difference("column n", None, "there"), "in one run alone"),
    (difference("unit", "%", ""), "measured otherwise"),
    (difference("threshold", None, "0.6"), "measured otherwise"),
    (difference("value", 0.70, 0.75, half_width=0.04), "beyond its interval"),  # 0.05 / 0.04 = 1.25 half-widths
    (difference("value", 0.70, 0.73, half_width=0.04), "beyond tolerance"),  # 0.03 / 0.04 = 0.75
    (difference("value", 100, 110), "large without an interval"),  # 10 of 110 is 9 %
    (difference("n", 1000, 1001), "beyond tolerance"),
    (difference("p_value", 0.01, 0.04), "beyond tolerance"),  # its judgement is the status
    (difference("a, x", 0.001, 0.002, column="x", scale=1.0), "beyond tolerance"),  # 0.001 of the column's 1.0
    (difference("row 7, x", 0.1, 0.9, column="x", unnamed=True), "points drawn otherwise"),
    (difference("row 7: row", "there", None, unnamed=True), "points drawn otherwise"),
    (difference("title", "AUC", "Area"), "words alone"),
    (difference(ORDER, "a, b", "b, a"), "words alone"),
]


@pytest.mark.parametrize(("found", "name"), CASES, ids=lambda case: case if isinstance(case, str) else case.what)
def test_every_difference_has_one_class(found: Difference, name: str) -> None:
    (weighed,) = weigh([found])
    assert weighed.weight.name == name


def test_the_material_come_first_and_within_a_class_the_largest() -> None:
    found = [
        difference("title", "AUC", "Area"),
        difference("n", 1000, 1001),
        difference("value", 0.70, 0.75, half_width=0.04),
        difference("lower", 0.60, 0.70, half_width=0.04),
        difference("status", "green", "red"),
    ]
    weighed = weigh(found)
    assert [w.difference.what for w in weighed] == ["status", "lower", "value", "n", "title"]
    assert (differing(weighed), material(weighed)) == (1, 1)  # all of one figure
    assert [(weight.name, count) for weight, count in tally(weighed)] == [
        ("status changes", 1),
        ("beyond its interval", 2),
        ("beyond tolerance", 1),
        ("words alone", 1),
    ]


def test_material_classes_stand_before_the_others_and_each_has_its_reason() -> None:
    flags = [weight.material for weight in WEIGHTS]
    assert flags == sorted(flags, reverse=True)
    assert all(weight.because.endswith(".") for weight in WEIGHTS)
