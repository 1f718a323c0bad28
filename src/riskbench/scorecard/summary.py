"""What a card does to applications, in a few tables, and the checks that a card must pass."""

import numpy as np
import pandas as pd

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.prior import moved
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.inference import statsmodels_difference

CARRIED = ["application", "month", "sample", "label", "y"]  # what every table of scores says of an application


def score_table(
    card: Scorecard, applications: pd.DataFrame, features: pd.DataFrame, shift: float = 0.0
) -> pd.DataFrame:
    """One row an application: pseudonym, month, sample, label, y, PDs and score.

    `pd` is at the bad rate of the data, to be compared with y; `pd_applied` is what the card says and the policy uses.
    They are one unless the card was moved by `shift` to the bad rate of the population.
    """
    inputs = features[list(card.points_)]
    applied = card.predict_proba(inputs)[:, 1]
    return applications[CARRIED].assign(pd=moved(applied, -shift), pd_applied=applied, score=card.points(inputs))


def score_distribution(scores: pd.DataFrame, width: int = 10) -> pd.DataFrame:
    """Goods and bads by band of `width` points: columns score (lower edge), good, bad. Only labelled rows count."""
    labelled = scores[scores["y"].notna()]
    lower = (labelled["score"] // width * width).astype(int)
    edges = np.arange(lower.min(), lower.max() + width, width)
    counts = {
        name: lower[labelled["y"] == value].value_counts().reindex(edges, fill_value=0).to_numpy()
        for name, value in (("good", 0), ("bad", 1))
    }
    return pd.DataFrame({"score": edges} | counts)


def reason_shares(reasons: pd.DataFrame) -> pd.DataFrame:
    """How often each feature is the first reason; `none` where an application lost no point."""
    first = reasons["reason_1"].astype(object).where(reasons["reason_1"].notna(), "none")
    shares = first.value_counts(normalize=True)
    return (
        shares.rename_axis("feature")
        .rename("share")
        .reset_index()
        .sort_values(["share", "feature"], ascending=[False, True])
    )


def example_table(card: Scorecard, example: pd.Series) -> pd.DataFrame:
    """`Scorecard.explain` with its values as text, and a last row that sums the points and gives the PD."""
    told = card.explain(example)
    rows = told.assign(value=[f"{value:g}" if isinstance(value, float) else str(value) for value in told["value"]])
    score = int(rows["points"].sum())
    total = {"feature": "score", "value": f"PD {card.score_to_pd(score):.1%}", "bin": "", "points": score}
    return pd.concat([rows, pd.DataFrame([total | {"points_lost": int(rows["points_lost"].sum())}])], ignore_index=True)


def card_checks(
    card: Scorecard, X: pd.DataFrame, y: pd.Series, example: pd.Series, thresholds: Thresholds
) -> list[CheckResult]:
    """Signs, significance, rounding, the sum of an example's points, and agreement with statsmodels."""
    summary = card.summary().query("term != 'intercept'")
    weakest = summary.sort_values("p_value").iloc[-1]
    told = card.explain(example)
    frame = pd.DataFrame({name: [example[name]] for name in card.points_})
    gap = float(told["points"].sum() - card.points(frame)[0])
    p_value = Estimate(float(weakest["p_value"]), n=len(X), method="Wald test, two-sided")
    wrong = Estimate(len(card.sign_violations_), n=len(summary), method="count of coefficients above 0")
    return [
        CheckResult(
            "champion.sign_violations",
            "Coefficients with the wrong sign",
            wrong,
            thresholds["scorecard.sign_violations"],
        ),
        CheckResult(
            "champion.largest_p_value",
            f"Largest p-value of a coefficient ({weakest['term']})",
            p_value,
            thresholds["scorecard.p_value"],
        ),
        CheckResult(
            "champion.rounding_error",
            "Points lost to rounding, on average",
            card.rounding_error(X),
            thresholds["scorecard.points_error"],
        ),
        CheckResult(
            "champion.points_sum_gap",
            "Sum of the example's points less its score",
            Estimate(abs(gap), n=1),
            thresholds["scorecard.equivalence"],
        ),
        CheckResult(
            "champion.solver_difference",
            "Largest difference of a coefficient from statsmodels'",
            statsmodels_difference(card.binning_.transform(X), y, card.logit_),
            thresholds["scorecard.equivalence"],
        ),
    ]
