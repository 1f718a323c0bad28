"""Whether the PDs of each group are as large as the bad rates that followed: equal treatment of equal risk.

A card may rank well and still say too much of one group and too little of another. Expected is the mean PD of the
group's labelled cases, observed their bad rate. Source: Chouldechova, Big Data 5 (2017); Cox (1958) for the slope.
"""

import numpy as np
from numpy.typing import ArrayLike
from pandas import DataFrame, Series

from riskbench import metrics
from riskbench.metrics.arguments import probabilities
from riskbench.validation.fairness.counts import coded

COLUMNS = ["group", "labelled", "expected_bad_rate", "observed_bad_rate", "observed_bad_rate_lower"]
COLUMNS += ["observed_bad_rate_upper", "observed_to_expected", "observed_to_expected_lower"]
COLUMNS += ["observed_to_expected_upper", "calibration_slope", "calibration_slope_lower", "calibration_slope_upper"]


def calibration_by_group(group: Series, y: ArrayLike, pd: ArrayLike, enough: int) -> DataFrame:
    """One row for every group with `enough` good and as many bad outcomes, by name.

    `group` is empty where a case may not be shown, `y` (1 = bad) missing without a label. Columns: group, labelled,
    expected and observed bad rate (Wilson's interval), observed_to_expected (their quotient, 1 is ideal; above 1 the
    PDs of the group are too low; its interval is that of the observed rate, the PDs taken as given) and the calibration
    slope (1 is ideal), missing where it does not exist, as for equal PDs.

    >>> table = calibration_by_group(Series(["a"] * 4), [0, 1, 0, 1], [0.2, 0.4, 0.4, 0.6], enough=2)
    >>> table[["observed_bad_rate", "observed_to_expected"]].round(2).to_numpy().tolist()
    [[0.5, 1.25]]
    """
    names, code = coded(group)
    bad, risk = np.asarray(y, dtype=float), probabilities(pd)
    rows = []
    for i, name in enumerate(names):
        own = (code == i) & ~np.isnan(bad)
        outcome, expected = bad[own], float(risk[own].mean()) if own.any() else 0.0
        if min((outcome == 0).sum(), (outcome == 1).sum()) < enough:
            continue
        observed = metrics.wilson(outcome.sum(), own.sum())
        quotient = [None if x is None or not expected else x / expected for x in observed.bounded]
        slope = metrics.calibration_line(outcome, risk[own]).slope
        rows.append([name, int(own.sum()), expected, *observed.bounded, *quotient, *slope.bounded])
    return DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(COLUMNS[2:], float))
