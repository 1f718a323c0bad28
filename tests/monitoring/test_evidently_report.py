import re
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.metrics.discrimination import auc
from riskbench.monitoring.evidently_report import (
    Sampling,
    beside_ours,
    write_drift_report,
    write_performance_report,
    write_summary_report,
)

OUTSIDE = re.compile(
    r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//|@import\s+(?:url|["'])|url\(\s*["']?(?:https?:)?//"""
)


def frame(shift: float) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    purpose = pd.Series(rng.choice(["stock", "school"], 6000), dtype="str")
    return pd.DataFrame({"score": rng.normal(550 + shift, 40, 6000), "purpose": purpose})


def labelled(shift: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    pd_ = rng.beta(2, 8, 3000)
    return pd.DataFrame({"y": (rng.random(3000) < pd_ + shift).astype(float), "pd": pd_})


def test_the_reports_are_pages_that_draw_without_the_network_and_their_figures_come_back(tmp_path: Path, chromium: str):
    # one test, because the library takes seconds to import
    sampling, pages = Sampling(2000), [tmp_path / f"{name}.html" for name in ("drift", "summary", "performance")]
    figures = write_drift_report(frame(0), frame(40), pages[0], sampling).set_index("column")
    assert figures.drifted.to_dict() == {"score": True, "purpose": False}
    assert (figures.score["score"] > 0.1) & (figures.threshold == 0.1).all()
    write_summary_report(frame(0), frame(40), pages[1], sampling)
    now = labelled(0.05, 1)
    told = write_performance_report(labelled(0, 0), now, pages[2]).set_index("measure")["evidently"]
    assert told["RocAuc"] == pytest.approx(auc(now["y"], now["pd"]).value)

    for page in pages:
        html = page.read_text("utf-8")
        assert not OUTSIDE.search(html)
        assert html.index("Content-Security-Policy") < html.index("<script")
    arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=8000",
        "--dump-dom",
        pages[0].as_uri(),
    ]
    drawn = subprocess.run([chromium, *arguments], capture_output=True, text=True, timeout=60, check=True).stdout
    assert f"{figures.score['score']:.6f}" in drawn  # the table that the page's own script makes


def test_what_is_said_of_the_bins_of_evidently_holds(tmp_path: Path):
    # as DIFFERENCES tells: equal widths by Sturges' rule on both samples together, an empty cell a share of .0001
    before, now = frame(0)[["score"]], frame(40)[["score"]]
    edges = np.histogram_bin_edges(np.concatenate([before, now]), bins="sturges")
    shares = [np.histogram(side, edges)[0] / len(side) for side in (before, now)]
    first, second = (np.where(share == 0, 0.0001, share) for share in shares)
    theirs = write_drift_report(before, now, tmp_path / "drift.html", Sampling(6000))
    assert theirs.score[0] == pytest.approx(((first - second) * np.log(first / second)).sum())


def test_a_side_of_one_class_is_no_classifier(tmp_path: Path):
    with pytest.raises(ValueError, match="current must hold goods and bads, got 3000 rows of one class"):
        write_performance_report(labelled(0, 0), labelled(0, 0).assign(y=0.0), tmp_path / "x.html")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("current", "message"),
    [
        (frame(0)[["score"]], "current must have the columns score, purpose, got score"),
        (frame(0).iloc[:0], "current must have rows"),
    ],
)
def test_frames_that_cannot_be_compared_are_refused_before_anything_is_imported(tmp_path, current, message):
    with pytest.raises(ValueError, match=message):
        write_drift_report(frame(0), current, tmp_path / "drift.html")
    assert not list(tmp_path.iterdir())


def test_a_column_that_we_have_no_figure_of_stands_beside_a_gap():
    theirs = pd.DataFrame({"column": ["age", "score"], "score": [0.115, 0.002]})
    assert beside_ours(theirs, {"score": None, "age": 0.169}).ours.tolist() == pytest.approx(
        [0.169, np.nan], nan_ok=True
    )
