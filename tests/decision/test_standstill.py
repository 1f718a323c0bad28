"""What the stop switch does to decisions."""

import numpy as np
import pandas as pd

from riskbench.decision.decide import decide
from riskbench.decision.standstill import standstill


def test_everybody_is_referred_to_a_person_and_nothing_is_lent(policy, frame):
    stopped = standstill(frame)
    assert (set(stopped["action"]), set(stopped["reason"]), stopped["amount"].sum()) == ({"refer"}, {"stopped"}, 0.0)
    assert stopped.index.equals(frame.index)
    assert stopped.dtypes.equals(decide(policy, frame).dtypes)


def test_it_needs_neither_score_nor_any_other_column():
    assert standstill(pd.DataFrame({"score": [np.nan, 700.0]}))["action"].tolist() == ["refer", "refer"]
    assert len(standstill(pd.DataFrame(index=range(3)))) == 3
    assert standstill(pd.DataFrame()).empty
