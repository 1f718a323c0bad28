"""The card as tables: scores that can be reached, a sheet to score by, an example that sums."""

import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard import Scorecard
from riskbench.scorecard.card_tables import card_coefficients, example_table, points_facts, points_sheet
from riskbench.scorecard.reason_texts import ReasonTexts


def test_the_coefficients_of_a_card_are_tested_and_each_has_the_information_of_its_feature(card, X, y):
    table, summary = card_coefficients(card, X, y).set_index("term"), card.summary().set_index("term")
    assert table["coefficient"].equals(summary["coefficient"])
    assert table.loc[list(card.points_), "iv"].tolist() == card.binning_.iv_.tolist()
    assert (table.loc[list(card.points_), "lr_p_value"] < 0.001).all()


def test_the_highest_and_the_lowest_score_can_be_reached(card, X):
    facts = points_facts(card).set_index("fact")["points"]
    ends = {}
    for name, points in card.points_.items():
        earned = points[card.binning_.features_[name].bin_of(X[name])]
        ends[name] = [X[name].iloc[int(np.argmax(earned))], X[name].iloc[int(np.argmin(earned))]]
    highest, lowest = card.points(pd.DataFrame(ends))
    assert facts["highest score that can be reached"] == highest >= card.points(X).max()
    assert facts["lowest score that can be reached"] == lowest <= card.points(X).min()


def test_the_largest_step_is_between_bins_that_touch(card):
    fact = points_facts(card).set_index("fact").loc["largest step between neighbouring bins"]
    steps = [
        np.abs(np.diff(p[: len(p) - 1][card.binning_.features_[n].cases[:-1] > 0])).max()
        for n, p in card.points_.items()
    ]
    assert fact["points"] == max(steps)
    assert " and " in fact["where"]


def test_the_sheet_says_what_each_bin_means_and_the_cases_it_rests_on(card, X):
    sheet = points_sheet(card, ReasonTexts())
    assert sheet["points"].tolist() == card.points_table()["points"].tolist()
    assert (sheet.groupby("feature")["count"].sum() == len(X)).all()
    assert sheet["bin"][0].startswith("a below ")


@pytest.mark.parametrize("from_zero", [False, True])
def test_the_example_sums_to_its_score_with_and_without_a_base(from_zero, card, X, y):
    table = example_table(Scorecard(card.binning_, from_zero=from_zero).fit(X, y), X.iloc[5])
    assert table["points"].iloc[-1] == table["points"].iloc[:-1].sum() == card.points(X.iloc[[5]])[0]
    assert table["feature"].tolist().count("(base)") == from_zero
