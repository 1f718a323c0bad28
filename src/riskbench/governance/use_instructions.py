"""Instructions for use: what the model is for, how well it does, what goes into it, how people stay in charge.

Figures come from evidence, sentences of people from `model_card.toml`; where neither says anything, a gap stands.
"""

from collections.abc import Mapping

import pandas as pd

from riskbench.core.evidence import Evidence
from riskbench.core.status import WORST_FIRST, status_word
from riskbench.core.words import format_evidence
from riskbench.data.study import Study
from riskbench.governance.citing import listed, matching
from riskbench.governance.model_card_file import ModelCardFile

CLASSIFICATION = (
    "The model scores the creditworthiness of natural persons, or serves to. Systems for this purpose are named as "
    "high-risk in Annex III, point 5(b), of Regulation (EU) 2024/1689; systems that detect financial fraud are left "
    "out there, and this one is not made for that. It profiles people, and so the exemptions of Article 6(3) are not "
    "open to it. This sentence states a purpose; it is no legal opinion."
)
AUTOMATION_BIAS = (
    "People tend to follow a score. Whoever reviews a case sees its reasons before its score, writes down a decision "
    "of their own first, and is told how often reviews that follow the score turn out wrong: the page of the "
    "population compares overrides with their outcomes."
)
NOT_FOR = (  # what follows from how any such card is made, whatever people write
    "Another population, product or country than the one that the study describes",
    "Detection of fraud, identity checks or marketing",
    "Employment, insurance, housing or any decision other than the one named as intended use",
    "Applicants of whom an input is systematically missing, unless the card has seen such cases",
    "Inferring a protected attribute from the score or from its features",
)
MISUSE = (
    "Moving the cut-off without simulating the policy again",
    "Reading the score of somebody who was never an applicant",
    "Following the score where the policy asks for a person",
    "Feeding the model's own approvals back as if they were a sample of all applicants",
)


def prohibited(file: ModelCardFile) -> pd.DataFrame:
    """What the model must not be used for, and how it may be misused: `kind, what, said_by`."""
    people = [("prohibited", text, "the lender") for text in file.use.prohibited]
    people += [("foreseeable misuse", text, "the lender") for text in file.use.foreseeable_misuse]
    ours = [("prohibited", text, "how the card is made") for text in NOT_FOR]
    ours += [("foreseeable misuse", text, "how the card is made") for text in MISUSE]
    rows = sorted([*people, *ours], key=lambda row: row[0] != "prohibited")
    return pd.DataFrame(rows, columns=["kind", "what", "said_by"])


def instructions(study: Study, evidence: Mapping[str, Evidence], file: ModelCardFile) -> pd.DataFrame:
    """What whoever uses the model must know, after Art. 13(3) of the AI Act: `item, text, evidence`.

    A figure is that of the holdout, with its interval and status; "not evaluated in this run" where nothing is there.
    """
    rows = [(item, *_figure(evidence, pattern.format(holdout=study.holdout))) for item, pattern in FIGURES]
    words = [(heading, file.told(place), "") for heading, place in PEOPLE_SAY]
    described = [id_ for name in INPUTS if (id_ := name.format(holdout=study.holdout)) in evidence]
    inputs = ("Input specification", "each input with its unit, allowed values and share missing", listed(described))
    return pd.DataFrame([*words[:3], *rows, inputs, *words[3:]], columns=["item", "text", "evidence"])


def oversight(file: ModelCardFile) -> pd.DataFrame:
    """Review, override, stop, escalation and contest as people have written them down: `item, text`."""
    rows = [(blank.heading, blank.told) for blank in file.blanks() if blank.place.startswith("oversight.")]
    return pd.DataFrame(rows, columns=["item", "text"])


def _figure(evidence: Mapping[str, Evidence], pattern: str) -> tuple[str, str]:
    found = matching(evidence, pattern)
    if not found:
        return "not evaluated in this run", ""
    e = min(found, key=lambda e: WORST_FIRST.index(e.status))
    shape = status_word(e.status) if e.value is not None else ""
    return f"{format_evidence(e)}{f'; {shape}' if shape else ''}", e.id


PEOPLE_SAY = (
    ("Intended use", "use.intended"),
    ("Users", "use.users"),
    ("People affected", "use.affected_people"),
    ("What a decision means for the applicant", "use.consequences"),
    ("Human oversight", "oversight.review"),
)
FIGURES = (  # the worst of what fits
    ("Accuracy: discrimination", "validation.champion.auc.{holdout}"),
    ("Accuracy: bad rate over mean PD", "validation.portfolio.observed_to_expected.{holdout}"),
    ("Accuracy by segment", "validation.segments.auc_below_limit.{holdout}"),
    ("Groups: lowest ratio of approval rates", "fairness.groups.lowest_ratio.{holdout}"),
    ("Groups: largest gap among the good", "fairness.groups.largest_gap.{holdout}"),
    ("Robustness: worst outage of an input", "attack.champion.worst_outage.{holdout}"),
    ("Stability: PSI of the score", "monitoring.score.psi.{holdout}"),
)
INPUTS = ("population.inputs.quality.{holdout}", "features.candidates.dictionary")
