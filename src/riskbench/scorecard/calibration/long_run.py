"""Bad rates by period of decision, and their simple average: the long-run average default rate.

The long-run average is the simple mean of the rates of periods, not the rate of all loans: else a year in which much
was lent would outweigh the others. Read from EBA/GL/2017/16, section 5.3, and CRR (Regulation 575/2013) Art. 180(2):
PDs of retail exposures are estimated from long-run averages of one-year default rates, over five years at least. They
bind banks that use internal ratings; other lenders take them as a yardstick. Three differences are to be kept in mind:
the rates here are of loans by the period in which they were decided, within the study's own horizon rather than one
year; performance windows of neighbouring periods overlap, so their rates move together and the interval is narrower
than it should be; and whether the periods hold good and bad times alike is a judgement that no formula makes.
"""

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import LEVEL, CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.periods import periods
from riskbench.data.samples import labelled
from riskbench.data.study import Study
from riskbench.data.study.calibration import BUILT_ON, LongRunRate
from riskbench.metrics.intervals import jeffreys_interval

COLUMNS = ["period", "months", "n", "bads", "bad_rate", "lower", "upper", "counted"]


def period_rates(study: Study, applications: pd.DataFrame, thresholds: Thresholds) -> pd.DataFrame:
    """Bad rate with Jeffreys interval of the labelled applications of every period, in time's order.

    Periods and samples are those of the study's long-run calibration, or else quarters of development and test.
    `counted` is False for a period with fewer labels than `scorecard.period_cases`. Raises NotEvaluated for a study
    without dates, or with oversampled bads.
    """
    asked = study.calibration
    by = asked.period if isinstance(asked, LongRunRate) else "quarter"
    samples = asked.samples if isinstance(asked, LongRunRate) else BUILT_ON
    if study.base.as_of is None:
        raise NotEvaluated("the study has no decision dates")
    if study.oversampling is not None:
        raise NotEvaluated("bads are oversampled, so the data do not show the population's bad rates")
    known = applications[labelled(applications, *samples)]
    enough = thresholds["scorecard.period_cases"]
    rows = []
    for name, own in known.groupby(periods(known["month"], by)):
        n, bads = len(own), int(own["y"].sum())
        e = jeffreys_interval(bads, n, LEVEL)
        rows.append((name, own["month"].nunique(), n, bads, e.value, e.lower, e.upper, enough.judge(n) != "red"))
    return pd.DataFrame(rows, columns=COLUMNS).astype({"counted": bool})


def long_run_average(rates: pd.DataFrame) -> Estimate:
    """The simple mean of the rates of the counted periods with its t interval; n is the number of periods."""
    known = rates.loc[rates["counted"], "bad_rate"].to_numpy(float)
    method = "simple average of the bad rates of periods; t interval, which takes periods to be independent"
    if not known.size:
        return Estimate.missing("no period has labels enough", 0, method)
    if known.size == 1:
        return Estimate(float(known[0]), n=1, method=f"{method}; one period has none")
    mean, error = float(known.mean()), float(known.std(ddof=1)) / np.sqrt(known.size)
    reach = float(stdtrit(known.size - 1, (1 + LEVEL) / 2)) * error
    return Estimate(mean, max(0.0, mean - reach), min(1.0, mean + reach), LEVEL, known.size, method)


def long_run_checks(study: Study, rates: pd.DataFrame, thresholds: Thresholds) -> list[CheckResult]:
    """The long-run average, the years that it rests on (judged where the study calibrates to it), and the months."""
    judged = isinstance(study.calibration, LongRunRate)
    months, count = int(rates.loc[rates["counted"], "months"].sum()), int(rates["counted"].sum())
    years = Estimate(months / 12, n=count, method="months / 12")
    limit = thresholds["scorecard.history_years"] if judged else None
    return [
        CheckResult("champion.long_run_rate", "Long-run average default rate", long_run_average(rates), unit="%"),
        CheckResult("champion.history_years", "Years of bad rates behind the long-run average", years, limit),
        CheckResult(
            "champion.history_months",
            "Months of bad rates behind the long-run average",
            Estimate(months, n=count, method="months of the counted periods in which loans were decided"),
        ),
    ]
