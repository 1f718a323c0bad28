"""Who is approved less often than the group that is approved most often, and whether chance explains it.

The adverse impact ratio and its limit of .80 come from employment law (29 CFR 1607.4(D)); no credit rule asks for it.
Many groups are compared at once, so p-values are raised by Holm's method over all comparisons of a table.
"""

import numpy as np
from pandas import DataFrame
from scipy.stats import chi2_contingency

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.metrics.multiple_tests import holm
from riskbench.validation.fairness.counts import GroupCounts

COLUMNS = ["group", "n", "approval_rate", "difference", "difference_lower", "difference_upper"]
COLUMNS += ["adverse_impact_ratio", "adverse_impact_ratio_lower", "adverse_impact_ratio_upper", "z", "p_value"]


def adverse_impact(counts: GroupCounts, enough: int = 1) -> DataFrame:
    """One row for every group but the reference, by name, with its difference and ratio of approval rates.

    Intervals are Newcombe's and MOVER-R's; z pools the two rates, its square is χ² of the table; p_value is Fisher's
    exact one, two-sided, of equal rates. `enough` people make a reference. No row for fewer than two groups, and no
    values where nobody of the reference group is approved.

    >>> people, approved = np.array([187, 93]), np.array([63, 27])
    >>> counts = GroupCounts(["men", "women"], people, approved, *[people] * 4)
    >>> adverse_impact(counts)[["group", "adverse_impact_ratio"]].round(4).to_numpy().tolist()
    [['women', 0.8618]]
    """
    rows = []
    if len(counts.names) > 1:
        at = counts.reference(enough)
        ratios = metrics.adverse_impact_ratio(counts.approved, counts.n, at)
        gaps = metrics.rate_difference(counts.approved, counts.n, at)
        for i, (name, ratio, gap) in enumerate(zip(counts.names, ratios, gaps, strict=True)):
            if i != at:
                rate = counts.approved[i] / counts.n[i]
                rows.append([name, counts.n[i], rate, *gap.bounded, *ratio.bounded, gap.statistic, ratio.p_value])
    table = DataFrame(rows, columns=COLUMNS)
    return table.astype(dict.fromkeys(COLUMNS[2:], float))


def with_holm(table: DataFrame) -> DataFrame:
    """The table with `p_holm`: p-values as they are when all its rows are tested together."""
    return table.assign(p_holm=holm(table["p_value"]))


def equal_rates(counts: GroupCounts) -> Estimate:
    """Pearson's χ² of equal approval rates of all groups of an attribute, without continuity correction.

    >>> people, approved = np.array([40, 80]), np.array([12, 48])
    >>> e = equal_rates(GroupCounts(["a", "b"], people, approved, *[people] * 4))
    >>> f"{e.statistic:.2f}, p {e.p_value:.4f}"  # z = −3.0984, and z² = 9.6
    '9.60, p 0.0019'
    """
    n, method = int(counts.n.sum()), "Pearson's χ² of equal approval rates"
    if len(counts.names) < 2:
        return Estimate.missing("there is only one group large enough to be shown", n, method)
    if counts.approved.sum() in (0, n):
        return Estimate.missing(f"{'everybody' if counts.approved.any() else 'nobody'} is approved", n, method)
    found = chi2_contingency(np.array([counts.approved, counts.n - counts.approved]), correction=False)
    return Estimate(float(found.statistic), n=n, method=method, statistic=float(found.statistic), p_value=found.pvalue)
