"""Reject inference against the truth: how much closer to the true PDs each method comes than doing nothing.

    python benchmarks/reject_inference.py [PORTFOLIOS]     synthetic portfolios, made from one seed after another (5)

Each portfolio goes through the chain up to the notebook on reject inference, which compares its methods with the true
PDs of the declined. Two rows are added that no lender could have: `everybody's outcome`, the card's features fitted on
what all applications of development would have done, and `probit, by form alone`, the bivariate probit without a
variable that moves the decision alone. Printed: means over the portfolios, and in how many a method came closer.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from riskbench.data.study import STUDY_FILE, load_study
from riskbench.data.synthetic import SEED, TRUTH_FILE, truth
from riskbench.scorecard import Scorecard
from riskbench.scorecard.rejects.bivariate_probit import fit_bivariate_probit
from riskbench.scorecard.rejects.declined import declined
from riskbench.scorecard.rejects.methods import Rows
from riskbench.scorecard.rejects.refitting import refit

ROOT = Path(__file__).parents[1]
SAMPLE = "out_of_time"
BIAS, OFF = "bias, points", "mean absolute error, points"


def portfolio(place: Path, seed: int) -> tuple[Path, Path]:
    """A study with another seed, and its run up to reject inference."""
    study, run = place / "microloan", place / "run"
    study.mkdir()
    for file in (STUDY_FILE, "policy.yaml"):
        text = (ROOT / "data" / "microloan" / file).read_text("utf-8")
        (study / file).write_text(text.replace(f"seed = {SEED}", f"seed = {seed}"), "utf-8")
    command = [sys.executable, "-m", "riskbench.cli", "run", "--study", str(study), "--only", "rejects"]
    subprocess.run([*command, "--out", str(run)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return study, run


def errors_of(run: Path) -> pd.DataFrame:
    """The table that the notebook recorded."""
    evidence = json.loads((run / "evidence.json").read_text("utf-8"))
    table = next(e["value"] for e in evidence if e["id"] == f"rejects.truth.errors.{SAMPLE}")
    return pd.DataFrame(table["rows"], columns=table["columns"])


def beyond_reach(study_folder: Path, run: Path) -> pd.DataFrame:
    """The errors of what no lender could fit, and of what none should."""
    study = load_study(study_folder / STUDY_FILE)
    applications, features = (
        pd.read_parquet(next((run / "artifacts").glob(f"*/{name}.parquet"))) for name in ("applications", "features")
    )
    card = Scorecard.from_dict(json.loads((run / "artifacts" / "scorecard" / "card.json").read_text("utf-8")))
    X, refused = features[list(card.points_)], declined(study, applications)
    # A run's rows keep the order of the original keys, so the truth meets them by position.
    would = pd.read_parquet(study_folder / TRUTH_FILE).sort_values("application_id")["would_default"].to_numpy(int)
    at = np.flatnonzero(applications["sample"] == "development")
    known = (applications["sample"] == "development") & (applications["y"].notna() | refused)
    W = card.binning_.transform(X)
    pds = pd.DataFrame(
        {
            "everybody's outcome": refit(card, X, Rows(at, would[at], np.ones(len(at)))).predict_proba(X)[:, 1],
            "probit, by form alone": fit_bivariate_probit(W[known], applications.loc[known, "y"], W[known]).probability(
                W
            ),
        }
    )
    return truth.in_points(truth.errors(study, pds, refused & (applications["sample"] == SAMPLE)))


def main(portfolios: int) -> None:
    found = []
    for seed in range(SEED, SEED + portfolios):
        with tempfile.TemporaryDirectory() as place:
            study, run = portfolio(Path(place), seed)
            found.append(pd.concat([errors_of(run), beyond_reach(study, run)]).assign(seed=seed))
            print(f"portfolio of seed {seed} done", flush=True)
    told = pd.concat(found)
    nothing = told[told["method"] == "Doing nothing"].set_index("seed")[OFF]
    told["closer"] = told[OFF] < told["seed"].map(nothing)
    shown = told.groupby("method", sort=False).agg(
        bias=(BIAS, "mean"),
        least_bias=(BIAS, "min"),
        most_bias=(BIAS, "max"),
        mean_absolute_error=(OFF, "mean"),
        rank_correlation=("rank_correlation", "mean"),
        closer=("closer", "sum"),
    )
    print(f"\nthe declined of {SAMPLE}, {portfolios} portfolios; percentage points; bias: mean PD less mean true PD")
    print(f"closer: portfolios in which the mean absolute error is below that of doing nothing, of {portfolios}\n")
    print(shown.round(2).to_string())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
