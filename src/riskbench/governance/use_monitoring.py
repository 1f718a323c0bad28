"""The monitoring plan: what is watched, how often, up to which limit, who acts, and what makes the model stop.

Limits come from the thresholds in force, so that the plan cannot say another number than the page that judges.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from riskbench.core.evidence import Evidence
from riskbench.core.status import OPEN, WORST_FIRST, Status
from riskbench.core.thresholds import Thresholds
from riskbench.core.words import format_limits
from riskbench.governance.citing import matching


@dataclass(frozen=True)
class Watch:
    """One line of the plan. `key` names the limit, `unit` that of its figure; `evidence` are patterns of the checks.

    `stops` says what a failing check leads to where it can stop the model; empty where it cannot.
    """

    what: str
    every: str
    key: str
    evidence: str
    acts: str
    then: str
    stops: str = ""
    unit: str = ""


def monitoring_plan(evidence: Mapping[str, Evidence], thresholds: Thresholds) -> pd.DataFrame:
    """One row a figure: `watched, every, limit, who_acts, what_follows, evidence` (the worst check of this run).

    `evidence` is empty where this run has no such check: its first reading is still to come.
    """
    rows = [
        (w.what, w.every, format_limits(thresholds[w.key], w.unit), w.acts, w.then, _worst(w, evidence)) for w in PLAN
    ]
    return pd.DataFrame(rows, columns=["watched", "every", "limit", "who_acts", "what_follows", "evidence"])


def stop_triggers(evidence: Mapping[str, Evidence], thresholds: Thresholds) -> pd.DataFrame:
    """What makes the model stop: `trigger, limit, what_happens, status` (of this run), one row a trigger."""
    watched = [w for w in PLAN if w.stops]
    rows = [(w.what, format_limits(thresholds[w.key], w.unit), w.stops, _status(w, evidence)) for w in watched]
    return pd.DataFrame([*rows, *ALWAYS], columns=["trigger", "limit", "what_happens", "status"])


def follows(checks: Iterable[Evidence]) -> pd.DataFrame:
    """What the plan asks for where one of `checks` does not meet its limit: `watched, status, who_acts, what_follows`.

    One row a line of the plan, in its order. A check that was not evaluated stands in it and asks for nothing yet.
    """
    evidence = {check.id: check for check in checks}
    found = [(w, _status(w, evidence)) for w in PLAN]
    rows = [
        (w.what, status, w.acts, "its first reading is still to come" if status == "not_evaluated" else w.then)
        for w, status in found
        if status in OPEN
    ]
    return pd.DataFrame(rows, columns=["watched", "status", "who_acts", "what_follows"])


def _status(w: Watch, evidence: Mapping[str, Evidence]) -> Status | None:
    worst = _worst(w, evidence)
    return evidence[worst].status if worst else None


def _worst(w: Watch, evidence: Mapping[str, Evidence]) -> str:
    found = [e for e in matching(evidence, w.evidence) if e.kind == "check"]
    return min(found, key=lambda e: WORST_FIRST.index(e.status)).id if found else ""


ALWAYS: tuple[tuple[str, str, str, None], ...] = (
    ("a file of the run is not what the manifest says", "none", "stopped until the run verifies again", None),
    ("the approval has expired, or a condition of it is broken", "none", "stopped until it is approved again", None),
    ("an applicant, a validator or an authority shows a reason to be false", "one", "stopped for cases like it", None),
)

OWNER, VALIDATOR, LENDING, SECURITY = "model owner", "validator", "head of lending", "data protection officer"

PLAN: tuple[Watch, ...] = (
    Watch(
        "PSI of the score",
        "every month",
        "monitoring.psi",
        "monitoring.score.psi.newest_month",
        OWNER,
        "watch: the features are examined; fails: the head of lending decides on the cut-off within five days",
        "two months that fail in a row: the version before decides",
    ),
    Watch(
        "largest CSI of a feature",
        "every month",
        "monitoring.psi",
        "monitoring.features.largest_csi.newest_month",
        OWNER,
        "the source of the feature is asked; if the data are wrong, its cases go to a person",
    ),
    Watch(
        "open loans against loans of their age and PD at development (p-value)",
        "every month",
        "outcomes.early_outcomes",
        "outcomes.open_loans.early_outcomes",
        LENDING,
        "watch: it is looked at again in a month; fails: cut-off or prices of new loans are decided within five days",
        "two months that fail in a row: new loans go to a person until the PDs are calibrated again",
    ),
    Watch(
        "first payments missed in the newest month (adjusted p-value)",
        "every month",
        "outcomes.month",
        "outcomes.first_payment.early_outcomes.newest_month",
        LENDING,
        "the loans that missed it are searched for fraud, and for a channel or a product that they share",
    ),
    Watch(
        "PD against bad rate of the newest vintage (adjusted p-value)",
        "every month, once it has matured",
        "outcomes.month",
        "outcomes.portfolio.jeffreys.newest_matured_month",
        VALIDATOR,
        "watch: the next vintage is awaited; fails: PDs are calibrated again",
        "two vintages that fail in a row: the version before decides",
    ),
    Watch(
        "signals of the rules of early warning in months that were quiet (p-value)",
        "every run",
        "warnings.false_alarms",
        "warnings.stable.as_stated",
        OWNER,
        "the rules that call too often are set anew; what they say between two runs is an incident (riskbench monitor)",
    ),
    Watch(
        "AUC",
        "every quarter",
        "validation.auc",
        "validation.champion.auc.*",
        VALIDATOR,
        "watch: a challenger is built; fails: a finding of high severity is opened",
        "it fails: every application goes to a person until a card has been approved",
    ),
    Watch(
        "missing values of an input",
        "every month",
        "population.missing_change",
        "population.inputs.missing_change.*",
        OWNER,
        "the supplier is asked; the feature is treated as out until it is back",
        unit="%",
    ),
    Watch(
        "lowest ratio of approval rates between groups",
        "every quarter",
        "fairness.adverse_impact_ratio",
        "fairness.*.adverse_impact_ratio.*",
        LENDING,
        "watch: the less discriminatory cards are looked at again; fails: a written decision within a month",
        "it fails and nobody has decided within a month: declines go to a person",
    ),
    Watch(
        "bad rate of low-side overrides less that of other loans",
        "every quarter",
        "population.low_side_gap",
        "population.overrides.low_side_gap.*",
        LENDING,
        "below the limit, those whom the policy would decline turn out better: its rules are looked at again",
        unit="%",
    ),
    Watch(
        "expected profit per unit lent",
        "every quarter",
        "policy.expected_profit",
        "policy.portfolio.expected_profit.*",
        LENDING,
        "the cut-off is set again by the committee",
    ),
    Watch(
        "direct identifiers in a run",
        "every run",
        "privacy.identifiers_found",
        "security.identifiers.found",
        SECURITY,
        "the run is deleted and made again",
        "one is found: nothing is handed out until the run is clean",
    ),
)
