"""What validation looks at: the scores of a run, with what divides the portfolio and what is at stake beside them."""

from pandas import DataFrame

from riskbench.data.study import Study
from riskbench.scorecard.card import Scorecard


def scored(study: Study, scores: DataFrame, applications: DataFrame, card: Scorecard) -> DataFrame:
    """One row an application, as the battery asks for it (`battery/case.py: Case.rows`).

    From `scores`: sample, month, y, pd and pd_applied. Beside them pd_of_points, the PD that the whole points stand
    for; amount, what was applied for, where the study names its column; and the study's segments. `applications` holds
    the same rows in the same order. Raises ValueError where the numbers of rows differ.
    """
    if len(scores) != len(applications):
        raise ValueError(f"scores and applications must hold the same rows, got {len(scores)} and {len(applications)}")
    rows = scores[["sample", "month", "y", "pd", "pd_applied"]].assign(pd_of_points=card.score_to_pd(scores["score"]))
    if study.base.amount:
        rows["amount"] = applications[study.base.amount].to_numpy()
    return rows.assign(**{column: applications[column].to_numpy() for column in study.base.segments})
