from typing import get_args

from riskbench.core.thresholds import Thresholds
from riskbench.data.study.schema import Role
from riskbench.governance.security import LEVELS, identifiers_check, levels, protected_use, scan_run, sources


def test_every_role_has_a_level_and_direct_identifiers_the_highest():
    assert set(LEVELS) == set(get_args(Role))
    assert max(LEVELS, key=lambda role: LEVELS[role]) == "identifier"


def test_every_column_of_the_study_is_counted_under_its_role(microloan):
    table = levels(microloan).set_index("role")
    assert table["columns"].sum() == sum(len(t.columns) for t in microloan.tables.values())
    assert (table.in_the_run["identifier"], table.in_the_run["feature"]) == ("no", "yes")


def test_every_source_tells_owner_purpose_and_lawful_basis(microloan):
    table = sources(microloan)
    assert table.table.tolist() == list(microloan.tables)
    assert (table[["owner", "purpose", "lawful_basis"]] != "").all(axis=None)


def test_every_protected_attribute_tells_what_it_is_needed_for(microloan):
    assert protected_use(microloan).attribute.tolist() == list(microloan.protected)


def test_an_identifier_in_a_file_of_the_run_is_found_masked_and_fails_the_check(tmp_path):
    (tmp_path / "notes.txt").write_text("call ana@bank.org")
    found = scan_run(tmp_path)
    assert found[["file", "kind", "count"]].values.tolist() == [["notes.txt", "email", 1]]
    assert "ana@bank" not in found.example[0]
    assert identifiers_check(found, Thresholds()).status == "red"


def test_a_run_without_identifiers_passes(tmp_path):
    assert identifiers_check(scan_run(tmp_path), Thresholds()).status == "green"
