"""Instructions for use take figures from evidence and sentences from people, and hide no gap."""

from riskbench.core.evidence import Evidence
from riskbench.governance.model_card_file import GAP, ModelCardFile, Oversight, Use
from riskbench.governance.use_instructions import instructions, oversight, prohibited

AUC = "validation.champion.auc.out_of_time"


def rows(study, evidence, file=None):
    return instructions(study, evidence, file or ModelCardFile()).set_index("item")


def test_a_figure_stands_with_its_status_and_its_id(microloan):
    auc = Evidence(id=AUC, stage="validation", kind="check", title="AUC", value=0.737, status="green")
    found = rows(microloan, {AUC: auc}).loc["Accuracy: discrimination"]
    assert (found.text, found.evidence) == ("0.737; ● meets", AUC)


def test_a_figure_that_the_run_lacks_is_said_to_lack(microloan):
    found = rows(microloan, {}).loc["Accuracy: discrimination"]
    assert (found.text, found.evidence) == ("not evaluated in this run", "")


def test_what_people_have_not_said_is_a_gap(microloan):
    assert rows(microloan, {}).text["Intended use"] == GAP
    assert rows(microloan, {}, ModelCardFile(use=Use(intended="renewals"))).text["Intended use"] == "renewals"
    said = oversight(ModelCardFile(oversight=Oversight(stop="the owner")))
    assert said.text.tolist().count(GAP) == len(said) - 1


def test_prohibited_uses_of_the_lender_stand_beside_those_of_any_card():
    table = prohibited(ModelCardFile(use=Use(prohibited=["pricing"], foreseeable_misuse=["haste"])))
    assert table.what[0] == "pricing"
    assert set(table.said_by) == {"the lender", "how the card is made"}
    assert table.kind.tolist() == sorted(table.kind, key=lambda kind: kind != "prohibited")
