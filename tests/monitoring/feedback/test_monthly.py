"""What a model did in a month, with what is not known yet said as such."""

import numpy as np
import pandas as pd

from riskbench.monitoring.feedback.monthly import monthly


def rows(n: int = 200, **other) -> pd.DataFrame:
    """Decisions of one month: every fifth loan is bad, and the riskier half has the PD .3, the other .1."""
    base = {"model": "m", "month": "2026-03", "action": "approve", "override": False, "score": 500.0}
    label = np.where(np.arange(n) % 5 == 0, "bad", "good")
    return pd.DataFrame({"label": label, "pd": np.where(np.arange(n) < n / 2, 0.3, 0.1)}).assign(**base).assign(**other)


def test_expected_and_observed_are_of_the_same_loans():
    (found,) = monthly(rows(), {})
    assert (found.decisions, found.matured) == (200, 200)
    assert np.isclose(found.expected.value, 0.2)  # half .3, half .1
    assert found.observed.lower < 0.2 < found.observed.upper  # 40 of 200
    assert np.isclose(found.auc.value, 0.5)  # as many are bad in either half


def test_a_month_with_an_open_window_is_not_judged():
    open_ = rows()
    open_.loc[0, "label"] = "immature"
    (found,) = monthly(open_, {})
    assert found.observed.value is None
    assert found.observed.reason == "the windows of 1 loans are still open"
    assert found.auc.reason == found.observed.reason
    assert found.approval.value == 1.0  # decisions are known at once


def test_few_bad_loans_have_no_auc():
    (found,) = monthly(rows(100), {})  # 20 bad
    assert found.auc.reason == "it needs 30 bad and good loans, and 20 of 100 are bad"
    assert found.observed.value is not None


def test_psi_stands_against_the_development_of_the_model():
    developed = pd.Series(np.arange(1000.0))
    (same,) = monthly(rows(1000, score=np.arange(1000.0)), {"m": developed})
    (moved,) = monthly(rows(1000, score=np.arange(1000.0) + 200), {"m": developed})
    assert same.psi.value == 0
    assert moved.psi.value > 0.25
    assert monthly(rows(), {})[0].psi.reason.startswith("the run of this model is not here")


def test_overrides_are_known_of_a_log_alone():
    overridden = rows(override=[True] * 20 + [False] * 180)
    assert monthly(overridden, {})[0].override.value == 0.1
    assert monthly(overridden, {}, overrides_known=False)[0].override.value is None


def test_models_and_months_are_told_apart():
    both = pd.concat([rows(), rows(month="2026-04"), rows(model="n")])
    assert [(m.model, m.month) for m in monthly(both, {})] == [("m", "2026-03"), ("m", "2026-04"), ("n", "2026-03")]
