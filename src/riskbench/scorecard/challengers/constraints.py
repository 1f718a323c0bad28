"""The trends that challengers are held to: those that the bad rate has over the card's own bins.

A challenger that is held to them cannot say that a larger debt makes a safer customer where the card says otherwise.
"""

from riskbench.scorecard.woe_binning import WoeBinning

SIGNS = {"ascending": 1, "descending": -1}


def trend_signs(binning: WoeBinning) -> dict[str, int]:
    """By feature +1 where the bad rate rises over the bins of its numbers, −1 where it falls.

    Features of levels, and those with special values, which are codes and no amounts, are left free.

    >>> import pandas as pd
    >>> late = pd.DataFrame({"late": [0, 0, 0, 1, 1, 1] * 20})
    >>> trend_signs(WoeBinning(max_bins=2).fit(late, [0, 0, 1, 0, 1, 1] * 20))
    {'late': 1}
    """
    return {
        name: SIGNS[bins.trend]
        for name, bins in binning.features_.items()
        if bins.coding.kind == "numeric" and bins.trend in SIGNS and not len(bins.coding.specials)
    }
