"""Which applications a policy is replayed on."""

from types import SimpleNamespace

import pandas as pd
import pytest

from riskbench.core.errors import CannotRun, NotEvaluated
from riskbench.decision.simulation.period import period_told, replayed

STUDY = SimpleNamespace(holdout="out_of_time")
ROWS = pd.DataFrame(
    {"month": ["2023-01", "2023-02", "2023-03"], "sample": ["development", "out_of_time", "out_of_time"]}
)


@pytest.mark.parametrize(
    ("ends", "chosen"),
    [((), [0, 1, 1]), (("2023-02", ""), [0, 1, 1]), (("", "2023-01"), [1, 0, 0]), (("2023-02", "2023-02"), [0, 1, 0])],
)
def test_a_period_holds_both_its_ends_and_is_open_without_them(ends, chosen):
    assert replayed(STUDY, ROWS, *ends).tolist() == [bool(x) for x in chosen]


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (("2023-13", ""), "a month is written as 2024-03, got '2023-13'"),
        (("2023-03", "2023-01"), "must not come after"),
        (("2024-01", ""), "no application was decided from 2024-01 to 2023-03"),
    ],
)
def test_a_period_that_cannot_be_is_refused(ends, told):
    with pytest.raises(CannotRun, match=told):
        replayed(STUDY, ROWS, *ends)


def test_without_dates_no_period_can_be_chosen():
    with pytest.raises(NotEvaluated, match="no decision dates"):
        replayed(STUDY, ROWS.assign(month=""), "2023-01")


def test_the_reader_is_warned_of_applications_that_the_card_was_fitted_on():
    told = period_told(STUDY, ROWS, replayed(STUDY, ROWS, "2023-01"))
    assert told.endswith("The card was fitted on 1 of them: their PDs flatter the policy.")
    assert "flatter" not in period_told(STUDY, ROWS, replayed(STUDY, ROWS))
