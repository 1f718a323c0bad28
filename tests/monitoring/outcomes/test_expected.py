"""What is expected of loans at an age, and what has been seen against it."""

import numpy as np
import pytest
from scipy.special import logit

from riskbench.monitoring.outcomes.expected import AtAge, Lines, Part, against, expected_bads


def exact(pd: float, n: int, line: tuple[float, float] = (0.0, 1.0)) -> AtAge:
    """A line that is known without error."""
    return AtAge(n, n // 2, np.array(line), np.zeros((2, 2)))


def part(bads: int, n: int, pd: float) -> Part:
    return Part(np.repeat([1.0, 0.0], [bads, n - bads]), np.full(n, pd), exact(pd, n))


def test_bad_over_expected_with_its_z_by_hand():
    # 100 loans at .2: 20 expected, variance 16. 28 bad: ratio 1.4, z = 8/4 = 2, p = .02275; 1.4 ± 1.96 · 4/20
    found = against([part(28, 100, 0.2)])
    assert (found.value, found.statistic) == (pytest.approx(1.4), pytest.approx(2.0))
    assert found.p_value == pytest.approx(0.02275, abs=1e-5)
    assert (found.lower, found.upper) == (pytest.approx(1.008, abs=1e-3), pytest.approx(1.792, abs=1e-3))


def test_ages_add_up():
    # 20 of 20 expected and 8 of 4: 28 over 24, variance 16 + 3.84 · ... = 100 · .16 + 100 · .0384
    found = against([part(20, 100, 0.2), part(8, 100, 0.04)])
    assert found.value == pytest.approx(28 / 24)
    assert found.statistic == pytest.approx(4 / np.sqrt(16 + 3.84))


def test_errors_of_one_stratum_add_up_and_those_of_two_do_so_in_squares():
    # the line's intercept has the error .1, which moves a sum of 100 loans at .2 by 16 · .1 = 1.6
    line = AtAge(100, 20, np.array([0.0, 1.0]), np.diag([0.01, 0.0]))
    y = np.repeat([1.0, 0.0], [30, 70])
    one, other = Part(y, np.full(100, 0.2), line, 0), Part(y, np.full(100, 0.2), line, 1)
    assert against([one, one]).statistic == pytest.approx(20 / np.sqrt(32 + 3.2**2))
    assert against([one, other]).statistic == pytest.approx(20 / np.sqrt(32 + 2 * 1.6**2))


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([], "no loan is old enough"),
        ([part(1, 10, 0.2)], "fewer than 5 bad loans are expected"),
        ([Part(np.ones(9), np.full(9, 0.5), AtAge.fit([0, 0], [0.1, 0.2]))], "at development it needs bad and good"),
    ],
)
def test_what_cannot_be_held_against_anything_says_why(parts, reason):
    assert reason in against(parts).reason


def test_the_line_finds_what_the_loans_were_made_by():
    rng = np.random.default_rng(0)
    pd = rng.beta(2, 8, 40_000)
    bad = rng.random(40_000) < 1 / (1 + np.exp(-(-1 + 0.8 * logit(pd))))
    found = AtAge.fit(bad, pd)
    error = np.sqrt(np.diag(found.covariance))
    assert (np.abs(found.line - [-1, 0.8]) < 4 * error).all()
    assert error[1] < 0.03  # narrow enough for four of them to mean something


def test_over_development_itself_as_many_are_bad_as_expected(booked, drawn):
    lines = Lines.of_development(booked(*drawn({"2026-01": 2000})))
    for age in ("1", "2", "3"):
        parts = lines.parts(age, np.arange(2000))
        assert expected_bads(parts) == pytest.approx(sum(p.bad.sum() for p in parts))


def test_a_stratum_that_allows_no_line_has_that_of_all_together(booked, drawn):
    loans = booked(*drawn({"2026-01": 500}))
    loans.loans["stratum"] = np.where(np.arange(500) < 3, 1, 0)
    first, second = Lines.of_development(loans).of["3"]
    assert (first.n, second.n) == (497, 500)


def test_one_sided_p_values_are_even_where_nothing_has_changed(booked, drawn):
    # 30 portfolios: under the null a p-value below .1 comes three times on average, more than nine times once in 1000
    low = 0
    for seed in range(30):
        loans = booked(*drawn({"2026-01": 600, "2026-03": 300}, seed=seed))
        found = against(Lines.of_development(loans).parts("2", np.arange(600, 900)))
        low += found.p_value < 0.1
    assert low <= 9
