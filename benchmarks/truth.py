"""The card against the truth: on the synthetic portfolio the true PD of every applicant is known.

    python benchmarks/truth.py RUN        a finished run of the study microloan; without it, a run is made first

Prints, over all applicants of the stable period outside development, rejects included: Pearson's correlation between
the logits of the card's PD and of the true PD, the same for boosting, and their ratio; and the card's calibration slope
on the booked loans whose outcome is known.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from riskbench import metrics
from riskbench.data.synthetic import TRUTH_FILE

ROOT = Path(__file__).parents[1]


def table(run: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(next((run / "artifacts").glob(f"*/{name}.parquet")))


def log_odds(pd_: np.ndarray) -> np.ndarray:
    return np.log(pd_ / (1 - pd_))


def measure(run: Path) -> None:
    # A run's rows keep the order of the original keys, so the truth meets them by position: pseudonyms hide the keys.
    truth = pd.read_parquet(ROOT / "data" / "microloan" / TRUTH_FILE).sort_values("application_id")
    scores, others = table(run, "scores"), table(run, "challenger_scores")
    stable = (scores["sample"] == "out_of_time").to_numpy()
    true = log_odds(truth["true_pd"].to_numpy()[stable])
    correlation = {
        name: float(np.corrcoef(log_odds(pds.to_numpy()[stable]), true)[0, 1])
        for name, pds in {"card": scores["pd"], **{n: others[n] for n in ("boosting", "forest", "svm")}}.items()
    }
    for name, value in correlation.items():
        print(f"correlation of logits with the truth, {name:9s} {value:.4f}")
    print(f"card / boosting {correlation['card'] / correlation['boosting']:.1%} (bound: 95 %), n = {stable.sum():,}")
    labelled = stable & scores["y"].notna().to_numpy()
    line = metrics.calibration_line(scores.loc[labelled, "y"], scores.loc[labelled, "pd"]).slope
    everyone = metrics.calibration_line(
        truth["would_default"].to_numpy(float)[stable], scores["pd"].to_numpy()[stable]
    ).slope
    for who, e in (("booked loans with an outcome", line), ("all applicants, by the truth", everyone)):
        print(f"calibration slope, {who}: {e.value:.3f} ({e.lower:.3f} to {e.upper:.3f}) (bounds: .9 to 1.1)")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as place:
            out = Path(place) / "run"
            subprocess.run([sys.executable, "-m", "riskbench.cli", "run", "--out", str(out)], cwd=ROOT, check=True)
            measure(out)
