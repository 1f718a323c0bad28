"""The model card: what the model is, what it may be used for and how well it does, from the study and the evidence."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from riskbench.core.evidence import Evidence
from riskbench.core.words import format_evidence
from riskbench.data.study import Study
from riskbench.governance.model_card_file import MODEL_CARD_FILE, ModelCardFile

FIGURES = {  # of the sample that judges the card
    "Discrimination": "validation.champion.auc",
    "Calibration slope": "validation.champion.calibration_slope",
    "Stability since development": "monitoring.score.psi",
    "Lowest adverse impact ratio": "fairness.groups.lowest_ratio",
    "Expected profit per unit lent": "policy.portfolio.expected_profit",
}


def model_card(
    study: Study, evidence: Mapping[str, Evidence], card: Mapping[str, Any], file: ModelCardFile
) -> pd.DataFrame:
    """The card as rows of `item` and `text` (Mitchell et al. 2019); `card` is the scorecard as plain data.

    A figure that the evidence lacks, because its notebook was not run yet, reads "not evaluated in this run"; a blank
    that nobody has filled in reads as a gap.
    """
    found = {item: evidence.get(f"{name}.{study.holdout}") for item, name in FIGURES.items()}
    rows = {
        "Model": f"Scorecard of the study {study.title}",
        "Owner": file.told("people.owner"),
        "Developers": file.told("people.developers"),
        "Validators": file.told("people.validators"),
        "Whom to ask": file.told("people.contact"),
        "Kind": "Logistic regression on weights of evidence, scaled to whole points",
        "Purpose, as the study states it": study.purpose,
        "Intended use": file.told("use.intended"),
        "Users": file.told("use.users"),
        "People affected": file.told("use.affected_people"),
        "Target": study.outcome.definition,
        "Population": study.population_told,
        "Data": "Synthetic: made by the package, no person in them exists" if study.synthetic else study.licence,
        "Features": ", ".join(part["feature"] for part in card["points"]),
        "Judged on": study.out_of_time_kind,
        **{item: format_evidence(e) if e else "not evaluated in this run" for item, e in found.items()},
        "Human oversight": file.told("oversight.review"),
        "Ethical considerations": file.told("ethics.considerations"),
        "Differences between groups": file.told("ethics.group_review"),
    }
    return pd.DataFrame(rows.items(), columns=["item", "text"])


def answers_told(file: ModelCardFile) -> str:
    """Whether people have answered at all, and whether the answers are a demonstration."""
    blanks = file.blanks()
    if file.demonstration:
        return f"A demonstration: {file.demonstration}"
    if not any(blank.text for blank in blanks):
        return f"Nobody has filled in {MODEL_CARD_FILE} for this study: whatever only people can say is a gap below."
    return (
        f"People have filled in {sum(bool(b.text) for b in blanks)} of the {len(blanks)} blanks of {MODEL_CARD_FILE}."
    )


def gaps(file: ModelCardFile) -> pd.DataFrame:
    """The blanks that nobody has filled in: `blank` and the `key` of `model_card.toml` that awaits it."""
    empty = [(blank.heading, blank.place) for blank in file.blanks() if not blank.text]
    return pd.DataFrame(empty, columns=["blank", "key"])


def limits(study: Study) -> pd.DataFrame:
    """The limits that the study states, one row each."""
    return pd.DataFrame({"limit": study.limitations})
