"""A synthetic micro-loan portfolio whose true probabilities of default are known (docs/synthetic.md)."""

from riskbench.data.synthetic.describe import describe
from riskbench.data.synthetic.portfolio import SEED, TRUTH_FILE, generate
from riskbench.data.synthetic.schema import TABLES

__all__ = ["SEED", "TABLES", "TRUTH_FILE", "describe", "generate"]
