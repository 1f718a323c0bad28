"""What the rules say of what was observed: pure, and the same for the same."""

from riskbench.core.thresholds import Thresholds
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.observed import Observed
from riskbench.monitoring.warning.warnings import Warnings


def evaluate(warnings: Warnings, observed: Observed, thresholds: Thresholds | None = None) -> list[Reading]:
    """A reading or more of every rule, in the order of the file.

    Nothing is remembered: charts are drawn anew from the counts. `thresholds` are the study's, or those of the house.
    """
    return readings(warnings, Look.at(observed, thresholds))


def readings(warnings: Warnings, look: Look) -> list[Reading]:
    """The same of a look that is laid out already."""
    return [reading for rule in warnings.rules for reading in rule.read(look)]
