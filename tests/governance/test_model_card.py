from riskbench.core.evidence import Evidence
from riskbench.data.study import Study
from riskbench.governance.model_card import FIGURES, limits, model_card

AUC = "validation.champion.auc.out_of_time"
CARD = {"points": [{"feature": "income"}, {"feature": "burden"}]}


def texts(study: Study, evidence: dict[str, Evidence], intended_use: str | None = None) -> dict[str, str]:
    table = model_card(study, evidence, CARD, "A. Owner", intended_use)
    return dict(zip(table.item, table.text, strict=True))


def test_the_card_names_owner_features_and_what_the_study_says(microloan):
    said = texts(microloan, {})
    assert (said["Owner"], said["Features"]) == ("A. Owner", "income, burden")
    assert said["Target"] == microloan.outcome.definition
    assert said["Data"].startswith("Synthetic")


def test_without_another_word_the_intended_use_is_the_purpose_of_the_study(microloan):
    assert texts(microloan, {})["Intended use"] == microloan.purpose
    assert texts(microloan, {}, "renewals only")["Intended use"] == "renewals only"


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
