"""Which features come back, and how far the sample holds their coefficients."""

from dataclasses import replace

import numpy as np
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.validation.robustness.bench import Rebuilt
from riskbench.validation.robustness.stability import feature_table, inclusion, inclusion_checks, one_half


def nothing(bench):
    return Rebuilt(None, np.flatnonzero(bench.developed), bench.original.score)


def test_inclusion_is_the_share_of_builds_that_have_a_feature(dated):
    assert inclusion([dated.original, dated.original, nothing(dated)])["late"] == pytest.approx(2 / 3)
    assert inclusion([nothing(dated)]).empty


def test_the_features_that_tell_are_selected_again_every_time(dated, builds):
    table = feature_table(dated, builds).set_index("feature")
    assert table.loc[["late", "used"], "inclusion"].tolist() == [1.0, 1.0]
    # Wilson: all of 8, z²/(n + z²) below 1
    assert table.loc["late", "inclusion_lower"] == pytest.approx(8 / (8 + 1.959964**2), abs=1e-6)


def test_the_bounds_of_a_coefficient_are_near_those_of_its_standard_error(dated):
    rng, rows = np.random.default_rng(0), np.flatnonzero(dated.developed)
    drawn = [Rebuilt(None, rng.choice(rows, len(rows)), dated.original.score) for _ in range(200)]
    table = feature_table(dated, drawn).set_index("feature")
    errors = dict(zip(dated.champion.logit_.names, dated.champion.logit_.table()["standard_error"][1:], strict=True))
    reach = table["coefficient_upper"] - table["coefficient"]
    # 200 draws know a standard deviation to 1 / √398 = 5 %; four times that
    assert reach["late"] == pytest.approx(1.96 * errors["late"], rel=0.2)


def test_a_sign_turns_on_the_draws_where_a_free_coefficient_is_positive(dated):
    rows = np.flatnonzero(dated.developed)
    against = dated.y[rows] != (dated.candidates["late"].iloc[rows] > 1)  # there the late are good, and others bad
    turned = Rebuilt(None, np.concatenate([rows[against], rows[against], rows[~against][::5]]), dated.original.score)
    table = feature_table(dated, [turned, dated.original]).set_index("feature")
    assert table.loc["late", "turned"] == 0.5


def test_frequent_features_outside_the_champion_are_listed_without_a_coefficient(dated, builds):
    fewer = dated.rebuilt(
        np.flatnonzero(dated.developed), design=dated.design.model_copy(update={"left_out": ("used",)})
    )
    poorer = replace(dated, champion=fewer.card)
    row = feature_table(poorer, builds).set_index("feature").loc["used"]
    assert not row["in_champion"]
    assert np.isnan(row["coefficient"])


def test_the_least_steady_feature_is_judged_and_named(dated, builds):
    check, same, outside = inclusion_checks(dated, [*builds, *[nothing(dated)] * 24], Thresholds())
    # 8 of 32 is the limit of amber itself
    assert (check.estimate.value, check.status) == (0.25, "amber")
    assert "late" in check.title or "used" in check.title
    assert outside.estimate.value == 0
    equal = [set(build.features) == set(dated.champion.points_) for build in builds]
    assert same.estimate.value == sum(equal) / 32


def test_one_half_says_how_exact_a_share_over_so_many_builds_is():
    # Wilson's for 10 of 20: .5 ± z√(.0125 + z²/1600) / (1 + z²/20)
    e = one_half([None] * 20)
    assert (e.lower, e.upper) == pytest.approx((0.2993, 0.7007), abs=1e-4)
