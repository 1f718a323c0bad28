import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.decision.decide import decide
from riskbench.decision.policy.policy import Policy
from riskbench.monitoring.decisions.shadows import NONE, beside, beside_by_month, beside_champion, spearman
from riskbench.monitoring.population.window import Window


def bands(cut: float) -> list[dict]:
    return [
        {"name": "low", "action": "decline", "from": -np.inf, "to": cut},
        {"name": "high", "action": "approve", "from": cut, "to": np.inf},
    ]


PLAIN = {"schema_version": 2, "bands": bands(500.0), "economics": {"lgd": 0.5, "margin": 0.1, "funding_cost": 0.02}}
MORE = {
    "arms": {"key": "k", "challengers": [{"name": "bold", "because": "b", "share": 0.1, "bands": bands(480.0)}]},
    "shadow": [{"name": "shy", "because": "s", "bands": bands(520.0)}],
}
POLICY, ALONE = Policy.model_validate(PLAIN | MORE), Policy.model_validate(PLAIN)
SCORES = pd.DataFrame({"score": [490, 510, 530, 470, 490, 510, 530, 550]})
FRAME = SCORES.assign(pd=[0.3, 0.2, 0.1, 0.4, 0.3, 0.2, 0.1, 0.05])
REFERENCE = np.arange(8) < 3
MONTHS = pd.Series(["2024-01"] * 3 + ["2024-02"] * 2 + ["2024-04"] * 3)
WINDOW = Window(REFERENCE, ~REFERENCE, MONTHS, ("2024-02", "2024-03", "2024-04"), "", "")


def compared(policy: Policy = POLICY, models: pd.DataFrame | None = None) -> pd.DataFrame:
    found = beside(policy, decide(policy, FRAME), FRAME)
    return beside_champion(found, pd.DataFrame() if models is None else models, WINDOW)


def test_agreement_and_swaps_are_counted_in_the_window():
    # the champion lends to 510 530 550, bold to 490 as well, shy not to 510
    table = compared().set_index("beside")
    assert table.kind.to_dict() == {"bold": "challenger", "shy": "shadow"}
    assert table[["agreement", "only_champion", "only_other"]].to_dict("index") == {
        "bold": {"agreement": 0.8, "only_champion": 0.0, "only_other": 1.0},
        "shy": {"agreement": 0.8, "only_champion": 1.0, "only_other": 0.0},
    }


def test_the_expected_bad_rate_is_that_of_whom_each_would_lend_to():
    line = compared().set_index("beside").loc["bold"]
    # champion (.2 + .1 + .05) / 3, bold with .3 of four
    assert (line.champion_pd, line.other_pd) == (pytest.approx(0.35 / 3), pytest.approx(0.65 / 4))
    assert line.pd_change == pytest.approx(0.65 / 4 - 0.35 / 3)
    assert line.pd_change_lower < line.pd_change < line.pd_change_upper


def test_by_month_an_empty_month_has_no_value():
    table = beside_by_month(beside(POLICY, decide(POLICY, FRAME), FRAME), WINDOW)
    bold = table[table["series"] == "bold"]
    assert bold.n.tolist() == [2, 0, 3]
    assert bold.value.tolist() == pytest.approx([0.5, np.nan, 1.0], nan_ok=True)


def test_a_policy_without_alternatives_is_not_evaluated_by_month_and_leaves_no_empty_columns():
    with pytest.raises(NotEvaluated, match=NONE):
        beside_by_month(beside(ALONE, decide(ALONE, FRAME), FRAME), WINDOW)
    assert list(compared(ALONE, FRAME[["pd"]].rename(columns={"pd": "forest"}))) == ["beside", "kind", "n"]


def test_the_rank_correlation_is_scipys():
    from scipy.stats import spearmanr

    first, second = np.random.default_rng(0).normal(size=(2, 200)).round(1)  # with ties
    found = spearman(first, first + second)
    assert found.value == pytest.approx(spearmanr(first, first + second).statistic)
    assert found.lower < found.value < found.upper


def test_the_interval_of_a_rank_correlation_holds_it_as_often_as_it_says():
    # of two normals with correlation r, Spearman's is 6/pi asin(r/2): .5 gives .48258
    rng, draws = np.random.default_rng(2), 400
    pairs = (rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 100).T for _ in range(draws))
    intervals = [spearman(*pair) for pair in pairs]
    held = sum(e.lower <= 6 / np.pi * np.arcsin(0.25) <= e.upper for e in intervals)
    assert 362 <= held <= 397  # 380 expected, four standard errors either way


@pytest.mark.parametrize("first", [np.arange(5.0), np.ones(20)])
def test_too_few_cases_or_one_value_have_no_correlation(first):
    assert spearman(first, np.arange(len(first), dtype=float)).reason == "it takes ten cases that differ"
