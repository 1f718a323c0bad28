"""The family of discrimination."""

from riskbench import metrics
from riskbench.validation import battery


def by_name(*cases):
    return {r.name: r for r in battery.run("discrimination", *cases)}


def test_the_loss_of_auc_since_development_is_judged_by_its_p_value(case, portfolio):
    development = case([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.35, 0.4, 0.5, 0.6], "development")  # AUC 8/9
    y, pd = portfolio()
    change = by_name(case(y, pd, development=development))["champion.auc_change.test"]
    assert change.estimate.value == metrics.auc_deterioration(8 / 9, y, pd).p_value
    assert change.status == "red"


def test_development_is_not_compared_with_itself(case, portfolio):
    assert "champion.auc_change.development" not in by_name(case(*portfolio(), "development"))


def test_without_an_auc_at_development_its_change_is_not_evaluated(case, portfolio):
    one_class = case([0, 0], [0.1, 0.2], "development")
    for development in (None, one_class):
        change = by_name(case(*portfolio(), development=development))["champion.auc_change.test"]
        assert (change.status, change.reason) == ("not_evaluated", "the AUC at development is not known")
