"""Reject inference on one study: each answer on demand, and none where nobody was declined."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.data.study import load_study
from riskbench.scorecard.rejects.declined import NobodyDeclined
from riskbench.scorecard.rejects.methods import METHODS
from riskbench.scorecard.rejects.reject_inference import RejectInference

STUDIES = Path(__file__).parents[3] / "data"
ANSWERS = [
    name for name, kind in vars(RejectInference).items() if hasattr(kind, "__get__") and not name.startswith("_")
]
NEEDS_NOBODY = {"judged", "exclusions"}


@pytest.fixture(scope="module")
def inference(lender):
    """The lender's applications, every other one of development, with an earlier score that moved the decision."""

    def asked(study="microloan", exclusion=None):
        n = len(lender.y)
        earlier = np.where(lender.declined, 600.0, 620.0) + np.random.default_rng(1).normal(0, 20, n)
        table = pd.DataFrame(
            {
                "sample": np.where(np.arange(n) % 2, "development", "out_of_time"),
                "y": lender.y,
                "decision": np.where(lender.declined, "decline", "approve"),
                "legacy_score": earlier,
            }
        )
        pd_ = pd.Series(lender.card.predict_proba(lender.X)[:, 1])
        described = load_study(STUDIES / study / "study.toml")
        return RejectInference(described, table, lender.X, lender.card, pd_, 0.6, exclusion)

    return asked


@pytest.fixture(scope="module")
def found(inference):
    return inference()


def test_methods_are_fitted_on_development_and_compared_on_the_sample_that_judges(found, lender):
    assert len(found.applicants.y) == len(lender.y) / 2
    assert found.compared["everyone"].unique().tolist() == [len(lender.y) / 2]
    assert found.probit.rho.n == len(lender.y) / 2


def test_the_champion_stands_first_and_every_method_after_it(found):
    titles = ["Champion, as applied", *(method.title for method in METHODS)]
    assert list(found.pds) == found.compared["method"].tolist() == found.declined_pds["label"].tolist() == titles


def test_without_an_exclusion_no_probit_gives_a_pd(inference):
    assert not [title for title in inference(exclusion=[]).pds if "robit" in title]


def test_each_population_is_told_in_both_samples(found):
    assert found.populations["sample"].unique().tolist() == ["development", "out_of_time"]


def test_the_features_tell_the_declined_from_the_known(found):
    assert found.decision_auc.lower > 0.5
    assert 0 < found.effective_share.value < 1
    assert found.fuzzy_gap.value < 1e-8


def test_ranges_are_named_by_the_sample_that_judges(found):
    assert [check.name.rpartition(".")[2] for check in found.ranges] == ["out_of_time"] * 4


@pytest.mark.parametrize("answer", sorted(set(ANSWERS) - NEEDS_NOBODY))
def test_where_nobody_was_declined_every_answer_says_so(inference, answer):
    with pytest.raises(NobodyDeclined, match="the study holds booked loans only"):
        getattr(inference("taiwan"), answer)
