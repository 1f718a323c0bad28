"""Cards put forward, and their paired differences to the champion."""

import numpy as np
import pytest


def test_cards_are_put_forward_by_development_alone(made, search):
    table = made(3000)
    test = table["sample"] == "test"
    other = table.assign(y=table["y"].where(~test, 1 - table["y"]))  # outcomes of the holdout turned round
    one, turned = search(table).nominees, search(other).nominees
    assert [(of.number, of.change) for of in one] == [(of.number, of.change) for of in turned]


def test_each_attribute_has_the_smallest_gap_and_the_smallest_by_one_change(planted):
    usable = [of for of in planted.tried[1:] if planted.tried[0].figures[0] - of.figures[0] <= planted.search.tolerance]
    at = planted.search.yardstick.place("approval_gap", "sex")
    mine = [of.tried for of in planted.nominees if of.attribute == "sex"]
    assert mine[0].figures[at] == min(of.figures[at] for of in usable)
    assert mine[-1].changes == 1


def test_a_card_that_is_the_champion_differs_by_nothing(planted):
    same = planted.difference(planted.tried[0], "approval_gap", "sex")
    assert (same.value, same.lower, same.upper, same.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_a_paired_interval_is_narrower_than_that_of_the_level(planted):
    card = planted.tried[1]
    level, change = planted.level(card, "auc"), planted.difference(card, "auc")
    assert change.upper - change.lower < level.upper - level.lower


def test_customers_are_drawn_and_not_their_applications(made, search):
    table = made(2000)
    table["customer"] = [str(i // 4) for i in range(len(table))]
    counted = search(table).counted
    assert (counted[0] == 1).all()
    assert (counted[:, ::4] == counted[:, 3::4]).all()
    assert counted[1:].sum(axis=1).tolist() == [1000] * 100


def test_the_same_seed_gives_the_same_interval_and_another_seed_another(made, search):
    def drawn(seed):
        found = search(made(1500), seed=seed)
        return found.level(found.tried[0], "approval_gap", "sex")

    assert drawn(0) == drawn(0)
    assert drawn(0).lower != drawn(1).lower


def test_an_undefined_figure_is_missing_with_its_reason(planted):
    figures = np.full((3, len(planted.yardstick.names)), np.nan)
    e = planted.estimate(figures, "opportunity_gap", "sex")
    assert not e.evaluated
    assert "enough labelled good applications" in e.reason


def test_the_widest_attribute_is_that_of_the_largest_gap(planted):
    assert planted.widest == "sex"
    assert planted.level(planted.tried[0], "approval_gap", "sex").value == pytest.approx(
        float(planted.on_holdout[0, planted.yardstick.place("approval_gap", "sex")])
    )


def test_an_interval_takes_more_than_a_few_resamples(made, search):
    with pytest.raises(ValueError, match="replicates must be at least 40 for an interval at 95 %, got 1"):
        search(made(), replicates=1)
