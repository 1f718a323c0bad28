"""The card outside of riskbench: every format is one file here and one line of `formats.py`."""

from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.write import check_exports, write_exports

__all__ = ["Edition", "check_exports", "write_exports"]
