"""How a sample is divided."""

import re

import numpy as np
import pytest

from riskbench.core.evidence import ID
from riskbench.validation.battery.parts import by_quarter, by_segment, months_of


def divided(case, column, **more):
    y = np.arange(len(column)) % 2
    return list(by_segment(case(y, np.full(len(y), 0.1), also={"kind": column}, segments=("kind",), **more)))


def test_there_is_one_part_a_value_in_the_order_of_their_text(case):
    parts = divided(case, ["web", "app", "web", "Branch 2"])
    assert [part.part.key for part in parts] == ["segment_kind_branch_2", "segment_kind_app", "segment_kind_web"]
    assert [part.part.name for part in parts] == ["kind: Branch 2", "kind: app", "kind: web"]
    assert [part.y.tolist() for part in parts] == [[1], [1], [0, 0]]


@pytest.mark.parametrize("missing", [None, np.nan])
def test_no_value_is_a_part_of_its_own(case, missing):
    assert [part.part.name for part in divided(case, ["app", missing])] == ["kind: app", "kind: no value"]


def test_whole_numbers_are_written_without_a_point(case):
    assert [part.part.key for part in divided(case, [36.0, 60.0])] == ["segment_kind_36", "segment_kind_60"]


def test_values_that_read_alike_in_an_id_are_numbered(case):
    keys = [part.part.key for part in divided(case, ["线上", "网点", "a-b", "a b"])]
    assert len(set(keys)) == 4
    assert all(np.char.startswith(keys, "segment_kind"))
    assert all(re.fullmatch(ID, f"validation.{key}.auc.test") for key in keys)


def test_quarters_come_in_the_order_of_time(case):
    months = ["2025-04", "2024-12", "2025-01", "2025-03"]
    parts = by_quarter(case([0, 1, 0, 1], np.full(4, 0.1), also={"month": months}))
    assert [(part.part.key, part.part.dims) for part in parts] == [
        ("quarter_2024_q4", {"month": "2024 Q4"}),
        ("quarter_2025_q1", {"month": "2025 Q1"}),
        ("quarter_2025_q2", {"month": "2025 Q2"}),
    ]
    assert [part.y.tolist() for part in parts] == [[1], [0, 1], [0]]


@pytest.mark.parametrize("also", [{}, {"month": ["", ""]}, {"month": ["2025-01", None]}])
def test_without_dates_there_are_no_periods(case, also):
    undated = case([0, 1], [0.1, 0.2], also=also)
    assert by_quarter(undated) == []
    assert months_of(undated)[1] == []
