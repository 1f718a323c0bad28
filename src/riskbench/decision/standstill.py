"""What is decided while a model is stopped, or its bundle cannot be had: nothing, by nobody but a person."""

import pandas as pd

STOPPED = "stopped"


def standstill(frame: pd.DataFrame) -> pd.DataFrame:
    """Every row of `frame` referred to a person, in the columns of `decision.decide.decide`.

    Nothing of the row is looked at: neither band nor rule had a part, and nothing is lent until a person decides. So a
    stop needs neither card nor policy, which may be what is wrong.

    >>> standstill(pd.DataFrame({"score": [700]})).drop(columns=["amount", "unknown"]).iloc[0].to_dict()
    {'action': 'refer', 'band': '', 'rule': '', 'reason': 'stopped', 'hits': '', 'alerts': ''}
    """
    texts = {"action": "refer", "band": "", "rule": "", "reason": STOPPED, "hits": "", "alerts": ""}
    decided = pd.DataFrame(texts, index=frame.index, dtype="str")
    decided.insert(4, "amount", 0.0)
    decided.insert(5, "unknown", False)
    return decided
