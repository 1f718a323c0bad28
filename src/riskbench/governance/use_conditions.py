"""What open checks mean for the use of a model: a condition in words for each kind of check that misses its limit.

The table that ends this file is the rule: the first line whose pattern fits a check answers it, and the last answers
everything. Conditions are proposals; an approval carries those that the approver signs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pandas as pd

from riskbench.core.evidence import Evidence
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.status import OPEN, WORST_FIRST, Status
from riskbench.core.thresholds import Thresholds
from riskbench.governance.citing import listed


@dataclass(frozen=True)
class Answer:
    """What follows where a check that fits one of `patterns` fails, and where it is only to be watched.

    `watched` is empty where watching asks for the same.
    """

    theme: str
    patterns: tuple[str, ...]
    failing: str
    watched: str = ""

    def condition(self, status: Status) -> str:
        """The condition for a check that fails or is to be watched."""
        return self.failing if status == "red" else self.watched or self.failing

    def fits(self, evidence: Evidence) -> bool:
        """Whether the check is of this kind."""
        return any(fnmatchcase(evidence.id, pattern) for pattern in self.patterns)


def proposed_conditions(evidence: Mapping[str, Evidence]) -> pd.DataFrame:
    """One row a condition, the worst first: `theme, condition, status, evidence` (ids of the checks that ask for it).

    All that was not evaluated asks for the same; which themes it belongs to is in `checks_by_theme`.
    """
    asked: dict[tuple[str, str, Status], list[str]] = {}
    for e in _open(evidence):
        asked.setdefault((*_asks(e), e.status), []).append(e.id)
    order = sorted(asked, key=lambda key: WORST_FIRST.index(key[2]))
    rows = [(theme, text, status, listed(asked[theme, text, status])) for theme, text, status in order]
    return pd.DataFrame(rows, columns=["theme", "condition", "status", "evidence"])


def checks_by_theme(evidence: Mapping[str, Evidence]) -> pd.DataFrame:
    """One row a theme: how many checks are green, amber, red and not evaluated, and the ids of those that are open."""
    themes: dict[str, list[Evidence]] = {}
    for e in evidence.values():
        if e.kind == "check":
            themes.setdefault(_answer(e).theme, []).append(e)
    order = [theme for theme in dict.fromkeys(answer.theme for answer in ANSWERS) if theme in themes]
    rows = [
        {"theme": theme}
        | {COUNTED[status]: sum(e.status == status for e in themes[theme]) for status in COUNTED}
        | {"evidence": listed([e.id for status in OPEN for e in themes[theme] if e.status == status], most=2)}
        for theme in order
    ]
    return pd.DataFrame(rows, columns=["theme", *COUNTED.values(), "evidence"])


def unanswered_check(evidence: Mapping[str, Evidence], shown: pd.DataFrame, thresholds: Thresholds) -> CheckResult:
    """`conditions.unanswered`: checks that do not meet their limit, their condition not in the table `shown`."""
    told = set(zip(shown["theme"], shown["condition"], shown["status"], strict=True))
    asking = _open(evidence)
    left = sum((*_asks(e), e.status) not in told for e in asking)
    limit = thresholds["governance.unanswered"]
    return CheckResult("conditions.unanswered", "Open checks without a condition", Estimate(left, n=len(asking)), limit)


def _open(evidence: Mapping[str, Evidence]) -> list[Evidence]:
    return [e for status in OPEN for e in evidence.values() if e.kind == "check" and e.status == status]


def _asks(e: Evidence) -> tuple[str, str]:
    """The theme and the condition that an open check asks for."""
    answer = _answer(e)
    return UNKNOWN if e.status == "not_evaluated" else (answer.theme, answer.condition(e.status))


def _answer(e: Evidence) -> Answer:
    return next(answer for answer in ANSWERS if answer.fits(e))


COUNTED: Mapping[Status, str] = {"green": "meets", "amber": "watch", "red": "fails", "not_evaluated": "not_evaluated"}

UNKNOWN = (
    "not evaluated",
    "What was not evaluated is evaluated before use, or the approver accepts in writing, by theme, that it is not.",
)
ANSWERS: tuple[Answer, ...] = (
    Answer(
        "calibration",
        (
            "validation.*.jeffreys*",
            "validation.*.spiegelhalter*",
            "validation.*.calibration_slope*",
            "validation.*.observed_to_expected*",
            "validation.*.vasicek*",
            "validation.vintages.normal_test*",
            "validation.grades.too_low*",
            "validation.segments.too_low*",
            "scorecard.champion.long_run*",
            "scorecard.champion.history*",
        ),
        "PDs are not used for pricing, provisions or capital until the card is calibrated again; cut-offs stay.",
        "PDs are calibrated again at the next review, or earlier if a second vintage misses its limit.",
    ),
    Answer(
        "discrimination",
        ("validation.*.auc*", "robustness.champion.*", "validation.segments.auc*", "validation.vintages.auc*"),
        "Applications near the cut-off are decided by a person until a card of more or newer loans has replaced this.",
        "The AUC is reported every quarter, and a challenger is built if it falls again.",
    ),
    Answer(
        "grades",
        ("validation.grades.*", "validation.grade_*"),
        "Grades are not used outside this policy until the master scale has been drawn again.",
        "The occupation of grades is reported every quarter.",
    ),
    Answer(
        "segments",
        ("population.segments.*",),
        "Segments that are underestimated are decided by a person.",
        "Segments named on the page of the population are decided by a person, or their limit is halved.",
    ),
    Answer(
        "fairness",
        ("fairness.*.strongest_proxy*", "fairness.*.joint_proxy*"),
        "Features that tell a group are justified one by one in writing, or left out, before the model goes live.",
        "Features that tell a group are justified in writing at the next review.",
    ),
    Answer(
        "fairness",
        ("fairness.*", "alternatives.*"),
        "No use without a written decision on differences between groups and on the less discriminatory cards found.",
        "Rates of approval by group are reported every month, and the less discriminatory cards found are answered.",
    ),
    Answer(
        "stability",
        ("monitoring.score.*", "monitoring.features.*", "population.features.*", "population.score.*"),
        "The feature that moved is examined before the next month is decided; until then its cases go to a person.",
        "The feature that moved is watched every month.",
    ),
    Answer(
        "challengers",
        ("challengers.*", "outcomes.challengers.*"),
        "The choice of the champion over a better challenger is justified in writing.",
    ),
    Answer(
        "outcomes",
        ("outcomes.open_loans.*", "outcomes.first_payment.*"),
        "Cut-off or prices of new loans are decided anew before the next month is lent, and the cause is sought.",
        "Early outcomes are looked at again in a month.",
    ),
    Answer(
        "outcomes",
        ("outcomes.*",),
        "If the next vintage fails as well, the model is stopped and the version before it decides.",
        "The next vintage is judged as soon as it has matured.",
    ),
    Answer(
        "early warning",
        ("warnings.replay.look_ahead",),
        "The page of warnings says nothing of the past before it has been mended: it knew what came later.",
    ),
    Answer(
        "early warning",
        ("warnings.*",),
        "Nobody is called by these rules until they have been set anew: they signal more often than they state.",
        "The rules that signal more often than they state are set anew at the next review.",
    ),
    Answer(
        "data",
        (
            "intake.*",
            "population.inputs.*",
            "population.applications.*",
            "population.applicants.*",
            "population.bands.*",
        ),
        "No use on data of this quality: the supplier is asked, and what is missing is filled or left out.",
        "The column or sample named is reviewed before the card is built again; random approvals fill what is unseen.",
    ),
    Answer(
        "overrides",
        ("population.overrides.low_side_jeffreys*",),
        "Overrides of declines need a second signature until they turn out no worse than their PDs.",
    ),
    Answer(
        "overrides",
        ("population.overrides.*",),
        "The rules and bands that would decline loans which turn out well are reviewed before the policy is used.",
        "The rules and bands that would decline loans which turn out well are reviewed at the next committee.",
    ),
    Answer(
        "decision",
        ("policy.bundle.*",),
        "The bundle is not approved: read back from its file, it decides otherwise than the pages say.",
    ),
    Answer(
        "decision",
        ("policy.*",),
        "The policy is not used: its expected profit or its bands fail under its own assumptions.",
        "The committee takes note of it, and the policy is simulated again every quarter.",
    ),
    Answer(
        "explanations",
        ("notices.*", "scorecard.champion.reason_texts*"),
        "No notice leaves before its reasons and its blanks are complete.",
    ),
    Answer(
        "robustness",
        ("robustness.*", "attack.champion.*", "attack.macro.*", "population.grades.*"),
        "Scores are given to a person with their spread; the cut-off gets a margin of it.",
        "Scores near the cut-off are shown to a person with their spread.",
    ),
    Answer(
        "leakage and planted errors",
        ("attack.*",),
        "No use before the leak, or the blindness of validation to an error, has been explained.",
        "The candidate or the detector named is explained in writing before approval.",
    ),
    Answer(
        "card",
        ("features.*", "scorecard.*", "rejects.*"),
        "The card is not exported before the error is mended.",
        "The feature or the step named is reviewed when the card is built again.",
    ),
    Answer(
        "security and papers",
        ("security.identifiers.*", "security.protected.*"),
        "The run is not handed to anybody: it is deleted and made again without the data that must not be in it.",
    ),
    Answer(
        "security and papers",
        ("governance.*", "security.*", "rules.*"),
        "No approval before the papers are complete.",
        "The blanks of the model card are filled in before approval.",
    ),
    Answer(
        "other",
        ("*",),
        "Explained by the owner and accepted by the validator in writing before approval.",
    ),
)
