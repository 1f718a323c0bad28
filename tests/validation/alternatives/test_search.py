"""The search for alternatives on the development sample."""

import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.validation.alternatives.search import NO_CHANGE, Effort


def test_the_champion_comes_first_and_no_card_twice(planted):
    recipes = [tried.recipe for tried in planted.tried]
    assert recipes[0] == planted.champion
    assert len(set(recipes)) == len(recipes)


@pytest.mark.parametrize("budget", [1, 7, 40])
def test_no_more_cards_are_refitted_than_the_budget_allows(made, search, budget):
    found = search(made(2000), ("sex", "side"), effort=Effort(budget=budget))
    assert 1 < len(found.tried) <= budget + 1


def test_the_planted_alternative_is_found_as_such_and_by_one_change(planted):
    best, single = (of for of in planted.nominees if of.attribute == "sex")
    at = planted.search.yardstick.place("approval_gap", "sex")
    assert "district" in best.change
    assert best.tried.figures[at] < 0.2 * planted.tried[0].figures[at]
    assert (single.tried.changes, "district" in single.change) == (1, True)
    assert planted.champion.without("district") in [of.recipe for of in planted.tried]


def test_a_swap_is_found_where_a_candidate_knows_as_much_and_tells_less(made, search):
    table = made(proxy=2.0)
    found = search(table, card=("district", "debt"), candidates=("savings",), approved=table["district"] > -1.5)
    best = next(of for of in found.nominees if of.attribute == "sex")
    assert best.change.startswith("savings in place of district")


def test_the_same_search_finds_the_same_cards(made, search):
    one, other = (search(made(3000)).tried for _ in range(2))
    assert [of.recipe for of in one] == [of.recipe for of in other]
    assert all((a.figures == b.figures).all() for a, b in zip(one, other, strict=True))


def test_a_card_that_cannot_be_changed_is_not_evaluated(made, search):
    table = made(2000)
    table["district"] = (table["district"] > 0).astype(float)
    with pytest.raises(NotEvaluated, match=NO_CHANGE):
        _ = search(table, card=("district",)).tried


@pytest.mark.parametrize("name", ["budget", "beam", "steps"])
def test_an_effort_of_nothing_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
        Effort(**{name: 0})
