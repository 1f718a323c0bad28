"""What was lost, read at intake from columns that no model sees."""

from pathlib import Path

import pandas as pd
import pytest

from riskbench.core.errors import DataError
from riskbench.data.engine import Engine
from riskbench.data.losses import losses_of
from riskbench.data.study import Study, load_study

FILE = Path(__file__).parents[2] / "data" / "lendingclub" / "study.toml"


@pytest.fixture
def study() -> Study:
    """The study lendingclub, which names columns of losses."""
    return load_study(FILE)


def loans(study: Study, folder: Path, **changes: object) -> Engine:
    """Two loans in the table of applications, not in the order of their keys."""
    own = study.tables[study.base_table].columns
    empty = {"number": 1.0, "integer": 1, "date": pd.Timestamp("2011-01-01"), "category": "a", "text": "a"}
    rows = pd.DataFrame({name: [empty[column.type]] * 2 for name, column in own.items()})
    told = {"loan_key": [2, 1], "funded_amnt": [500.0, 100.0], "total_rec_prncp": [50.0, 40.0]} | changes
    rows.assign(**told).to_parquet(folder / "loans.parquet")
    return Engine(study, folder)


def test_losses_are_those_of_each_application_in_the_order_of_its_key(study: Study, tmp_path: Path) -> None:
    applications = pd.DataFrame({"application": ["p1", "p2"], "y": [1.0, 0.0]})
    found = losses_of(loans(study, tmp_path), applications)
    assert found.to_numpy().tolist() == [["p1", 100.0, 40.0, 1.0, 1.0], ["p2", 500.0, 50.0, 1.0, 1.0]]


def test_an_amount_that_a_bad_loan_lacks_is_refused_with_its_column(study: Study, tmp_path: Path) -> None:
    applications = pd.DataFrame({"application": ["p1", "p2"], "y": [1.0, 0.0]})
    with pytest.raises(DataError, match=r"amounts of losses must be 0 or more where a loan went bad, 1 are missing"):
        losses_of(loans(study, tmp_path, recoveries=[1.0, None]), applications)


def test_a_study_that_names_no_losses_has_the_pseudonyms_alone(study: Study, tmp_path: Path) -> None:
    bare = study.model_copy(update={"loan": study.loan.model_copy(update={"losses": None})})
    applications = pd.DataFrame({"application": ["p1", "p2"], "y": [1.0, 0.0]})
    assert list(losses_of(Engine(bare, loans(study, tmp_path).folder), applications)) == ["application"]
