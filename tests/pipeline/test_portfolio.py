import json
import re
from pathlib import Path

import pytest

from riskbench.pipeline.portfolio import figures_at, read_portfolio, write_portfolio
from riskbench.pipeline.run_folder import EVIDENCE_FILE


@pytest.fixture
def reports(tmp_path: Path, small_run) -> Path:
    for day, auc in ((1, 0.7), (2, 0.64), (3, 0.72)):
        small_run(tmp_path / f"run-{day}", day, auc)
    return tmp_path


def page(reports: Path) -> str:
    return write_portfolio(reports, reports / "registry").read_text("utf-8")


def test_runs_stand_the_newest_first_with_their_key_figures_and_counts(reports):
    html = page(reports)
    places = [html.index(f"run-{day}/index.html") for day in (3, 2, 1)]
    assert places == sorted(places)
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    assert [("0.720" in row, "meets" in row) for row in rows if "run-3/" in row] == [(True, True)]
    assert [("0.640" in row, "watch" in row) for row in rows if "run-2/" in row] == [(True, True)]


def test_the_trend_of_a_figure_is_a_line_with_its_numbers(reports):
    html = page(reports)
    assert 'aria-label="AUC over 3 runs: 0.700 at first, 0.720 now"' in html
    assert html.count('class="sparkline" role') == 1  # the runs record no other key figure


def test_a_rerun_stands_below_its_original_and_not_in_the_trend(reports):
    manifest = json.loads((reports / "run-3" / "manifest.json").read_text())
    rerun = {"of": "run-1", "manifest_sha256": "0" * 64, "by": "wang"}
    (reports / "run-3" / "manifest.json").write_text(json.dumps(manifest | {"rerun": rerun}))
    html = page(reports)
    assert html.index("run-2/index.html") < html.index("run-1/index.html") < html.index("run-3/index.html")
    assert "rerun of run-1 by wang" in html
    assert "AUC over 2 runs" in html


def test_a_run_leads_to_the_dossier_that_was_written_later(reports):
    (reports / "dossiers" / "run-1").mkdir(parents=True)
    (reports / "dossiers" / "run-1" / "index.html").touch()
    assert 'href="dossiers/run-1/index.html"' in page(reports)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda run: (run / "manifest.json").write_text("{"), "Expecting property name"),
        (lambda run: (run / "manifest.json").unlink(), "not finished, or a draft"),
        (lambda run: (run / EVIDENCE_FILE).unlink(), "No such file"),
        (lambda run: (run / "study.toml").write_text("="), "Invalid"),
        (lambda run: (run / "manifest.json").write_text('{"run_id": "x"}'), "it lacks"),
        (lambda run: (run / "manifest.json").write_bytes(b"\xff\xfe\x00"), "utf"),
    ],
)
def test_a_broken_run_is_named_with_its_reason_and_the_others_are_shown(reports, spoil, why):
    spoil(reports / "run-2")
    found = read_portfolio(reports, reports / "registry")
    assert [line.run for line in found.runs] == ["run-1", "run-3"]
    assert why in found.unread["run-2"]
    assert "Not shown" in page(reports)


def test_folders_of_something_else_are_passed_over(reports):
    (reports / "holiday pictures").mkdir()
    (reports / "README.md").write_text("text")
    (reports / "site").mkdir()
    (reports / "site" / "manifest.json").write_text('{"name": "an app"}')
    found = read_portfolio(reports, reports / "registry")
    assert len(found.runs) == 3
    assert not found.unread


def test_a_registry_that_cannot_be_read_is_named_and_the_runs_are_shown(reports):
    (reports / "registry" / "versions").mkdir(parents=True)
    (reports / "registry" / "versions" / "m-1.yaml").write_text("no: record")
    found = read_portfolio(reports, reports / "registry")
    assert len(found.runs) == 3
    assert "m-1.yaml" in found.unread["registry"]


@pytest.mark.parametrize("there", [True, False])
def test_without_runs_the_page_says_so(tmp_path, there):
    if there:
        (tmp_path / "reports").mkdir()
    assert "no finished run here yet" in page(tmp_path / "reports")


def test_figures_are_found_where_their_ids_stand_and_nowhere_else(tmp_path, small_run):
    small_run(tmp_path / "run")
    text = (tmp_path / "run" / EVIDENCE_FILE).read_text("utf-8")
    found = figures_at(text, ["validation.champion.auc.test", "validation.champion.auc.out_of_time"])
    assert [(id_, e.value) for id_, e in found.items()] == [("validation.champion.auc.test", 0.7)]


def test_old_runs_beyond_the_first_dozen_are_folded(tmp_path, small_run):
    for day in range(1, 15):
        small_run(tmp_path / f"run-{day}", day)
    assert "<summary>2 older runs</summary>" in page(tmp_path)
