"""The model card holds what the study, the evidence and people say, and says where people are silent."""

from riskbench.core.evidence import Evidence
from riskbench.data.study import Study
from riskbench.governance.model_card import FIGURES, answers_told, gaps, limits, model_card
from riskbench.governance.model_card_file import GAP, ModelCardFile, People, Use

AUC = "validation.champion.auc.out_of_time"
CARD = {"points": [{"feature": "income"}, {"feature": "burden"}]}
FILLED = ModelCardFile(people=People(owner="A. Owner"), use=Use(intended="renewals only"))


def texts(study: Study, evidence: dict[str, Evidence], file: ModelCardFile = FILLED) -> dict[str, str]:
    table = model_card(study, evidence, CARD, file)
    return dict(zip(table.item, table.text, strict=True))


def test_the_card_names_owner_features_and_what_the_study_says(microloan):
    said = texts(microloan, {})
    assert (said["Owner"], said["Features"]) == ("A. Owner", "income, burden")
    assert (said["Intended use"], said["Target"]) == ("renewals only", microloan.outcome.definition)
    assert said["Data"].startswith("Synthetic")


def test_a_blank_reads_as_a_gap_and_stands_in_the_table_of_gaps(microloan):
    said = texts(microloan, {}, ModelCardFile())
    assert said["Owner"] == said["Intended use"] == GAP
    assert said["Purpose, as the study states it"] == microloan.purpose
    assert {"people.owner", "use.intended"} <= set(gaps(ModelCardFile()).key)
    assert not {"people.owner", "use.intended"} & set(gaps(FILLED).key)


def test_figures_are_those_of_the_holdout_as_evidence_tells_them(microloan):
    auc = Evidence(
        id=AUC, stage="validation", kind="check", title="AUC", value=0.737, lower=0.721, upper=0.752, level=0.95
    )
    said = texts(microloan, {AUC: auc, AUC.replace("out_of_time", "test"): auc.model_copy(update={"value": 0.9})})
    assert said["Discrimination"].replace("\N{NO-BREAK SPACE}", " ") == "0.737 (95 % interval 0.721 to 0.752)"


def test_a_figure_that_no_notebook_has_recorded_yet_is_not_evaluated(microloan):
    said = texts(microloan, {})
    assert {said[item] for item in FIGURES} == {"not evaluated in this run"}


def test_limits_are_those_of_the_study(microloan):
    assert limits(microloan).limit.tolist() == list(microloan.limitations)


def test_it_is_said_first_whether_anybody_has_answered_and_whether_it_is_a_demonstration():
    assert answers_told(ModelCardFile()).startswith("Nobody has filled in")
    assert answers_told(FILLED).startswith("People have filled in 2 of the ")
    assert answers_told(ModelCardFile(demonstration="made up.")) == "A demonstration: made up."
