"""The picture of what is given up for what is gained."""

import pandas as pd
import pytest

from riskbench.report.figures.canvas import svg
from riskbench.report.figures.frontier import frontier_plot

COLUMNS = ["kind", "label", "gap", "auc", "gap_lower", "gap_upper", "auc_lower", "auc_upper"]
CARDS = pd.DataFrame(
    [
        ("champion", "champion", 0.12, 0.74, None, None, None, None),
        ("alternative", "1", 0.08, 0.738, 0.06, 0.10, 0.735, 0.741),
        ("frontier", "", 0.10, 0.739, None, None, None, None),
        ("tried", "", 0.11, 0.73, None, None, None, None),
    ],
    columns=COLUMNS,
)


def drawn(cards, **more):
    return svg(frontier_plot(cards, x="gap", y="auc", **more))


def test_cards_are_named_and_so_is_the_limit():
    picture = drawn(CARDS, limit=("as good as the champion", 0.735))
    assert all(f">{text}<" in picture for text in ("champion", "1", "as good as the champion", "gap", "AUC"))


def test_only_a_card_with_bounds_has_its_interval_drawn():
    axes = frontier_plot(CARDS, x="gap", y="auc").axes[0]
    segments = [len(lines.get_segments()) for lines in axes.collections if lines.get_segments()[0].size]
    assert axes.collections
    assert segments.count(1) >= 2


def test_the_same_cards_give_the_same_bytes():
    assert drawn(CARDS) == drawn(CARDS)


def test_without_cards_nothing_is_drawn_and_that_is_said():
    assert "nothing to draw" in drawn(CARDS.iloc[:0])


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="auc_upper"):
        drawn(CARDS.drop(columns="auc_upper"))
