"""Floor 3: from a frame to a card. Binning, selection, logit, points and reasons, challengers."""

from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.woe_binning import WoeBinning

__all__ = ["Scorecard", "WoeBinning"]
