"""Floor 3: from a frame to a card. Binning, selection, logit, points and reasons, challengers."""

from riskbench.scorecard.binning.estimator import WoeBinning
from riskbench.scorecard.card import Scorecard

__all__ = ["Scorecard", "WoeBinning"]
