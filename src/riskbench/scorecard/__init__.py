"""Floor 3: from a frame to a card. `WoeBinning` and `Scorecard` are scikit-learn estimators; the rest is around them.

Below them: `binning` makes the bins of one feature, `edits` changes bins by hand, `regression` fits and tests the
logit, `points` rounds. Between them: `selection` chooses the features. `design` puts all of it together, as a study and
its modeller want it. Above them: `calibration`, `export`, `rejects`, and files that tell what a card does.
"""

from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.woe_binning import WoeBinning

__all__ = ["Scorecard", "WoeBinning"]
