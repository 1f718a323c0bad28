"""Sources, levels, readers of protected attributes, papers and the scan of a run."""

from typing import get_args

import pandas as pd

from riskbench.core.evidence import Evidence, Input
from riskbench.core.thresholds import Thresholds
from riskbench.data.study.schema import Role
from riskbench.governance.model_card_file import GAP, Impact, ModelCardFile
from riskbench.governance.security import (
    LEVELS,
    identifiers_check,
    impact,
    levels,
    protected_check,
    protected_use,
    readers,
    retention,
    run_level,
    scan_run,
    sources,
)


def reading(*stages: str) -> dict[str, Evidence]:
    """One piece of evidence a stage, computed from the table of groups."""
    inputs = [Input(table="protected.parquet", sha256="x")]
    ids = [(f"{stage}.a.b", stage) for stage in stages]
    return {id_: Evidence(id=id_, stage=s, kind="text", title="t", value="x", inputs=inputs) for id_, s in ids}


def test_every_role_has_a_level_and_direct_identifiers_the_highest():
    assert set(LEVELS) == set(get_args(Role))
    assert max(LEVELS, key=lambda role: LEVELS[role]) == "identifier"


def test_every_column_of_the_study_is_counted_and_named_under_its_role(microloan):
    table = levels(microloan).set_index("role")
    assert table["columns"].sum() == sum(len(t.columns) for t in microloan.tables.values())
    assert (table.in_the_run["identifier"], table.in_the_run["feature"]) == ("no", "yes")
    assert table.fields["identifier"] == "full_name, national_id, phone, device_id"


def test_a_run_has_the_level_of_its_most_protected_field_and_identifiers_are_not_in_it(microloan):
    assert run_level(levels(microloan)).value == 3
    with_names = levels(microloan).assign(in_the_run="yes")
    assert run_level(with_names).value == 4
    assert not run_level(levels(microloan).iloc[:0]).evaluated


def test_every_source_tells_owner_purpose_and_lawful_basis(microloan):
    table = sources(microloan)
    assert table.table.tolist() == list(microloan.tables)
    assert (table[["owner", "purpose", "lawful_basis"]] != "").all(axis=None)


def test_who_read_protected_attributes_is_taken_from_the_inputs_of_evidence(microloan):
    evidence = reading("fairness", "alternatives")
    table = protected_use(microloan, evidence, ModelCardFile())
    assert table.attribute.tolist() == list(microloan.protected)
    assert set(table.read_by) == {"fairness, alternatives"}
    assert set(table.access_and_deletion) == {GAP}
    assert readers({}) == []


def test_a_stage_that_reads_groups_without_need_fails_the_check(microloan):
    assert protected_check(microloan, reading("fairness"), Thresholds()).status == "green"
    assert protected_check(microloan, reading("simulation"), Thresholds()).status == "green"  # limits on disparity
    assert protected_check(microloan, reading("fairness", "scorecard"), Thresholds()).status == "red"


def test_an_impact_assessment_shows_what_people_wrote_and_the_evidence_that_exists():
    file = ModelCardFile(impact=Impact(risks="a wrong decline"))
    ratio = "fairness.groups.lowest_ratio.test"
    evidence = {ratio: Evidence(id=ratio, stage="fairness", kind="estimate", title="t", value=0.8)}
    table = impact(evidence, file).set_index("part")
    assert table.loc["risks to people"].tolist() == ["a wrong decline", ratio]
    assert table.written["measures"] == GAP
    assert set(retention(file).decided) == {GAP}


def test_an_identifier_in_a_file_of_the_run_is_found_masked_and_fails_the_check(tmp_path):
    (tmp_path / "notes.txt").write_text("call ana@bank.org")
    found = scan_run(tmp_path)
    assert found[["file", "kind", "count"]].values.tolist() == [["notes.txt", "email", 1]]
    assert "ana@bank" not in found.example[0]
    assert identifiers_check(found, Thresholds()).status == "red"


def test_a_run_without_identifiers_passes(tmp_path):
    found = scan_run(tmp_path)
    assert isinstance(found, pd.DataFrame)
    assert identifiers_check(found, Thresholds()).status == "green"
