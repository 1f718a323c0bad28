import numpy as np
import pandas as pd
import pytest

from riskbench.core.results import Estimate
from riskbench.monitoring.population import mix
from riskbench.monitoring.population.points import COLUMNS, by_feature, cause, change_of_mean, left_over
from riskbench.monitoring.population.window import Choice, Window, window_of
from riskbench.scorecard import Scorecard, WoeBinning


@pytest.fixture(scope="module")
def shifted() -> tuple[Scorecard, pd.DataFrame, Window]:
    """A card of two features; of the second more is seen in the second half."""
    rng = np.random.default_rng(0)
    late = np.r_[rng.random(2000) < 0.3, rng.random(2000) < 0.5].astype(int)
    X = pd.DataFrame({"income": rng.normal(10, 2, 4000), "late": late})
    y = (rng.random(4000) < 0.1 + 0.2 * late).astype(int)
    reference = np.arange(4000) < 2000
    months = pd.Series(np.where(reference, "2024-01", "2024-02"))
    card = Scorecard(WoeBinning(max_bins=3)).fit(X[reference], y[reference])
    return card, X, Window(reference, ~reference, months, ("2024-02",), "", "")


def test_the_features_sum_to_the_change_of_the_score_exactly(shifted):
    card, X, window = shifted
    total = change_of_mean(pd.Series(card.points(X)), window)
    table = by_feature(card, card.binning_.bins(X), window)
    assert left_over(table, total).value == pytest.approx(0, abs=1e-9)
    assert table.feature.tolist() == ["late", "income"]


def test_a_mean_is_told_with_the_bin_that_moved_it(shifted):
    card, X, window = shifted
    line = by_feature(card, card.binning_.bins(X), window).iloc[0]
    share = X["late"].eq(1)
    ends = {share[window.reference].mean(), share[~window.reference].mean()}
    assert {line.bin_before, line.bin_now} in (ends, {1 - end for end in ends})
    assert line.lower < line.points_change < line.upper < 0


def test_the_cause_names_what_moved_the_score_up_and_down_and_says_when_they_cancel():
    lines = [("term", 30.6, 26.6, -4.0, -4.2, -3.8, "60", 0.16, 0.35), ("asked", 31.2, 33.9, 2.7, 2.5, 2.9, "0", 0.42, 0.5),
             ("purpose", 31, 31.1, 0.1, -0.1, 0.3, "car", 0.1, 0.1)]  # fmt: skip
    assert cause(pd.DataFrame(lines, columns=COLUMNS), Estimate(-1.2, -3, 0.6)) == (
        "Most moved it down: term, by 4.0 points (60 went from 16.0 % to 35.0 %) and up: asked, by 2.7 points "
        "(0 went from 42.0 % to 50.0 %); all features together no more than chance."
    )


def test_where_no_feature_moved_no_cause_is_told():
    table = pd.DataFrame([("term", 30, 30.1, 0.1, -0.1, 0.3, "60", 0.16, 0.17)], columns=COLUMNS)
    assert cause(table, Estimate(0.1, -0.1, 0.3)) == "No feature has changed the mean score by more than chance."


# --- real data --------------------------------------------------------------------------------------------------------


def test_loans_of_60_months_are_named_as_what_moved_lendingclub_in_2011(shared_data):
    columns = ["issue_d", "term", "inq_last_6mths", "annual_inc", "revol_util", "bad"]
    loans = pd.read_csv(shared_data / "lendingclub_2007_2011.csv.gz", usecols=columns)
    month = loans["issue_d"].str[:7]
    rows = pd.DataFrame({"month": month, "sample": np.where(month < "2011-01", "development", "out_of_time")})
    window = window_of(rows, "out_of_time", Choice(reference="before"))
    X = loans[columns[1:-1]]
    card = Scorecard(WoeBinning(max_bins=5)).fit(X[window.reference], loans.loc[window.reference, "bad"])
    score = pd.Series(card.points(X))
    table = by_feature(card, card.binning_.bins(X), window)
    assert table.feature[0] == "term"
    assert cause(table, change_of_mean(score, window)).startswith("Most moved it down: term, by ")
    levels = pd.DataFrame({"term": mix.levels_of(loans["term"])})
    told = mix.cause(mix.mix_table(levels, {"score, points": score}, window, smallest=10))
    # 3,381 of 20,814 loans before 2011, 7,620 of 21,721 in it
    assert told.endswith("60 went from 16.2 % to 35.1 % of applications.")
