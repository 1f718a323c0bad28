"""The loans decided on some days, how they have paid, and the decision of the log that each belongs to.

Nothing else is read: of the study's files what the days leave, of the log the decisions of these loans, found by the
tokens of their applications. So the cost is that of the days.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from riskbench.data.decided import Days, decided, outcome_rows
from riskbench.data.engine import Engine
from riskbench.data.labels import label_names
from riskbench.data.performance import days_of, delays_of, performance_from
from riskbench.decision.log.log import DecisionLog
from riskbench.monitoring.counts.from_log import Content, levels_of
from riskbench.monitoring.counts.table import EVERYONE, CountTable
from riskbench.monitoring.counts.yardstick import Segment

DELAY = "delay:"  # and a month on book; cell: days after the decision when it was written down
AT_ONCE = 1_000  # applications asked for at once
DECIDED = ["application", "model", "pd"]


@dataclass(frozen=True, eq=False)
class Loans:
    """`performance` of booked loans as `data/performance.py` has it, and by day how late repayments were written."""

    performance: pd.DataFrame
    delays: CountTable


def loans_of_days(engine: Engine, names: Callable[[str], str], days: Days, others: CountTable) -> Loans:
    """The booked loans that were decided on some days.

    `names` gives the name by which the log knows an application, as its token. `others` are the delays of all loans of
    other days: when a month on book has closed is told by all.
    """
    study, applications = engine.study, decided(engine, days)
    rows_of = outcome_rows(engine, applications)
    rows = None if rows_of is None else engine.frame(rows_of)
    joined = engine.frame(applications.order_by(study.base.key))
    joined = joined.assign(**{study.as_of: days_of(joined[study.as_of])})
    joined = joined[days.hold(joined[study.as_of])].reset_index(drop=True)
    labels = pd.Series(label_names(study, joined, rows), dtype="str")
    booked = (labels != "not_booked").to_numpy()
    joined, labels = joined[booked].reset_index(drop=True), labels[booked].reset_index(drop=True)
    named = pd.DataFrame({"application": joined[study.base.key].astype(str).map(names), "label": labels})
    if rows is None:
        return Loans(performance_from(study, joined, named, None), CountTable.empty())
    mine = _counts(delays_of(study, joined, rows))
    everybody = _delays(CountTable.merged([mine, others]))
    return Loans(performance_from(study, joined, named, rows, everybody), mine)


def last_decisions(log: DecisionLog, applications: Sequence[str], segments: Sequence[Segment]) -> pd.DataFrame:
    """The decision that held last of each application that the log knows: `DECIDED`, and its level in each segment.

    One in which the model was stopped has no PD and is left out, and its loan with it. A level is missing where no
    record of its model has the input.
    """
    parts = [pd.DataFrame(columns=DECIDED)]
    for start in range(0, len(applications), AT_ONCE):
        found = log.decided(applications[start : start + AT_ONCE])
        last = {content["application"]: content for content in found}
        by_model: dict[str, list[Content]] = {}
        for content in last.values():
            if content["pd"] is not None:
                by_model.setdefault(content["bundle"], []).append(content)
        for model, contents in by_model.items():
            told = {"application": [one["application"] for one in contents], "pd": [one["pd"] for one in contents]}
            parts.append(pd.DataFrame(told).assign(model=model).join(levels_of(contents, segments)))
    return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)


def _counts(delays: pd.DataFrame) -> CountTable:
    """Delays in the one form of a count, of which those of several days are added."""
    told = {"day": delays["day"], "cell": delays["days"].astype("str"), "n": delays["n"]}
    subject = DELAY + delays["month"].astype("str")
    return CountTable.of(pd.DataFrame(told).assign(subject=subject, model="", segment=EVERYONE, total=0, squares=0))


def _delays(counts: CountTable) -> pd.DataFrame:
    frame = counts.frame
    month = frame["subject"].str.removeprefix(DELAY).astype("int64")
    return pd.DataFrame({"month": month, "days": frame["cell"].astype("int64"), "n": frame["n"]})
