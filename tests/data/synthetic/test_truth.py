"""Errors against the truth of a synthetic portfolio: aggregates only, and for synthetic studies only."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.data.study import load_study
from riskbench.data.synthetic import TRUTH_FILE, generate, truth

STUDIES = Path(__file__).parents[3] / "data"
SIZE, SEED = 3000, 7


@pytest.fixture(scope="module")
def study():
    made = load_study(STUDIES / "microloan" / "study.toml")
    return made.model_copy(update={"source": made.source.model_copy(update={"applications": SIZE, "seed": SEED})})


@pytest.fixture(scope="module")
def true(tmp_path_factory):
    folder = tmp_path_factory.mktemp("portfolio")
    generate(folder, applications=SIZE, seed=SEED)
    return pd.read_parquet(folder / TRUTH_FILE).sort_values("application_id")["true_pd"].to_numpy()


def test_errors_are_those_against_the_file_of_true_pds(study, true):
    among = np.arange(SIZE) % 2 == 0
    flat = pd.DataFrame({"flat": np.full(SIZE, 0.2), "truth": true, "higher": true + 0.1})
    told = truth.errors(study, flat, among).set_index("method")
    assert told["mean_absolute_error"].tolist() == pytest.approx([np.abs(0.2 - true[among]).mean(), 0, 0.1])
    assert told["bias"].tolist() == pytest.approx([0.2 - true[among].mean(), 0, 0.1])
    assert told["rank_correlation"].tolist()[1:] == pytest.approx([1, 1])
    assert told["change"].iloc[0] == told["lower"].iloc[0] == told["upper"].iloc[0] == 0
    assert told.loc["truth", "upper"] < 0


def test_no_single_truth_comes_out(study):
    few = np.arange(SIZE) < 99
    with pytest.raises(NotEvaluated, match="errors are told of at least 100 applications, got 99"):
        truth.errors(study, pd.DataFrame({"a": np.zeros(SIZE)}), few)


def test_a_table_of_other_rows_is_refused(study):
    with pytest.raises(ValueError, match="one row an application, 3000, got 5"):
        truth.errors(study, pd.DataFrame({"a": np.zeros(5)}), np.ones(5))


def test_a_real_study_has_no_truth():
    with pytest.raises(NotEvaluated, match="no real portfolio has known true PDs"):
        truth.errors(load_study(STUDIES / "taiwan" / "study.toml"), pd.DataFrame({"a": [0.1]}), [True])


def test_differences_are_told_in_points_and_headed_so():
    told = pd.DataFrame(
        {"bias": [-0.03], "mean_absolute_error": [0.1], "change": [0.0], "lower": [0.0], "upper": [0.0]}
    )
    shown = truth.in_points(told)
    assert list(shown.columns) == ["bias, points", "mean absolute error, points", "change, points", "lower", "upper"]
    assert shown.iloc[0].tolist() == pytest.approx([-3.0, 10.0, 0.0, 0.0, 0.0])
