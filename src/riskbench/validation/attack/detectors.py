"""The detectors: what a validator asks of the tables in hand, in one table; each rings or stays quiet.

Two kinds. A *test* gives a p-value, adjusted by Holm where it asks several features or parts, and rings at the level of
`attack.alarm`: so often it may ring on clean tables. A *comparison* counts or measures what must agree, and by its
limit never rings on clean tables. Tests compare the sample that is judged with development, on frozen bins and bands,
and allow for the chance in both.
"""

from collections.abc import Callable
from dataclasses import dataclass

from riskbench.core.files import digest
from riskbench.core.results import CheckResult, Estimate
from riskbench.validation.attack import deliveries, leaks, outcomes, replication
from riskbench.validation.attack.desk import Desk


@dataclass(frozen=True)
class Detector:
    """One question: its `name` in ids, its `title` on a page, its formula, and the line of thresholds.toml it rings by.

    `test`: the value of the estimate is a p-value, and it rings falsely at the stated level.
    """

    name: str
    title: str
    formula: Callable[[Desk], Estimate]
    threshold: str

    @property
    def test(self) -> bool:
        """Whether it rings by a p-value."""
        return self.threshold == "attack.alarm"

    def ask(self, desk: Desk) -> CheckResult:
        """The answer on one desk; red and amber ring."""
        return CheckResult(
            f"detectors.{self.name}.{desk.judged}",
            self.title + " (p-value)" * self.test,
            self.formula(desk),
            desk.thresholds[self.threshold],
        )


def address(desk: Desk) -> Estimate:
    """1 where the SHA-256 of the card is not the one that was signed, else 0."""
    return Estimate(int(digest(desk.document) != desk.signed), n=1, method="SHA-256 of the document")


DETECTORS: tuple[Detector, ...] = (
    Detector("address", "Card other than the one signed", address, "attack.differences"),
    Detector(
        "bins",
        "Bins counted again that differ",
        lambda desk: replication.recounted(desk.document, *replication.of_desk(desk)),
        "attack.differences",
    ),
    Detector(
        "woe", "WoE that its counts do not give", lambda d: replication.woe_gap(d.document), "scorecard.equivalence"
    ),
    Detector(
        "coefficients",
        "Coefficients fitted again that differ",
        lambda desk: replication.coefficient_gap(desk.document, *replication.of_desk(desk)),
        "scorecard.equivalence",
    ),
    Detector(
        "points",
        "Points that do not follow from the card",
        lambda desk: replication.points_astray(desk.document),
        "attack.differences",
    ),
    Detector(
        "scores",
        "Scores that are not the sum of points",
        lambda desk: replication.score_differences(desk.document, desk.codes, desk.rows["score"]),
        "attack.differences",
    ),
    Detector(
        "pds",
        "PDs that are not the card's",
        lambda desk: replication.pd_gap(desk.document, desk.codes, desk.rows["pd_applied"]),
        "scorecard.equivalence",
    ),
    Detector("duplicates", "Rows that repeat another", deliveries.duplicates, "attack.differences"),
    Detector(
        "known_afterwards", "Features filled with the outcome alone", leaks.known_afterwards, "attack.differences"
    ),
    Detector("score_psi", "PSI of the score", deliveries.score_psi, "attack.alarm"),
    Detector("features_csi", "CSI of the features", deliveries.features_csi, "attack.alarm"),
    Detector("delivery_csi", "CSI of the newest delivery", deliveries.delivery_csi, "attack.alarm"),
    Detector("frozen", "One value fills the newest delivery", deliveries.frozen, "attack.alarm"),
    Detector("together", "Features that move together", deliveries.together, "attack.alarm"),
    Detector("level", "Mean PD against bad rate", outcomes.level, "attack.alarm"),
    Detector("slope", "Calibration slope too low", outcomes.slope, "attack.alarm"),
    Detector("parts", "Outcomes by feature and segment", outcomes.parts, "attack.alarm"),
    Detector("auc_alone", "AUC of the best feature alone", leaks.auc_alone, "features.auc_alone"),
    Detector("feature_gain", "AUC that one feature adds", leaks.feature_gain, "attack.feature_gain"),
)
