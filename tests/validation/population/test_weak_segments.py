import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from riskbench.core.thresholds import Thresholds
from riskbench.validation.population.segments import segments
from riskbench.validation.population.weak_checks import placebo, search_applicants, weak_checks, weakest
from riskbench.validation.population.weak_segments import Enough, search

N, COLUMNS, BINS = 3000, 5, 4
ENOUGH = Enough.by(Thresholds())


@pytest.fixture(scope="module")
def divided():
    """3,000 cases divided by five columns of four bins, PDs that follow two of them, and the half that searches."""
    rng = np.random.default_rng(1)
    codes = pd.DataFrame(rng.integers(0, BINS, (N, COLUMNS)), columns=[f"x{i}" for i in range(COLUMNS)])
    labels = {name: list("abcd") for name in codes}
    risk = expit(-2.4 + 0.5 * (codes["x0"] + codes["x1"] - 3) + rng.normal(0, 0.5, N)).to_numpy()
    return segments(codes, labels), codes, risk, rng.random(N) < 0.5


def confirmed(result):
    return result.calibration["confirmed"].any(), result.discrimination["confirmed"].any()


def test_a_calibrated_card_raises_no_more_false_alarms_than_one_search_in_twenty(divided):
    found, _, risk, half = divided
    rng = np.random.default_rng(2)
    alarms = np.array([confirmed(search(found, rng.random(N) < risk, risk, half, ENOUGH)) for _ in range(60)])
    # of 60 searches at 5 % more than 7 alarm with a probability below 1 in 70
    assert (alarms.sum(axis=0) <= 7).all()


def test_a_planted_segment_with_twice_the_odds_is_found_and_confirmed(divided):
    found, codes, risk, half = divided
    weak = ((codes["x2"] == 1) & (codes["x3"] == 2)).to_numpy()
    y = np.random.default_rng(3).random(N) < np.where(weak, expit(logit(risk) + 1.2), risk)
    result = search(found, y, risk, half, ENOUGH)
    worst = result.calibration.iloc[0]
    assert (worst["segment"], worst["confirmed"]) == ("x2: b; x3: c", True)
    assert worst["lower"] > worst["expected"]
    assert worst["n"] in {(weak & ~half).sum(), (weak & half).sum()}


def test_a_segment_where_the_pd_ranks_nothing_is_found_though_its_level_is_right(divided):
    found, codes, risk, half = divided
    flat = (codes["x4"] == 0).to_numpy()
    true = np.where(flat, risk[flat].mean(), risk)
    result = search(found, np.random.default_rng(4).random(N) < true, risk, half, ENOUGH)
    named = result.discrimination.loc[result.discrimination["confirmed"], "segment"]
    assert "x4: a" in set(named)
    assert not result.calibration.query("segment == 'x4: a'")["confirmed"].any()


def test_a_level_that_is_wrong_for_everybody_makes_no_segment_weak(divided):
    found, _, risk, half = divided
    y = np.random.default_rng(5).random(N) < expit(logit(risk) + 0.7)
    result = search(found, y, risk, half, ENOUGH)
    assert not result.calibration["confirmed"].any()


def test_figures_are_of_the_half_that_did_not_choose_and_holm_counts_those_carried(divided):
    found, _, risk, half = divided
    y = np.random.default_rng(6).random(N) < risk
    result = search(found, y, risk, half, ENOUGH, carried=3)
    table = result.calibration
    assert 3 < len(table) <= 6  # three of each half
    assert (table["n"] <= max(half.sum(), (~half).sum())).all()
    assert table["p_holm"].iloc[0] == pytest.approx(min(1, 2 * 3 * table["p_value"].iloc[0]))


def test_segments_that_are_mostly_the_same_cases_are_carried_once(divided):
    _, codes, risk, half = divided
    twins = segments(codes.assign(twin=codes["x2"]), {name: list("abcd") for name in [*codes, "twin"]})
    weak = (codes["x2"] == 1).to_numpy()
    y = np.random.default_rng(7).random(N) < np.where(weak, expit(logit(risk) + 1.0), risk)
    table = search(twins, y, risk, half, ENOUGH).calibration
    twice = [name for name in table["segment"] if name in {"x2: b", "twin: b", "x2: b; twin: b"}]
    assert len(twice) == 1


def test_a_finer_family_is_searched_where_less_is_enough(divided):
    found, _, risk, half = divided
    y = np.random.default_rng(8).random(N) < risk
    loose, strict = (search(found, y, risk, half, Enough(share=share)).searched for share in (0.0, 0.2))
    assert strict == COLUMNS * BINS  # single bins hold a quarter, pairs a sixteenth
    assert loose > strict


@pytest.mark.parametrize("y", [np.zeros(N), np.ones(N)])
def test_outcomes_of_one_class_are_not_evaluated(divided, y):
    found, _, risk, half = divided
    checks = weak_checks(search(found, y, risk, half, ENOUGH), "test", Thresholds())
    assert {check.reason for check in checks} == {"it takes labelled bads and goods in both halves"}


def test_a_constant_pd_ranks_nothing_and_is_no_failure_of_ranking(divided):
    found, _, _, half = divided
    y = np.random.default_rng(9).random(N) < 0.2
    result = search(found, y, np.full(N, 0.2), half, ENOUGH)
    assert not result.discrimination["confirmed"].any()


def test_the_checks_count_what_was_confirmed_and_name_the_family(divided):
    found, codes, risk, half = divided
    weak = (codes["x2"] == 1).to_numpy()
    y = np.random.default_rng(3).random(N) < np.where(weak, expit(logit(risk) + 1.2), risk)
    result = search(found, y, risk, half, ENOUGH)
    bads, _, _ = weak_checks(result, "test", Thresholds())
    assert bads.name == "segments.underestimated.test"
    assert bads.estimate.value == result.calibration["confirmed"].sum() >= 1
    assert bads.estimate.n == result.searched
    assert f"of {result.searched:,} segments searched" in bads.estimate.method


def test_few_cases_are_not_evaluated_and_no_green(divided):
    found, _, risk, half = divided
    few = np.arange(N) < 200
    y = np.random.default_rng(0).random(200) < 0.3
    checks = weak_checks(search(found.of(few), y, risk[few], half[few], ENOUGH), "test", Thresholds())
    assert checks[1].reason == "no segment has cases enough"
    assert checks[0].reason.startswith("with so few cases a tenth of them must exceed its bad rate by")
    assert [check.status for check in checks] == ["not_evaluated", "not_evaluated", "red"]


def test_a_whole_portfolio_is_searched_in_its_holdout_and_a_placebo_confirms_nothing(applicants):
    made = applicants()
    result = search_applicants(made, seed=0)
    assert result.searched > 20
    assert result.power.evaluated
    assert placebo(made, seed=0, times=1).value == 0
    assert "p_value" not in weakest(result.calibration, 2)


def test_a_holdout_without_labels_is_not_evaluated(applicants):
    made = applicants(y=np.where(np.arange(3000) < 1500, 0.0, np.nan))
    made.scores["y"] = made.applications["y"]
    assert search_applicants(made).reason == "it takes labelled bads and goods in both halves"
    assert placebo(made).reason == "no application of the holdout has a label"


@pytest.mark.parametrize("carried", [0, -1])
def test_a_search_that_would_test_nothing_is_refused(divided, carried):
    found, _, risk, half = divided
    with pytest.raises(ValueError, match="carried must be at least 1"):
        search(found, risk > 0.1, risk, half, ENOUGH, carried=carried)


def test_no_placebo_search_is_refused(applicants):
    with pytest.raises(ValueError, match="placebos must be at least 1"):
        placebo(applicants(), times=0)
