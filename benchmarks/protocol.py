"""AUC of the card on real data under one protocol, beside the yardstick.

Protocol: 10 repetitions (seeds 0 to 9) of stratified five-fold cross-validation; binning, selection and logit are
fitted anew inside every fold; no protected column, and no price or grade of the lender, among the inputs. The
interval is that of the mean over repetitions (Student, 9 degrees of freedom): it covers the folds drawn, not the data.

    python benchmarks/protocol.py [--data FOLDER] [--repetitions 10] [taiwan south_german lendingclub]

The yardstick is a plain tree-binned WoE with an unpenalised logit under the same protocol; it takes every input,
whatever its sign. So two cards are shown: "all inputs" compares like with like; "funnel" has passed the selection, in
which every coefficient must have the right sign and be significant: what a lender could defend, and what that costs.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import stdtrit
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.selection import KEPT, select

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
FOLDS = 5


@dataclass(frozen=True)
class Task:
    """One table of inputs, its target, and the AUC to compare with."""

    name: str
    X: pd.DataFrame
    y: np.ndarray
    yardstick: float
    specials: Mapping[str, Sequence[float]] = field(default_factory=dict)


def taiwan(folder: Path) -> Iterator[Task]:
    table = pd.read_csv(folder / "taiwan_credit_card_default.csv.gz")
    y = table["default_next_month"].to_numpy()
    X = table.drop(columns=["ID", "SEX", "EDUCATION", "MARRIAGE", "AGE", "default_next_month"])
    undocumented = dict.fromkeys(X.filter(regex=r"^PAY_\d$").columns, (-2, 0))  # codes, not months late
    yield Task("taiwan, plain", X, y, 0.7688, undocumented)
    undocumented["worst_delay"] = (-2, 0)
    yield Task("taiwan, with ratios", X.assign(**taiwan_ratios(X)), y, 0.7755, undocumented)


def taiwan_ratios(X: pd.DataFrame) -> dict[str, pd.Series]:
    """Delays over the half-year, use of the limit, and the part of a statement that was paid."""
    delay = X.filter(regex=r"^PAY_\d$")
    ratios = {
        "worst_delay": delay.max(axis=1),
        "mean_delay": delay.mean(axis=1),
        "months_late": delay.gt(0).sum(axis=1),
        "paid_to_limit": X.filter(like="PAY_AMT").sum(axis=1) / X["LIMIT_BAL"],
    }
    for month in (1, 2, 3):
        bill = X[f"BILL_AMT{month}"]
        ratios[f"utilisation_{month}"] = bill / X["LIMIT_BAL"]
        ratios[f"paid_share_{month}"] = (X[f"PAY_AMT{month}"] / bill.where(bill != 0)).clip(-1, 5)
    return ratios


def south_german(folder: Path) -> Iterator[Task]:
    table = pd.read_csv(folder / "south_german_credit.csv.gz")
    X = table.drop(columns=["credit_risk", "age", "personal_status_sex", "foreign_worker"])
    codes = [name for name in X if name not in ("duration", "amount")]
    yield Task("south german", X.astype(dict.fromkeys(codes, "category")), 1 - table["credit_risk"].to_numpy(), 0.7802)


def lendingclub(folder: Path) -> Iterator[Task]:
    table = pd.read_csv(folder / "lendingclub_2007_2011.csv.gz", low_memory=False)
    known_at_application = """
        loan_amnt term purpose emp_length home_ownership annual_inc dti addr_state delinq_2yrs inq_last_6mths open_acc
        total_acc pub_rec pub_rec_bankruptcies mths_since_last_delinq mths_since_last_record revol_bal revol_util"""
    X = table[known_at_application.split()].copy()
    X["history_days"] = (pd.to_datetime(table["issue_d"]) - pd.to_datetime(table["earliest_cr_line"])).dt.days
    yield Task("lendingclub, plain", X, table["bad"].to_numpy(), 0.6904)
    income = X["annual_inc"].where(X["annual_inc"] > 0)
    ratios = {
        "loan_to_income": X["loan_amnt"] / income,
        "monthly_to_income": X["loan_amnt"] / X["term"] / income,
        "revolving_to_income": X["revol_bal"] / income,
        "open_share": X["open_acc"] / X["total_acc"].where(X["total_acc"] > 0),
    }
    yield Task("lendingclub, with ratios", X.assign(**ratios), table["bad"].to_numpy(), 0.6912)


STUDIES: dict[str, Callable[[Path], Iterator[Task]]] = {
    "taiwan": taiwan,
    "south_german": south_german,
    "lendingclub": lendingclub,
}


def fold_auc(task: Task, train: np.ndarray, test: np.ndarray, funnel: bool) -> tuple[float, int]:
    """AUC on the test part and the number of features of a card that saw the training part only."""
    X, y = task.X.iloc[train], task.y[train]
    binning = WoeBinning(special_values=task.specials).fit(X, y)
    chosen = list(X)
    if funnel:
        judged = select(X, y, binning)
        chosen = judged.loc[judged["status"] == KEPT, "feature"].tolist()
    card = Scorecard(binning).fit(X[chosen], y)
    return float(roc_auc_score(task.y[test], card.predict_proba(task.X.iloc[test])[:, 1])), len(chosen)


def measure(task: Task, repetitions: int, funnel: bool) -> str:
    started = time.perf_counter()
    means, sizes = [], []
    for seed in range(repetitions):
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(task.X, task.y)
        results = [fold_auc(task, train, test, funnel) for train, test in folds]
        means.append(np.mean([auc for auc, _ in results]))
        sizes += [size for _, size in results]
    mean = float(np.mean(means))
    reach = stdtrit(repetitions - 1, 0.975) * np.std(means, ddof=1) / np.sqrt(repetitions) if repetitions > 1 else 0.0
    seconds = (time.perf_counter() - started) / (repetitions * FOLDS)
    return (
        f"{task.name:24s} {'funnel' if funnel else 'all inputs':10s}"
        f"  AUC {mean:.4f} [{mean - reach:.4f}, {mean + reach:.4f}]"
        f"  yardstick {task.yardstick:.4f}  difference {mean - task.yardstick:+.4f}"
        f"  {min(sizes)}-{max(sizes)} of {task.X.shape[1]} features  {seconds:.2f} s a fold"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("studies", nargs="*", metavar="STUDY", help=f"any of {', '.join(STUDIES)}; all if none")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the .csv.gz files")
    parser.add_argument("--repetitions", type=int, default=10)
    chosen = parser.parse_args()
    if unknown := set(chosen.studies) - set(STUDIES):
        parser.error(f"studies must be among {', '.join(STUDIES)}, got {', '.join(sorted(unknown))}")
    for name in chosen.studies or STUDIES:
        for task in STUDIES[name](chosen.data):
            for funnel in (False, True):
                print(measure(task, chosen.repetitions, funnel), flush=True)


if __name__ == "__main__":
    main()
