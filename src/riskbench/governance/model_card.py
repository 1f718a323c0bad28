"""The model card: what the model is, what it may be used for and how well it does, from the study and the evidence."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from riskbench.core.evidence import Evidence
from riskbench.core.words import format_evidence
from riskbench.data.study import Study

FIGURES = {  # of the sample that judges the card
    "Discrimination": "validation.champion.auc",
    "Calibration slope": "validation.champion.calibration_slope",
    "Stability since development": "monitoring.score.psi",
    "Lowest adverse impact ratio": "fairness.groups.lowest_ratio",
    "Expected profit per unit lent": "policy.portfolio.expected_profit",
}


def model_card(
    study: Study, evidence: Mapping[str, Evidence], card: Mapping[str, Any], owner: str, intended_use: str | None
) -> pd.DataFrame:
    """The card as rows of `item` and `text` (Mitchell et al. 2019); `card` is the scorecard as plain data.

    A figure that the evidence lacks, because its notebook was not run yet, reads "not evaluated in this run".
    """
    found = {item: evidence.get(f"{name}.{study.holdout}") for item, name in FIGURES.items()}
    rows = {
        "Model": f"Scorecard of the study {study.title}",
        "Owner": owner,
        "Kind": "Logistic regression on weights of evidence, scaled to whole points",
        "Intended use": intended_use or study.purpose,
        "Not intended for": "Any other population, product or decision; detection of fraud; pricing",
        "Target": study.outcome.definition,
        "Population": study.population_told,
        "Data": "Synthetic: made by the package, no person in them exists" if study.synthetic else study.licence,
        "Features": ", ".join(part["feature"] for part in card["points"]),
        "Judged on": study.out_of_time_kind,
        **{item: format_evidence(e) if e else "not evaluated in this run" for item, e in found.items()},
        "Human oversight": "Applications that the policy refers are decided by a person",
    }
    return pd.DataFrame(rows.items(), columns=["item", "text"])


def limits(study: Study) -> pd.DataFrame:
    """The limits that the study states, one row each."""
    return pd.DataFrame({"limit": study.limitations})
