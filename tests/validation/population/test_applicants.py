import numpy as np
import pytest

from riskbench.validation.population.applicants import largest


def test_masks_say_who_developed_who_was_fitted_who_judges_and_who_was_booked(applicants):
    label = np.tile(["bad", "good", "not_booked"], 100)
    made = applicants(n=300, y=np.tile([1, 0, np.nan], 100), label=label)
    assert (made.developing.sum(), made.judged.sum()) == (150, 150)
    assert not (made.developing & made.judged).any()
    assert made.fitted.tolist() == [*[True, True, False] * 50, *[False] * 150]
    assert made.booked.tolist() == [True, True, False] * 100


def test_halves_hold_whole_customers_and_do_not_depend_on_pseudonyms(applicants):
    names = np.arange(3000) // 3
    one, other = (applicants(customer=[f"{word}{name}" for name in names]) for word in ("a", "z"))
    half = one.halves(seed=4)
    assert (half.reshape(-1, 3) == half[::3, None]).all()
    assert (half == other.halves(seed=4)).all()
    assert 0.45 < half.mean() < 0.55


def test_bands_of_the_score_are_cut_on_development_alone(applicants):
    made = applicants()
    shares = np.bincount(made.bands(4)["score"][made.developing]) / made.developing.sum()
    assert shares == pytest.approx([0.25] * len(shares), abs=0.15)


def test_the_largest_is_the_farthest_from_zero():
    assert largest({"a": 0.1, "b": -0.2, "c": 0.2}) == "b"
