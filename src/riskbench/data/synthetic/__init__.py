"""A synthetic micro-loan portfolio whose true probabilities of default are known (docs/synthetic.md)."""

from riskbench.data.synthetic.describe import describe
from riskbench.data.synthetic.portfolio import SEED, TRUTH_FILE, generate
from riskbench.data.synthetic.schema import TABLES
from riskbench.data.synthetic.timeline import CALENDAR, MONTHS, OBSERVED_UNTIL, START, Calendar

__all__ = [
    "CALENDAR",
    "MONTHS",
    "OBSERVED_UNTIL",
    "SEED",
    "START",
    "TABLES",
    "TRUTH_FILE",
    "Calendar",
    "describe",
    "generate",
]
