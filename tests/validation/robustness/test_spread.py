"""What builds change for one and the same application."""

from dataclasses import replace

import numpy as np
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.metrics import auc
from riskbench.validation.robustness import draws
from riskbench.validation.robustness.bench import NO_CUT_OFF, Rebuilt
from riskbench.validation.robustness.spread import TITLES, spread, spread_checks, spread_table


def shifted(bench, by):
    return replace(bench.original, score=bench.original.score + by)


def test_cards_that_are_the_champion_change_nothing(dated):
    found = spread(dated, "same", [dated.original] * 3).figures
    assert found["score_sd_p95"].value == pytest.approx(0, abs=1e-12)
    assert found["grade_moved"].value == found["moved"].value == 0
    assert found["first_reason_kept"].value == found["reasons_kept"].value == 1


def test_the_spread_of_a_score_is_its_standard_deviation_over_builds(dated):
    # scores −10, 0 and +10 about the champion's: standard deviation 10 for everybody
    found = spread(dated, "moved", [shifted(dated, by) for by in (-10, 0, 10)])
    assert found.figures["score_sd"].value == pytest.approx(10)
    check = spread_checks(dated, found, Thresholds())[-1]
    assert (check.estimate.value, check.status) == (pytest.approx(0.5), "green")  # of a PDO of 20 points


def test_shares_count_who_is_graded_and_decided_otherwise(dated):
    own = dated.original.score[dated.judging]
    found = spread(dated, "moved", [shifted(dated, 5), shifted(dated, 5)]).figures
    assert found["moved"].value == pytest.approx(np.mean((own >= 515) & (own < 520)))
    assert found["grade_moved"].value == pytest.approx(np.mean(dated.grades(own) != dated.grades(own + 5)))


def test_a_card_without_features_gives_nobody_a_reason_that_the_champion_gives(dated):
    nothing = Rebuilt(None, np.flatnonzero(dated.developed), np.full(len(dated.y), 520.0))
    kept = spread(dated, "none", [nothing]).figures["first_reason_kept"].value
    none = dated.champion.reasons(dated.candidates[dated.judging])["reason_1"].isna().mean()
    assert kept == pytest.approx(none)


def test_reasons_are_compared_with_those_of_the_champion(dated, builds):
    X = dated.candidates[dated.judging]
    own, other = (card.reasons(X, 4) for card in (dated.champion, builds[0].card))
    found = spread(dated, "one", builds[:1]).figures
    assert found["first_reason_kept"].value == pytest.approx((own["reason_1"] == other["reason_1"]).mean())
    same = [set(a) - {None} == set(b) - {None} for a, b in zip(own.to_numpy(), other.to_numpy(), strict=True)]
    assert found["reasons_kept"].value == pytest.approx(np.mean(same))


def test_a_split_that_drew_from_the_holdout_is_judged_on_who_it_left_out(undated):
    (split,) = draws.other_splits(undated, 1)
    outside = ~np.isnan(undated.y) & undated.applications["sample"].ne("out_of_time").to_numpy()
    outside[split.rows] = False
    expected = auc(undated.y[outside], -split.score[outside]).value
    assert spread(undated, "splits", [split]).figures["auc"].value == pytest.approx(expected)


def test_without_a_cut_off_decisions_are_not_evaluated(dated):
    found = spread(replace(dated, cut_off=None), "same", [dated.original] * 2)
    assert found.figures["moved"].reason == NO_CUT_OFF
    assert spread_table([found])["moved"].isna().all()


def test_without_builds_everything_is_missing_and_says_so(dated):
    found = spread(dated, "none", [])
    assert [found.figures[name].evaluated for name in TITLES] == [False] * len(TITLES)
    assert all(check.status == "not_evaluated" for check in spread_checks(dated, found, Thresholds()))


def test_the_table_has_a_row_for_each_way_to_draw_and_says_how_many_cards(dated, builds):
    table = spread_table([spread(dated, "bootstrap", builds), spread(dated, "none", [])])
    assert table["draws"].tolist() == ["bootstrap (8)", "none (0)"]
    assert table.loc[0, "mean_features"] == np.mean([len(build.features) for build in builds])
