"""The search for settings on development alone."""

import numpy as np
import pytest

from riskbench.scorecard.challengers.families import FAMILIES, build_all
from riskbench.scorecard.challengers.tuning import Budget, customer_folds, ranking, tune


@pytest.fixture(scope="module")
def tuned(mixed):
    X, y = mixed(n=300)
    return tune(X, y, np.arange(300), {}, Budget(settings=2, folds=2))


def test_the_search_keeps_to_its_budget_and_says_it(tuned):
    assert tuned.table.groupby("model").size().to_dict() == dict.fromkeys(FAMILIES, 2)
    assert tuned.table["fits"].sum() == 16  # 4 families, 2 settings, 2 folds
    assert tuned.told.startswith("Budget: 16 fits, at most 2 settings a family in 2 folds, on all 300 labelled")


def test_each_family_tries_its_default_first_and_keeps_what_has_the_largest_inner_auc(tuned):
    for name, rows in tuned.table.groupby("model"):
        (best,) = rows.index[rows["chosen"]]
        assert rows["inner_auc"].idxmax() == best
        assert tuned.chosen[name] in FAMILIES[name].declared
    chosen = tuned.table[tuned.table["chosen"]].set_index("model")["inner_auc"]
    assert tuned.favoured == chosen.idxmax()


def test_one_seed_gives_one_search(tuned, mixed):
    X, y = mixed(n=300)
    again = tune(X, y, np.arange(300), {}, Budget(settings=2, folds=2))
    assert again.table.equals(tuned.table)


def test_of_more_rows_than_the_budget_has_a_stratified_draw_is_used_and_said(mixed):
    X, y = mixed(n=300)
    found = tune(X, y, np.arange(300), {}, Budget(settings=1, folds=2, rows=200))
    assert "on a stratified draw of 200 of the 300 labelled development applications" in found.told


def test_a_customer_who_comes_back_stands_in_one_fold():
    y, customers = np.tile([0, 1], 30), np.repeat(np.arange(20), 3)
    for train, judged in customer_folds(y, customers, 3, seed=0):
        assert not set(customers[train]) & set(customers[judged])


@pytest.mark.parametrize(("y", "customers"), [([0] * 20 + [1], range(21)), ([0] * 10 + [1] * 10, [0] * 10 + [1] * 10)])
def test_without_folds_nothing_is_tuned_and_the_defaults_stay(mixed, y, customers):
    X, _ = mixed(n=len(y))
    found = tune(X, y, list(customers), {}, Budget(folds=2))
    assert found.told == "Nothing was tuned: goods, bads or customers are too few for 2 folds."
    assert found.chosen == {name: family.declared[0] for name, family in FAMILIES.items()}
    assert found.favoured == "forest"
    assert found.table.empty


def test_leaving_out_calibration_keeps_every_rank(mixed):
    X, y = mixed(n=300)
    whole = build_all(0, 300)["svm"].estimator
    margins, pds = ranking(whole).fit(X, y).decision_function(X), whole.fit(X, y).predict_proba(X)[:, 1]
    assert (np.diff(pds[np.argsort(margins, kind="stable")]) >= 0).all()


def test_a_budget_of_nothing_is_refused():
    with pytest.raises(ValueError, match="a budget takes 1 setting, 2 folds and 1 row or more, got 0, 3 and 4000"):
        Budget(settings=0)
