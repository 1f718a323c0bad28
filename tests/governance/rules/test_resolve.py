"""Each rule resolves to evidence that exists, to a gap, or to a reason why it does not apply."""

import pytest

from riskbench.core.errors import StudyError
from riskbench.core.evidence import Evidence, Table
from riskbench.core.thresholds import Thresholds
from riskbench.governance.model_card_file import ModelCardFile, People
from riskbench.governance.rules.catalogue import Catalogue, catalogue
from riskbench.governance.rules.resolve import (
    cited_check,
    extent_counts,
    extent_table,
    jurisdictions_told,
    resolve,
    rules_table,
)


def rules(*items: dict, **more: str) -> Catalogue:
    line = {"id": "X-1", "jurisdiction": "EU", "instrument": "an act", "asks": "Something.", "force": "in force"}
    line |= {"read": "memory", "stage": "intake", "items": list(items)} | more
    return Catalogue.model_validate({"version": "1", "notes": ["a note"], "rules": [line]})


def found(*ids: str, status: str = "green", value: float | None = 1.0) -> dict[str, Evidence]:
    return {
        id_: Evidence(
            id=id_, stage=id_.split(".")[0], kind="check", title="t", value=value, status=status, reason="no dates"
        )
        for id_ in ids
    }


AUC = {"what": "accuracy", "evidence": ["validation.champion.auc.*"]}
OWNER = {"what": "an owner", "blanks": ["people.owner"]}
SIGNED = {"what": "a signature", "registry": "signatures"}
NOTHING = {"what": "net assets", "gap": "a run does not know them"}
FILLED = ModelCardFile(people=People(owner="somebody"))
BOTH = found("validation.champion.auc.test", "validation.champion.auc.development")


def test_a_pattern_finds_the_evidence_that_fits_and_the_table_names_it():
    resolved = resolve(rules(AUC), BOTH, ModelCardFile())
    assert resolved[0].extent == "all"
    assert rules_table(resolved, "EU").evidence[0] == ", ".join(BOTH)


def test_a_pattern_that_fits_nothing_is_a_gap():
    (resolved,) = resolve(rules(AUC), found("validation.champion.ks.test"), ModelCardFile())
    assert (resolved.extent, resolved.findings[0].missing) == ("none", ("accuracy: not in this run",))


def test_evidence_without_a_value_is_no_evidence_and_says_why():
    late = found("validation.champion.auc.test", status="not_evaluated", value=None)
    (resolved,) = resolve(rules(AUC), late, ModelCardFile())
    assert (resolved.extent, resolved.findings[0].missing) == ("none", ("accuracy: not evaluated, because no dates",))


def test_an_empty_table_is_no_evidence():
    id_ = "validation.champion.auc.test"
    empty = Evidence(id=id_, stage="validation", kind="table", title="t", value=Table(columns=["a"], rows=[]))
    (resolved,) = resolve(rules(AUC), {id_: empty}, ModelCardFile())
    missing = "accuracy: an empty table, for the study has nothing to put there"
    assert (resolved.extent, resolved.findings[0].missing) == ("none", (missing,))


def test_a_failing_check_is_evidence_and_is_said_beside_it():
    row = rules_table(resolve(rules(AUC), found("validation.champion.auc.test", status="red"), FILLED), "EU").iloc[0]
    assert (row.extent, row.missing) == ("all", "open checks behind it: 1")


def test_of_several_things_asked_some_may_be_here():
    (resolved,) = resolve(rules(AUC, OWNER, NOTHING), BOTH, ModelCardFile())
    assert resolved.extent == "part"
    missing = [text for finding in resolved.findings for text in finding.missing]
    assert missing == ["an owner: nobody has filled in people.owner", "net assets: a run does not know them"]
    assert resolve(rules(AUC, OWNER), BOTH, FILLED)[0].extent == "all"


def test_a_record_is_missing_until_the_registry_has_it():
    assert resolve(rules(SIGNED), {}, FILLED)[0].extent == "none"
    assert resolve(rules(SIGNED), {}, FILLED, held={"signatures"})[0].extent == "all"


def test_a_rule_of_another_place_or_set_aside_does_not_apply_and_says_why():
    elsewhere = ModelCardFile(jurisdictions=["US"])
    aside = ModelCardFile(set_aside={"X-1": "the lender is no bank"})
    (one,), (other,) = (resolve(rules(AUC), BOTH, file) for file in (elsewhere, aside))
    assert (one.extent, one.because) == ("not applicable", "the model is used in US")
    assert other.because == "the lender is no bank"
    assert rules_table([other], "EU").missing[0] == "not applicable, because the lender is no bank"


def test_setting_aside_what_is_no_rule_is_refused():
    with pytest.raises(
        StudyError, match=r"model_card\.toml sets aside Y-9, which the catalogue of rules does not have"
    ):
        resolve(rules(AUC), {}, ModelCardFile(set_aside={"Y-9": "x"}))


def test_a_place_that_the_catalogue_does_not_know_is_said_to_be_a_gap():
    assert "yardstick" in jurisdictions_told(ModelCardFile(), catalogue())
    assert jurisdictions_told(ModelCardFile(jurisdictions=["EU", "NG"]), catalogue()).endswith("no rule of NG: a gap.")


def test_counts_are_of_rules_that_may_apply_and_say_what_rests_on_memory():
    counts = {c.name: c.estimate.value for c in extent_counts(resolve(rules(AUC, OWNER), BOTH, ModelCardFile()))}
    assert (counts["eu.partly"], counts["all.partly"], counts["us.partly"]) == (1, 1, 0)
    assert (counts["all.applicable"], counts["all.memory"], counts["all.secondary"]) == (1, 1, 0)


def test_every_rule_is_counted_once_and_without_evidence_none_is_covered():
    resolved = resolve(catalogue(), {}, ModelCardFile())
    table = extent_table(resolved)
    assert table[["all_found", "part_found", "none_found", "not_applicable"]].to_numpy().sum() == 42
    assert table.all_found.sum() == table.part_found.sum() == 0
    assert sum(len(rules_table(resolved, code)) for code in ("EU", "US", "UK", "CN")) == 42


def test_a_cited_id_that_no_stage_has_written_down_is_found():
    resolved = resolve(rules(AUC), BOTH, FILLED)
    assert cited_check(resolved, BOTH, Thresholds()).status == "green"
    lost = cited_check(resolved, ["validation.champion.auc.test"], Thresholds())
    assert (lost.estimate.value, lost.status) == (1, "red")
