"""The kinds of rules, one file each; the family is declared here."""

from typing import Annotated

from pydantic import Field

from riskbench.monitoring.warning.kinds.approval import Approval
from riskbench.monitoring.warning.kinds.clock import Clock
from riskbench.monitoring.warning.kinds.disparity import Disparity
from riskbench.monitoring.warning.kinds.drift import Drift
from riskbench.monitoring.warning.kinds.duplicates import Duplicates
from riskbench.monitoring.warning.kinds.early_outcomes import EarlyOutcomes
from riskbench.monitoring.warning.kinds.high_risk_application import HighRiskApplication
from riskbench.monitoring.warning.kinds.job import Job
from riskbench.monitoring.warning.kinds.label_free import LabelFree
from riskbench.monitoring.warning.kinds.mean_score import MeanScore
from riskbench.monitoring.warning.kinds.null_rate import NullRate
from riskbench.monitoring.warning.kinds.out_of_range import OutOfRange
from riskbench.monitoring.warning.kinds.outcomes import Outcomes
from riskbench.monitoring.warning.kinds.override_rate import OverrideRate
from riskbench.monitoring.warning.kinds.schema import Schema
from riskbench.monitoring.warning.kinds.stale_feed import StaleFeed
from riskbench.monitoring.warning.kinds.velocity import Velocity
from riskbench.monitoring.warning.kinds.vintage import Vintage
from riskbench.monitoring.warning.kinds.volume import Volume

AnyRule = Annotated[
    Approval
    | Clock
    | Disparity
    | Drift
    | Duplicates
    | EarlyOutcomes
    | HighRiskApplication
    | Job
    | LabelFree
    | MeanScore
    | NullRate
    | OutOfRange
    | Outcomes
    | OverrideRate
    | Schema
    | StaleFeed
    | Velocity
    | Vintage
    | Volume,
    Field(discriminator="kind"),
]
