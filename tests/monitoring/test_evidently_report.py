import re
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.monitoring.evidently_report import beside_ours, write_drift_report

OUTSIDE = re.compile(
    r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//|@import\s+(?:url|["'])|url\(\s*["']?(?:https?:)?//"""
)


def frame(shift: float) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    purpose = pd.Series(rng.choice(["stock", "school"], 6000), dtype="str")
    return pd.DataFrame({"score": rng.normal(550 + shift, 40, 6000), "purpose": purpose})


def test_the_report_is_one_page_that_draws_without_the_network_and_its_figures_come_back(tmp_path: Path, chromium: str):
    # one test, because the library takes seconds to import
    page = tmp_path / "drift.html"
    figures = write_drift_report(frame(0), frame(40), page, most_rows=2000).set_index("column")
    assert figures.drifted.to_dict() == {"score": True, "purpose": False}
    assert (figures.score["score"] > 0.1) & (figures.threshold == 0.1).all()

    html = page.read_text("utf-8")
    assert not OUTSIDE.search(html)
    assert html.index("Content-Security-Policy") < html.index("<script")
    arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=8000",
        "--dump-dom",
        page.as_uri(),
    ]
    drawn = subprocess.run([chromium, *arguments], capture_output=True, text=True, timeout=60, check=True).stdout
    assert f"{figures.score['score']:.6f}" in drawn  # the table that the page's own script makes


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
