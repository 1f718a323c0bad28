"""Who was declined at the time, and of whom the outcome is known."""

import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.data.applications import decisions_in_force
from riskbench.data.study import Study

BOOKED = "the study holds booked loans only"
NO_DECLINED = "the study has no declined applications"


class NobodyDeclined(NotEvaluated):
    """The study shows nobody who was declined: there is nothing to infer; the text says why."""


def declined(study: Study, applications: pd.DataFrame) -> pd.Series:
    """Which applications were declined and have no label, by row.

    `applications` has the columns sample, y (NaN = no label) and the study's decision. Raises `NobodyDeclined` where
    the population is booked loans, where no decisions are recorded, or where the sample that develops or the one that
    judges holds no such application.
    """
    if study.population == "booked":
        raise NobodyDeclined(BOOKED)
    if study.base.decision is None:
        raise NobodyDeclined(NO_DECLINED)
    refused = ~decisions_in_force(study, applications) & applications["y"].isna()
    if not {"development", study.holdout} <= set(applications.loc[refused, "sample"]):
        raise NobodyDeclined(NO_DECLINED)
    return refused


def populations(applications: pd.DataFrame, refused: pd.Series, pd_: pd.Series, samples: list[str]) -> pd.DataFrame:
    """Who is known and who is not, by sample: number, share of the sample, mean PD, and the bad rate where known.

    `refused` and `pd_` are by row of `applications`, whose columns sample and y are read.
    """
    y = applications["y"]
    groups = {
        "known good or bad": y.notna(),
        "declined": refused,
        "accepted, no outcome yet or not taken": ~refused & y.isna(),
    }
    rows = []
    for sample in samples:
        inside = applications["sample"] == sample
        for name, group in groups.items():
            here = inside & group
            rows.append((sample, name, here.sum(), here.sum() / inside.sum(), pd_[here].mean(), y[here].mean()))
    return pd.DataFrame(rows, columns=["sample", "applications", "n", "share", "mean_pd", "bad_rate"])
