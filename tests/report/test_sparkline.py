import re

import pytest

from riskbench.report.figures.sparkline import HEIGHT, MARGIN, sparkline


def path(values):
    return re.search(r'<path d="([^"]*)"', sparkline(values, "AUC"))[1]


def test_the_lowest_value_stands_at_the_bottom_and_the_highest_at_the_top():
    ends = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", path([0.6, 0.7, 0.8]))]
    assert ends == [HEIGHT - MARGIN, HEIGHT / 2, MARGIN]


def test_equal_values_give_a_level_line():
    assert set(re.findall(r"[ML][\d.]+ ([\d.]+)", path([0.7, 0.7]))) == {f"{HEIGHT / 2:.1f}"}


def test_a_missing_value_leaves_a_gap():
    assert re.findall(r"[ML]", path([0.6, 0.7, None, 0.8])) == ["M", "L", "M"]


@pytest.mark.parametrize("values", [[], [0.7], [None, 0.7]])
def test_without_two_values_there_is_no_line(values):
    assert sparkline(values, "AUC") == ""


def test_a_line_without_words_is_refused():
    with pytest.raises(ValueError, match="needs an alt text"):
        sparkline([0.6, 0.7], " ")
