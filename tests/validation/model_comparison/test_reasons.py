"""Whether two models give the same reasons."""

import numpy as np
import pandas as pd

from riskbench.scorecard.challengers.effects import Effects
from riskbench.validation.model_comparison.reasons import (
    NO_REASON,
    agreement,
    first_agrees,
    overlap,
    reason_checks,
)


def table(**columns):
    return pd.DataFrame(columns, dtype=float)


def effects(values, exact=True, error=0.0):
    return Effects(values, values * 0 + error, (values, values), exact)


CHAMPION = table(income=[2, 1, 1, -1], late=[1, 2, -1, -1])


def test_first_reasons_are_compared_where_both_models_have_one():
    other = table(income=[3, 3, -1, 1], late=[1, 1, -1, 1])
    # the third case has no reason by the other, the fourth none by the champion; of two one agrees
    e = first_agrees(CHAMPION, other)
    assert (e.value, e.n) == (0.5, 2)
    assert e.lower < 0.5 < e.upper


def test_a_reason_that_the_champion_cannot_give_is_another_reason():
    assert first_agrees(CHAMPION.head(2), table(device=[1, 1])).value == 0


def test_rounding_is_no_reason():
    assert first_agrees(CHAMPION, table(income=[1e-16] * 4)).reason == NO_REASON
    assert overlap(CHAMPION, table(income=[1e-16] * 4)).reason == NO_REASON


def test_overlap_counts_the_champions_reasons_among_as_many_of_the_others():
    champion = table(a=[4, 4], b=[3, 3], c=[2, -2])
    other = table(a=[1, 1], b=[-1, 2], d=[3, 3], e=[2, 1.5])
    # at most two a case. First: a, b against d, e: none of two. Second: a, b against d, b: one of two
    assert overlap(champion, other, most=2).value == 0.25
    assert overlap(champion, champion).value == 1


def test_features_of_one_dimension_stand_for_each_other():
    found = {"champion": effects(table(salary=[2, 2])), "forest": effects(table(wage=[2, 2], age=[1, 1]))}
    told = agreement(found, {"salary": "income", "wage": "income", "age": "core"}).iloc[0]
    assert (told["first_reason"], told["first_dimension"], told["cases"]) == (0, 1, 2)


def test_the_blur_of_a_draw_stands_beside():
    values = table(a=[2, 2], b=[1, 1])
    drawn = Effects(values, values * 0 + 0.3, (values, table(a=[2, 0], b=[1, 1])), exact=False)
    told = agreement({"champion": effects(values), "svm": drawn}, {"a": "x", "b": "x"}).iloc[0]
    assert (told["itself"], told["effect_error"], told["first_reason"]) == (0.5, 0.3, 1)


def test_the_checks_are_named_for_their_challenger_and_leave_out_the_champion():
    found = {
        "champion": effects(CHAMPION),
        "forest": effects(CHAMPION),
        "mute": effects(table(income=[np.float64(-1)] * 4)),
    }
    agrees, mute = reason_checks(found, "test")
    assert (agrees.name, agrees.status, agrees.estimate.value) == ("forest.first_reason.test", "information", 1)
    assert (mute.status, mute.reason) == ("not_evaluated", NO_REASON)
