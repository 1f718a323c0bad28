"""docs/validators.md: what it tells a validator to paste does what it says."""

import re
import shlex
from pathlib import Path

import pytest

from riskbench.core.files import write_json
from riskbench.pipeline.parameters import declared, parse_setting
from riskbench.pipeline.stages import STAGES, selection
from riskbench.scorecard.export.document import card_document

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "validators.md").read_text("utf-8")
LINES = [line for block in re.findall(r"(?ms)^```sh\n(.*?)^```", PAGE) for line in block.splitlines()]
RUNS = [line for line in LINES if line.startswith(("riskbench run", "riskbench rerun"))]


@pytest.fixture
def run(tmp_path, card, tables):
    """The files of a run that the page reads."""
    _, features, scores = tables
    for stage, frame in (("features", features), ("scorecard", scores)):
        folder = tmp_path / "artifacts" / stage
        folder.mkdir(parents=True)
        frame.to_parquet(folder / ("features.parquet" if stage == "features" else "scores.parquet"))
    write_json(tmp_path / "card_export.json", card_document(card, "A made portfolio"))
    return tmp_path


def test_the_lines_to_paste_find_the_same_card(run, capsys):
    (lines,) = re.findall(r"(?ms)^```python\n(.*?)^```", PAGE)
    assert "riskbench" not in lines
    exec(compile(lines, "docs/validators.md", "exec"), {"run": str(run)})
    told = dict(line.rsplit(" ", 1) for line in capsys.readouterr().out.splitlines())
    assert float(told["coefficients"]) < 1e-6
    assert float(told["PDs"]) < 1e-6
    assert told["scores that differ"] == "0"


def test_the_lines_to_paste_see_a_card_that_was_edited(run, capsys, card):
    document = card_document(card, "A made portfolio")
    document["points"][0]["points"][0] += 1
    document["logit"]["coefficients"][1] += 0.01
    write_json(run / "card_export.json", document)
    (lines,) = re.findall(r"(?ms)^```python\n(.*?)^```", PAGE)
    exec(compile(lines, "docs/validators.md", "exec"), {"run": str(run)})
    told = dict(line.rsplit(" ", 1) for line in capsys.readouterr().out.splitlines())
    assert float(told["coefficients"]) > 1e-3
    assert int(told["scores that differ"]) > 0


@pytest.mark.parametrize("line", RUNS)
def test_every_setting_of_the_page_is_a_parameter_of_a_stage_that_is_run(line):
    words = shlex.split(line)
    parameters = {name: declared(ROOT / "notebooks" / stage.notebook) for name, stage in STAGES.items()}
    stages = selection([words[i + 1] for i, word in enumerate(words) if word == "--only"])
    for setting in [words[i + 1] for i, word in enumerate(words) if word == "--set"]:
        assert parse_setting(setting, parameters)[0] in stages


def test_every_file_and_check_that_the_page_names_is_there():
    for benchmark in re.findall(r"benchmarks/\w+\.py", PAGE):
        assert (ROOT / benchmark).is_file()
    assert set(re.findall(r"`(\d\d_\w+)`", PAGE)) <= {path.stem for path in ROOT.glob("notebooks/*.ipynb")}
