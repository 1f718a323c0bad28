"""AUC of the card on real data under one protocol, beside the yardstick.

Protocol: 10 repetitions (seeds 0 to 9) of stratified five-fold cross-validation over every labelled application of a
study; binning, selection and logit are fitted anew inside every fold; no protected column, and no price or grade of
the lender, among the inputs. Where the study has an out-of-time sample, a card of the whole development period is
judged on it too.

    python benchmarks/protocol.py [--data FOLDER] [--repetitions 10] [taiwan south_german lendingclub superlender]

The yardstick is a plain tree-binned WoE with an unpenalised logit under the same protocol; it takes every input,
whatever its sign. So two cards are shown: "all inputs" compares like with like; "funnel" is the study's own card, as
the notebooks build it: every coefficient has the right sign and is worth its place. Features whose distribution moved
within the development period are no candidates of it; that is found without looking at any outcome.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.data.applications import assemble_applications
from riskbench.data.candidates import candidates_of
from riskbench.data.engine import Engine
from riskbench.data.labels import label
from riskbench.data.samples import assign_samples
from riskbench.data.sources import add_public
from riskbench.data.study import Study, load_study
from riskbench.scorecard import Scorecard
from riskbench.scorecard.design import CardDesign, card_builder, declared_binning
from riskbench.scorecard.regression.collinearity import dependent_columns
from riskbench.scorecard.selection import quarters_of, select
from riskbench.validation.cross_validation import cross_validated_auc

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
SOURCES = {  # file or folder below --data, and what the yardstick reached by the protocol and on the out-of-time sample
    "taiwan": ("taiwan_credit_card_default.csv.gz", 0.7755, None),
    "south_german": ("south_german_credit.csv.gz", 0.7802, None),
    "lendingclub": ("lendingclub_2007_2011.csv.gz", 0.6912, 0.6848),
    "superlender": ("internal-only", 0.7027, None),
}
Fit = Callable[[pd.DataFrame, np.ndarray], Scorecard]


def applications_of(study: Study, source: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every labelled application with its sample and y, and the candidates beside it."""
    with tempfile.TemporaryDirectory() as folder:
        add_public(study, Path(folder), source)
        joined = Engine(study, Path(folder)).collate()
    labels = label(study, joined, None)
    applications = assemble_applications(study, joined, labels, assign_samples(study, joined), key=bytes(32))
    known = applications["y"].notna().to_numpy()
    candidates = candidates_of(study, applications)
    return applications[known].reset_index(drop=True), candidates[known].reset_index(drop=True)


def all_inputs(study: Study) -> Fit:
    def fit(X: pd.DataFrame, y: np.ndarray) -> Scorecard:
        binning = declared_binning(study, X.columns).fit(X, y)
        W = binning.transform(X)[binning.iv_.index[binning.iv_ > 0]]
        chosen = list(W.columns.difference(dependent_columns(W), sort=False))
        return Scorecard(binning.restricted_to(chosen)).fit(X[chosen], y)

    return fit


def funnel(study: Study, applications: pd.DataFrame, X: pd.DataFrame) -> Fit:
    develop = (applications["sample"] == "development").to_numpy()
    rows, y = X[develop], applications.loc[develop, "y"]
    binning = declared_binning(study, X.columns).fit(rows, y)
    found = select(rows, y, binning, study.limits, periods=quarters_of(applications.loc[develop, "month"]))
    return card_builder(study, CardDesign(left_out=found.loc[found["step"] == "stability", "feature"].tolist()))


def measure(name: str, what: str, estimate: Estimate, yardstick: float | None, seconds: float) -> None:
    beside = f"  yardstick {yardstick:.4f}  difference {(estimate.value or 0) - yardstick:+.4f}" if yardstick else ""
    interval = f"AUC {estimate.value:.4f} [{estimate.lower:.4f}, {estimate.upper:.4f}]"
    print(f"{name:13s} {what:24s} {interval}{beside}  n {estimate.n:,}  {seconds:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("studies", nargs="*", metavar="STUDY", help=f"any of {', '.join(SOURCES)}; all if none")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the .csv.gz files")
    parser.add_argument("--repetitions", type=int, default=10)
    chosen = parser.parse_args()
    if unknown := set(chosen.studies) - set(SOURCES):
        parser.error(f"studies must be among {', '.join(SOURCES)}, got {', '.join(sorted(unknown))}")
    for name in chosen.studies or SOURCES:
        source, yardstick, later_yardstick = SOURCES[name]
        study = load_study(ROOT / "data" / name / "study.toml")
        applications, X = applications_of(study, chosen.data / source)
        y = applications["y"].to_numpy()
        for what, fit in (("all inputs", all_inputs(study)), ("funnel", funnel(study, applications, X))):
            began = time.perf_counter()
            found = cross_validated_auc(fit, X, y, repetitions=chosen.repetitions)
            measure(name, what, found, yardstick, time.perf_counter() - began)
            later = (applications["sample"] == "out_of_time").to_numpy()
            if later.any():
                began = time.perf_counter()
                pd_ = fit(X[~later], y[~later]).predict_proba(X[later])[:, 1]
                measure(
                    name,
                    f"{what}, out of time",
                    metrics.auc(y[later], pd_),
                    later_yardstick,
                    time.perf_counter() - began,
                )


if __name__ == "__main__":
    main()
