"""How much sooner early outcomes show a change of the odds than labels do, and how often they cry without one.

    python benchmarks/early_outcomes.py [PORTFOLIOS] [APPLICATIONS]      about four CPU seconds each (20, 40000)

Each portfolio is synthetic, with another seed; its odds change in month 29 (May 2025). A plain logistic regression on
booked loans of development stands for the card. At each month's end, by what was known then, open loans are held
against development's of the same PD, term and age, and the newest matured vintage against its mean PD. Printed: of the
looks before the change the share that fail (p below .01; a test that is right fails in one of a hundred), and the
month's end at which each first fails after it. At last the time of `outcome_counts` over that of the plain groupby of
the same table, its floor.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from riskbench.core.thresholds import Thresholds
from riskbench.data.engine import Engine
from riskbench.data.labels import labels_of
from riskbench.data.performance import performance_of
from riskbench.data.samples import assign_samples
from riskbench.data.study import Study, load_study
from riskbench.data.synthetic import generate
from riskbench.monitoring.outcomes import early
from riskbench.monitoring.outcomes.booked import Booked
from riskbench.monitoring.outcomes.counts import outcome_counts
from riskbench.monitoring.outcomes.expected import Lines

CHANGE = "2025-05"
INPUTS = ["amount_requested", "term_months", "monthly_income", "monthly_expense", "open_loans", "delinquencies_12m"]
INPUTS += ["utilisation", "enquiries_6m", "months_since_oldest", "mean_low_balance_days", "elsewhere_worst_dpd"]
ROOT = Path(__file__).parents[1]


def portfolio(study: Study, folder: Path, applications: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Applications with their PDs, and what is known of the booked loans."""
    generate(folder, applications=applications, seed=seed)
    engine = Engine(study, folder)
    joined = engine.collate()
    told = labels_of(engine, joined).assign(application=joined["application_id"])
    told["month"] = pd.to_datetime(joined["decided_at"]).dt.strftime("%Y-%m")
    told["sample"], told["term"] = assign_samples(study, joined, 0), joined["term_months"]
    X = np.nan_to_num(joined[INPUTS].to_numpy(float), nan=0.0)
    fit = (told["sample"] == "development").to_numpy() & told["y"].notna().to_numpy()
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[fit], told["y"][fit])
    return told.assign(pd=model.predict_proba(X)[:, 1]), performance_of(engine, joined, told)


def first_after(looks: pd.DataFrame, p_value: str, amber: float) -> str:
    failed = looks.loc[(looks["month"] >= CHANGE) & (looks[p_value] < amber), "month"]
    return str(failed.iloc[0]) if len(failed) else "none"


def main(portfolios: int = 20, applications: int = 40_000) -> None:
    study = load_study(ROOT / "data" / "microloan" / "study.toml")
    amber, found, before = Thresholds()[early.LIMIT].amber, [], []
    for seed in range(portfolios):
        with TemporaryDirectory() as folder:
            told, paid = portfolio(study, Path(folder), applications, seed)
        looks = early.by_look(Lines.of_development(Booked.of(told, told[["pd"]], paid, term="term")))
        before.append(looks.loc[looks["month"] < CHANGE, ["p_value", "matured_p_value"]] < amber)
        found.append((first_after(looks, "p_value", amber), first_after(looks, "matured_p_value", amber)))
    firsts = pd.DataFrame(found, columns=["early outcomes", "labels"])
    alarms = pd.concat(before)
    print(f"{portfolios} portfolios of {applications:,} applications, odds changed in {CHANGE}")
    of_early, of_labels = (float(alarms[name].mean()) for name in ("p_value", "matured_p_value"))
    print(f"looks before it that fail: early {of_early:.1%}, labels {of_labels:.1%}")
    for name in firsts:
        print(
            f"first fail of {name}: "
            + ", ".join(f"{m} {n}" for m, n in firsts[name].value_counts().sort_index().items())
        )
    start = time.process_time()
    outcome_counts(paid, told)
    ours, start = time.process_time() - start, time.process_time()
    long = paid.melt(["decided_on"], [f"bad_{m}" for m in range(1, 7)]).dropna()
    long.groupby(["decided_on", "variable", "value"]).size()
    print(f"outcome_counts over a plain groupby of the same outcomes: {ours / (time.process_time() - start):.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
