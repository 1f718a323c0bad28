"""Faults planted in a sound portfolio, and the check that must find each: it fails, and fails for that alone."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from riskbench.validation import battery
from riskbench.validation.battery.case import Case

N = 12_000
RNG = np.random.default_rng(7)
LOG_ODDS = RNG.normal(-2, 1.2, N)
Y = (RNG.random(N) < expit(LOG_ODDS)).astype(float)
ROWS = {
    "y": Y,
    "pd": expit(LOG_ODDS),
    "month": np.array([f"2025-{number % 12 + 1:02}" for number in range(N)]),
    "amount": RNG.lognormal(8, 0.3, N),
    "channel": np.array(["agent", "app", "web"])[RNG.integers(3, size=N)],
}
ANY_ORDER = RNG.permutation(ROWS["pd"])


def with_pds(where, pds):
    return {"pd": np.where(where, pds, ROWS["pd"])}


def some(share):
    return np.random.default_rng(1).random(N) < share


LATE = (np.arange(N) % 12) // 3 / 3  # 0 in the first quarter, 1 in the last
FAULTS = {  # what is changed, the check that must fail, and one that must not
    "PDs too low": ({"pd": expit(LOG_ODDS - 0.4)}, "portfolio.jeffreys", "champion.auc"),
    "PDs too high": ({"pd": expit(LOG_ODDS + 0.8)}, "portfolio.observed_to_expected", "portfolio.jeffreys"),
    "PDs far too low, a bad period or not": ({"pd": expit(LOG_ODDS - 2)}, "portfolio.vasicek", "champion.auc"),
    "PDs too low month by month": ({"pd": expit(LOG_ODDS - 0.4)}, "vintages.normal_test", "vintages.auc_trend"),
    "one grade too low": (
        with_pds((ROWS["pd"] > 0.32) & some(0.8), expit(LOG_ODDS - 2)),
        "grade_5.jeffreys",
        "segments.auc_heterogeneity",
    ),
    "PDs too far apart": ({"pd": expit(1.6 * (LOG_ODDS + 2) - 2)}, "champion.calibration_slope", "champion.auc"),
    "PDs in any order": ({"pd": ANY_ORDER}, "champion.auc", "portfolio.jeffreys"),
    "a sixth lost since development": (
        with_pds(some(0.16), ANY_ORDER),
        "champion.auc_change",
        "segments.auc_below_limit",
    ),
    "fitted to development": (with_pds(some(0.4), ANY_ORDER), "champion.auc_gap", "portfolio.jeffreys"),
    "no ranking in one segment": (
        with_pds(ROWS["channel"] == "web", ANY_ORDER),
        "segments.auc_heterogeneity",
        "vintages.auc_trend",
    ),
    "a segment worse than the limit": (
        with_pds(ROWS["channel"] == "web", ANY_ORDER),
        "segments.auc_below_limit",
        "portfolio.jeffreys",
    ),
    "PDs too low in one segment": (
        with_pds(ROWS["channel"] == "web", expit(LOG_ODDS - 0.4)),
        "segments.too_low",
        "segments.auc_heterogeneity",
    ),
    "decay over the quarters": (
        with_pds(RNG.random(N) < 0.6 * LATE, ANY_ORDER),
        "vintages.auc_trend",
        "segments.auc_heterogeneity",
    ),
    "nearly all in one grade": (
        {"pd": expit(0.1 * LOG_ODDS - 1.6)},
        "grades.largest_share",
        "segments.auc_heterogeneity",
    ),
    "the ladder turned round": ({"pd": expit(-LOG_ODDS - 4)}, "grades.inversions", "grades.concentration_rise"),
}


def sample(name: str, changed: dict, case, development: Case | None = None) -> Case:
    rows = ROWS | changed
    given = {"also": {k: rows[k] for k in ("month", "amount", "channel")}, "segments": ("channel",)}
    return case(rows["y"], rows["pd"], name, **given, development=development)


def lights(found: Case) -> dict[str, str]:
    results = (r for family in battery.FAMILIES for r in battery.run(family, found))
    return {r.name.removesuffix(".test"): r.status for r in results}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_fails_its_check_and_leaves_another_alone(case, fault):
    changed, finds, spares = FAULTS[fault]
    found = lights(sample("test", changed, case, sample("development", {}, case)))
    assert (found[finds], found[spares]) == ("red", "green")


def test_the_sound_portfolio_fails_nothing(case):
    assert "red" not in lights(sample("test", {}, case, sample("development", {}, case))).values()


def test_ranking_does_not_hang_on_the_level_of_pds(case):
    sound, lifted = (sample("test", changed, case) for changed in ({}, {"pd": expit(0.5 * LOG_ODDS + 1)}))
    for family in ("discrimination", "segments"):
        values = [[r.estimate.value or 0 for r in battery.run(family, s)] for s in (sound, lifted)]
        assert values[0] == pytest.approx(values[1])
    assert logit(lifted.pd).mean() > logit(sound.pd).mean() + 1


def test_money_that_moves_into_one_grade_is_seen_by_amount_alone(case):
    development = sample("development", {}, case)
    now = replace(development, sample="test", development=development, rows=development.rows.copy())
    now.rows.loc[now.rows["pd"] >= 0.32, "amount"] *= 100
    found = {r.name: r.status for r in battery.run("concentration", now)}
    assert found["grades.concentration_rise.test"] == "green"
    assert found["grades.concentration_rise_by_amount.test"] == "red"
