import hashlib
import json
import shutil

import pandas as pd
import pyarrow.parquet as pq
import pytest

from riskbench.core.errors import CannotRun, DataError
from riskbench.core.files import sha256
from riskbench.data.sources import SOURCE_FILE, add_public, ensure_data, hashes


@pytest.fixture
def tiny(studies):
    """The default study with so few applications that making it is quick: `tiny(seed=2)`."""

    def make(applications: int = 60, seed: int = 1):
        source = studies["microloan"].source.model_copy(update={"applications": applications, "seed": seed})
        return studies["microloan"].model_copy(update={"source": source})

    return make


def recorded(folder) -> dict:
    return json.loads((folder / SOURCE_FILE).read_text("utf-8"))


def stamps(folder) -> dict:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.is_file()}


# --- made by the package --------------------------------------------------------------------------------------------


def test_a_synthetic_portfolio_is_made_when_it_is_not_there(tiny, tmp_path):
    study = tiny()
    made = ensure_data(study, tmp_path)
    assert made == {spec.file: sha256(tmp_path / spec.file) for spec in study.tables.values()}
    assert recorded(tmp_path)["origin"] == {"kind": "synthetic", "applications": 60, "seed": 1}
    assert recorded(tmp_path)["files"] == made


def test_it_is_made_once(tiny, tmp_path):
    first = ensure_data(tiny(), tmp_path)
    before = stamps(tmp_path)
    assert ensure_data(tiny(), tmp_path) == first
    assert stamps(tmp_path) == before


@pytest.mark.parametrize("change", [{"applications": 61}, {"seed": 2}])
def test_it_is_made_again_when_size_or_seed_changes(tiny, tmp_path, change):
    first = ensure_data(tiny(), tmp_path)
    assert ensure_data(tiny(**change), tmp_path) != first
    assert ensure_data(tiny(), tmp_path) == first  # the same size and seed give the same bytes


def test_it_is_made_again_when_a_table_is_gone(tiny, tmp_path):
    first = ensure_data(tiny(), tmp_path)
    (tmp_path / "income.parquet").unlink()
    assert ensure_data(tiny(), tmp_path) == first


def test_without_its_record_it_is_made_again(tiny, tmp_path):
    first = ensure_data(tiny(), tmp_path)
    (tmp_path / "income.parquet").write_bytes(b"half of another portfolio")
    (tmp_path / SOURCE_FILE).unlink()
    assert ensure_data(tiny(), tmp_path) == first


def test_a_portfolio_half_made_anew_is_not_taken_for_the_old_one(tiny, tmp_path):
    first = ensure_data(tiny(), tmp_path)
    payments = tmp_path / "payments.parquet"
    payments.rename(tmp_path / "kept")
    payments.mkdir()  # in the way: making the new portfolio fails half-way
    with pytest.raises(OSError, match="payments"):
        ensure_data(tiny(seed=2), tmp_path)
    payments.rmdir()
    (tmp_path / "kept").rename(payments)
    assert ensure_data(tiny(), tmp_path) == first


# --- published data -------------------------------------------------------------------------------------------------


def test_missing_public_data_tell_the_command_that_brings_them(studies, tmp_path):
    with pytest.raises(CannotRun, match="riskbench data add taiwan --from PATH") as caught:
        ensure_data(studies["taiwan"], tmp_path)
    assert "clients.parquet" in str(caught.value)


def test_missing_files_of_one_s_own_are_named(small, tmp_path):
    with pytest.raises(CannotRun, match=r"study small has no data yet \(account.parquet, .*\): put them there"):
        ensure_data(small.study(), tmp_path / "empty")


def test_files_of_one_s_own_are_hashed_and_left_alone(small):
    small.engine()
    before = stamps(small.folder)
    found = ensure_data(small.study(), small.folder)
    assert found["rates.parquet"] == hashlib.sha256((small.folder / "rates.parquet").read_bytes()).hexdigest()
    assert found == hashes(small.study(), small.folder)
    assert stamps(small.folder) == before


def test_public_data_become_typed_parquet_with_a_record(studies, shared_data, tmp_path):
    study = studies["taiwan"]
    source = next(shared_data.rglob("taiwan_credit_card_default.csv.gz"))
    assert add_public(study, tmp_path, source) == 30_000
    assert {str(kind) for kind in pq.read_schema(tmp_path / "clients.parquet").types} == {"int64"}
    assert recorded(tmp_path)["origin"] == {"kind": "public", "name": "taiwan", "from": source.name}
    assert recorded(tmp_path)["files"] == ensure_data(study, tmp_path)


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "", "ID,LIMIT_BAL\n1,2\n"])
def test_a_file_that_is_not_the_data_set_leaves_nothing_behind(studies, tmp_path, text):
    path = tmp_path / "mine.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=r"file mine\.csv"):
        add_public(studies["taiwan"], tmp_path / "data", path)
    assert not (tmp_path / "data").exists()


def test_a_wrong_file_keeps_the_data_that_are_there(studies, tmp_path):
    pd.DataFrame({"x": [1]}).to_parquet(tmp_path / "clients.parquet")
    before = stamps(tmp_path)
    wrong = tmp_path.parent / "wrong.csv"
    wrong.write_text("a,b\n1,2\n")
    with pytest.raises(DataError):
        add_public(studies["taiwan"], tmp_path, wrong)
    assert stamps(tmp_path) == before


def test_only_published_data_can_be_added(tiny, tmp_path):
    with pytest.raises(CannotRun, match="study microloan is not one of published data"):
        add_public(tiny(), tmp_path, None)


def test_a_data_set_of_several_tables_comes_from_a_folder_whole(studies, shared_data, tmp_path):
    study = studies["superlender"]
    assert add_public(study, tmp_path, shared_data / "internal-only") == 4_368 + 18_183 + 4_334
    assert recorded(tmp_path)["files"] == ensure_data(study, tmp_path)
    assert str(pq.read_schema(tmp_path / "loans.parquet").field("approveddate").type) == "timestamp[us]"


def test_one_file_is_not_enough_for_several_tables(studies, shared_data, tmp_path):
    with pytest.raises(CannotRun, match="study superlender has 3 tables: pass the folder"):
        add_public(studies["superlender"], tmp_path, shared_data / "south_german_credit.csv.gz")


def test_a_folder_that_lacks_one_table_leaves_nothing_behind(studies, shared_data, tmp_path):
    some = tmp_path / "some"
    some.mkdir()
    shutil.copy(shared_data / "internal-only" / "superlender_loans.csv.gz", some)
    with pytest.raises(CannotRun, match="SuperLender previous loans"):
        add_public(studies["superlender"], tmp_path / "data", some)
    assert not (tmp_path / "data").exists()


# --- a file that is not the one recorded ----------------------------------------------------------------------------


def test_a_synthetic_table_that_was_changed_is_made_again(tiny, tmp_path):
    first = ensure_data(tiny(), tmp_path)
    (tmp_path / "income.parquet").write_bytes(b"changed")
    assert ensure_data(tiny(), tmp_path) == first


def test_a_published_table_that_was_changed_is_refused_with_the_remedy(studies, shared_data, tmp_path):
    study = studies["south_german"]
    add_public(study, tmp_path, shared_data / "south_german_credit.csv.gz")
    pd.DataFrame({"id": [1]}).to_parquet(tmp_path / "loans.parquet")
    with pytest.raises(DataError, match=r"changed after source.json .*file loans.parquet.*bring the data in again"):
        ensure_data(study, tmp_path)
