"""Outcomes joined to the decisions that caused them, as both were known on a day; what did not join is counted.

An application may have been decided several times: its loan belongs to the decision that held last.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from riskbench.data.engine import Engine
from riskbench.data.labels import labels_of
from riskbench.data.performance import known_by, performance_of

COLUMNS = [
    "decision", "day", "month", "model", "arm", "band", "action", "said", "override", "pd", "score", "label", "age",
]  # fmt: skip
NOT_BOOKED = "not_booked"
Names = Callable[[pd.Series], pd.Series]


@dataclass(frozen=True)
class Counts:
    """What joined and what did not.

    `superseded`: decisions of an application that was decided again later. `unknown`: decisions of applications that
    the study's tables do not hold. `not_booked`: decisions that became no loan. `undecided`: loans of which there is no
    decision. `matured`: decisions whose loan is good or bad.
    """

    decisions: int
    superseded: int
    unknown: int
    joined: int
    not_booked: int
    matured: int
    undecided: int

    def told(self) -> list[str]:
        """The counts as sentences."""
        return [
            f"{self.decisions:,} decisions, of which {self.superseded:,} were superseded by a later one of the same "
            "application",
            f"{self.joined:,} joined to an application, of which {self.matured:,} are good or bad and "
            f"{self.not_booked:,} became no loan",
            f"{self.unknown:,} decisions of applications that the tables do not hold",
            f"{self.undecided:,} loans without a decision",
        ]


@dataclass(frozen=True, eq=False)
class Feedback:
    """One row a decision that has an outcome (`COLUMNS`), and the counts of the join."""

    rows: pd.DataFrame
    counts: Counts


def outcomes_at(engine: Engine, names: Names, at: dt.date) -> pd.DataFrame:
    """One row an application decided by the day `at`: `application`, `decided_on`, `label` and `age`.

    `names` gives the names by which decisions know the keys of applications, as tokens or pseudonyms. `label` is what
    was known on the day: good, bad or why neither ("immature", "not_booked"); `age` are full calendar months from the
    decision to the day. Raises `NotEvaluated` for a study without dates.
    """
    joined = engine.collate()
    applications = _named(engine, joined, names)
    known = known_by(performance_of(engine, joined, applications), at).set_index("application")["label"]
    applications["decided_on"] = pd.to_datetime(joined[engine.study.as_of]).dt.normalize().astype("datetime64[s]")
    applications = applications[applications["decided_on"] <= pd.Timestamp(at)].reset_index(drop=True)
    applications["label"] = applications["application"].map(known).fillna(NOT_BOOKED).astype("str")
    return applications.assign(age=_months(applications["decided_on"], at))


def join(decisions: pd.DataFrame, outcomes: pd.DataFrame) -> Feedback:
    """Outcomes beside the decision of each application that held last.

    `decisions` as `decisions_of` gives them, `outcomes` as `outcomes_at`; the names of applications are those of both.
    The day of a row is that of its decision, in UTC. Nothing else of an application goes along.
    """
    last = decisions.drop_duplicates("application", keep="last")
    both = last.merge(outcomes, on="application", how="inner", validate="one_to_one")
    day = both["at"].dt.normalize().astype("datetime64[s]")
    rows = both.assign(day=day, month=day.dt.strftime("%Y-%m").astype("str"))[COLUMNS]
    booked = outcomes.loc[outcomes["label"] != NOT_BOOKED, "application"]
    counts = Counts(
        decisions=len(decisions),
        superseded=len(decisions) - len(last),
        unknown=len(last) - len(both),
        joined=len(rows),
        not_booked=int((rows["label"] == NOT_BOOKED).sum()),
        matured=int(rows["label"].isin(["good", "bad"]).sum()),
        undecided=int((~booked.isin(last["application"])).sum()),
    )
    return Feedback(rows.reset_index(drop=True), counts)


def _named(engine: Engine, joined: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Applications by the names that decisions have for them, with their label."""
    labels = labels_of(engine, joined)["label"].astype("str")
    return pd.DataFrame({"application": names(joined[engine.study.base.key]), "label": labels})


def _months(decided: pd.Series, at: dt.date) -> pd.Series:
    months = 12 * (at.year - decided.dt.year) + at.month - decided.dt.month
    return (months - (decided.dt.day > at.day)).clip(lower=0).astype("int64")
