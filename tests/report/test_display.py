"""What a modeller sees who ends a cell with a result, in a notebook, in nbconvert's HTML and on a page."""

import importlib
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from nbformat import v4

from riskbench.core.evidence import Evidence, Table
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Threshold
from riskbench.data.study import load_study
from riskbench.report import display, figures
from riskbench.report.clean import clean_html
from riskbench.report.layout import Dossier, Page
from riskbench.report.stage_page import render_stage
from riskbench.scorecard import Scorecard, WoeBinning

STUDY = Path(__file__).parents[2] / "data" / "microloan" / "study.toml"
AUC = Estimate(0.7723, 0.7601, 0.7842, level=0.95, n=14037, method="DeLong")
LIMIT = Threshold(key="auc", direction="at_least", green=0.7, amber=0.6, basis="convention", source="s")
CHECK = CheckResult("card.auc.test", "AUC", AUC, LIMIT, dims={"sample": "test"})
X = pd.DataFrame({"late": [0, 0, 0, 1, 1, 1] * 20, "rest": [1, 2, 3] * 40})
Y = [0, 0, 1, 0, 1, 1] * 20
FITTED = """\
%load_ext riskbench.report.display
import pandas as pd
from riskbench.core.results import CheckResult, Estimate
from riskbench.scorecard import Scorecard, WoeBinning
X = pd.DataFrame({"late": [0, 0, 0, 1, 1, 1] * 20})
card = Scorecard(WoeBinning(max_bins=2)).fit(X, [0, 0, 1, 0, 1, 1] * 20)"""


@pytest.fixture(scope="module")
def shell() -> InteractiveShell:
    shell = InteractiveShell()
    display.load_ipython_extension(shell)
    return shell


def shown(shell: InteractiveShell, thing: object) -> tuple[str, str]:
    """The HTML and the text that a cell ends with."""
    data, _ = shell.display_formatter.format(thing)
    return data.get("text/html", ""), data["text/plain"].replace("\u00a0", " ")


def binning() -> WoeBinning:
    return WoeBinning(max_bins=2).fit(X, Y)


@pytest.mark.parametrize("name", display.SHOWN)
def test_every_class_that_is_shown_by_name_is_there_under_that_name(name: str) -> None:
    module, _, kind = name.rpartition(".")
    shown_class = getattr(importlib.import_module(module), kind)
    assert f"{shown_class.__module__}.{shown_class.__qualname__}" == name


def test_an_estimate_is_a_sentence(shell: InteractiveShell) -> None:
    html, text = shown(shell, AUC)
    assert text == "0.772 (95 % interval 0.760 to 0.784), n = 14,037, DeLong"
    assert f"<p>{text}</p>" in html.replace("\u00a0", " ")


def test_an_estimate_without_a_value_says_why(shell: InteractiveShell) -> None:
    assert shown(shell, Estimate.missing("one class < 2"))[1] == "not evaluated (one class < 2)"
    assert "one class &lt; 2" in shown(shell, Estimate.missing("one class < 2"))[0]


@pytest.mark.parametrize("result", [CHECK, Evidence.of("scorecard", CHECK)])
def test_a_check_is_a_row_with_value_limit_and_status(shell: InteractiveShell, result: object) -> None:
    html, text = shown(shell, result)
    assert text == "AUC, test: 0.772 (95 % interval 0.760 to 0.784), ● meets"
    assert html.count("<tr>") == 2
    assert "status-green" in html


def test_recorded_tables_and_sentences_are_shown_as_what_they_are(shell: InteractiveShell) -> None:
    common = {"stage": "intake", "title": "Samples"}
    table = Evidence(id="intake.a.b", kind="table", value=Table(columns=["n"], rows=[[7]]), **common)
    text = Evidence(id="intake.a.c", kind="text", value="bins < 5", **common)
    assert '<td class="number">7</td>' in shown(shell, table)[0]
    assert shown(shell, text) == (display.dressed("<p>bins &lt; 5</p>"), "Samples: bins < 5")


@pytest.mark.parametrize("gather", [list, tuple, lambda both: dict(zip("ab", both, strict=True))])
def test_several_results_are_one_table(shell: InteractiveShell, gather) -> None:
    html, _ = shown(shell, gather([CHECK, AUC]))
    assert html.count("<table>") == 1
    assert html.count("<tr>") == 3


@pytest.mark.parametrize("other", [[], [1, 2], {"a": 1}, (), "text", 7])
def test_what_is_no_result_is_left_alone(shell: InteractiveShell, other: object) -> None:
    assert shown(shell, other) == ("", shown(InteractiveShell(), other)[1])


def test_the_bins_of_a_feature_come_with_their_drawing(shell: InteractiveShell) -> None:
    html, text = shown(shell, binning().features_["late"])
    assert "late: information value 0.462" in html  # 2/3 of the goods and 1/3 of the bads have 0: 2 · 1/3 · ln 2
    assert 'src="data:image/svg+xml;base64,' in html
    assert 'alt="Bins of late: bad rate 33.3 % (&lt; 1) to 66.7 % (&gt;= 1) by bin, with interval;' in html
    assert text.splitlines()[1].split()[:3] == ["bin", "position", "count"]


def test_bins_edited_by_hand_say_so(shell: InteractiveShell) -> None:
    edited = binning()
    assert "by hand" not in shown(shell, edited.features_["rest"])[0] + shown(shell, edited)[0]
    html, _ = shown(shell, edited.merge("rest", [0, 1], reason="alike", who="Ada"))
    assert "trend none, edited by hand" in html
    assert "Edited by hand (edit 1, merged bins 0, 1, by Ada on 2" in html
    assert shown(shell, edited)[1].splitlines()[1].split()[-1] == "edited"


def test_a_binning_is_its_features_by_information_value(shell: InteractiveShell) -> None:
    html, text = shown(shell, binning())
    assert [line.split()[0] for line in text.splitlines()[2:]] == ["rest", "late"]
    assert shown(shell, binning().features_)[0] == html


def test_a_card_is_its_points_by_bin(shell: InteractiveShell) -> None:
    card = Scorecard(binning()).fit(X[["late"]], Y)
    html, text = shown(shell, card)
    assert "600 points at odds of 50 to 1, 20 points double the odds" in html
    assert [line.split()[-1] for line in text.splitlines()[2:]] == [str(points) for points in card.points_["late"]]


@pytest.mark.parametrize("unfitted", [WoeBinning(), Scorecard()])
def test_what_is_not_fitted_is_shown_as_scikit_learn_does(shell: InteractiveShell, unfitted: object) -> None:
    assert shown(shell, unfitted)[1] == repr(unfitted)
    assert "sk-" in shown(shell, unfitted)[0]


def test_a_study_says_its_tables_and_what_bad_means(shell: InteractiveShell) -> None:
    study = load_study(STUDY)
    html, text = shown(shell, study)
    assert study.outcome.definition.split(",")[0] in html
    assert all(name in text for name in study.tables)


def test_a_drawing_is_shown_without_pyplot(shell: InteractiveShell) -> None:
    table = binning().table("late")
    html, _ = shown(shell, figures.bin_plot(table, label="bin"))
    assert 'alt="A drawing: share of cases; bad rate, with interval; WoE, safer →."' in html


def test_a_page_takes_the_style_off_and_keeps_the_rest(shell: InteractiveShell) -> None:
    html, _ = shown(shell, CHECK)
    assert html.startswith('<div class="riskbench"><style>')
    cleaned = clean_html(html)
    assert "style" not in cleaned
    assert '<span class="status status-green">' in cleaned


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook worked in by hand, executed in a real kernel and saved."""
    last = ["card", "card.binning_.features_['late']", "[Estimate(0.5, n=3)]", "X.describe()"]
    cells = [v4.new_code_cell(source) for source in (FITTED, *last)]
    notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "riskbench", "display_name": "r"}})
    path = tmp_path_factory.mktemp("by-hand") / "by_hand.ipynb"
    nbformat.write(NotebookClient(notebook, timeout=60).execute(), path)
    return path


def test_nbconvert_keeps_tables_drawings_and_their_style(executed: Path) -> None:
    command = [sys.executable, "-m", "nbconvert", "--to", "html", executed.name]
    subprocess.run(command, cwd=executed.parent, check=True, capture_output=True, timeout=60)
    html = executed.with_suffix(".html").read_text("utf-8")
    assert html.count('<div class="riskbench"><style>') == 3
    assert ".riskbench.riskbench .status-green" in html
    assert "Scorecard of 1 feature: 600 points" in html


def test_a_page_of_the_dossier_keeps_tables_and_drawings(executed: Path) -> None:
    dossier = Dossier([Page("scorecard", "Scorecard")])
    html = render_stage(nbformat.read(executed, as_version=4), "scorecard", dossier, [])
    assert "Scorecard of 1 feature: 600 points" in html
    assert html.count('<figure class="drawing">') == 1
    assert ".riskbench" not in html
    assert 'class="dataframe"' in html
