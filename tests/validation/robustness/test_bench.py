"""Cards built again on the bench."""

import numpy as np
import pytest

from riskbench.core.errors import NotEvaluated


def test_built_again_on_its_own_cases_the_card_is_the_champion(dated):
    again = dated.rebuilt(np.flatnonzero(dated.developed))
    assert again.features == tuple(dated.champion.points_)
    assert again.score.tolist() == dated.original.score.tolist()


def test_a_card_built_again_keeps_the_line_of_shrinkage_and_level_of_the_champion(dated):
    again = dated.rebuilt(np.flatnonzero(dated.developed)[:300])
    assert again.card.correction_ == dated.champion.correction_ != (0.0, 1.0)


def test_where_no_feature_earns_a_place_everybody_has_the_score_of_the_bad_rate(dated):
    rows = np.flatnonzero(dated.developed)
    y = np.where(np.arange(len(dated.y)) % 4 == 0, 1.0, 0.0)  # nobody's features know this
    built = dated.rebuilt(rows, y)
    intercept, slope = dated.champion.correction_
    rate = y[rows].mean()
    log_odds = intercept + slope * np.log(rate / (1 - rate))
    assert (built.card, built.features) == (None, ())
    assert set(built.score) == {dated.champion.offset - dated.champion.factor * log_odds}


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_labels_of_one_class_give_no_card_and_the_reason(dated, value):
    with pytest.raises(NotEvaluated, match="no card can be built: it needs bad and good cases"):
        dated.rebuilt(np.flatnonzero(dated.developed), np.full(len(dated.y), value))


def test_a_feature_that_parts_the_classes_gives_no_card_and_the_reason(dated):
    rows = np.flatnonzero(dated.developed)
    with pytest.raises(NotEvaluated, match="separates some of them perfectly"):
        dated.rebuilt(rows, (dated.candidates["late"] > 1).to_numpy(float), design=dated.design.model_copy(
            update={"keep": ("late",)}))  # fmt: skip


def test_the_grade_of_a_score_is_that_of_its_pd_in_any_shape(dated):
    scores = np.array([[400.0, 700.0], [520.0, 560.0]])
    pds = dated.champion.score_to_pd(scores)
    expected = [[1 + sum(edge <= pd for edge in dated.study.master_scale.bounds) for pd in row] for row in pds]
    assert dated.grades(scores).tolist() == expected
