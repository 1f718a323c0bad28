"""The file of a study's edits: appended to, read strictly, and a chain that shows what was changed."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import CannotRun, StudyError
from riskbench.scorecard import WoeBinning
from riskbench.scorecard.edits.file import append_edits, read_edits, unwritten

X = pd.DataFrame({"income": np.repeat([1.0, 2.0, 3.0], 40), "purpose €": np.repeat(["car", 'a "trip"', "home"], 40)})
Y = np.concatenate([[1] * 20 + [0] * 20, [1] * 10 + [0] * 30, [1] * 5 + [0] * 35])


@pytest.fixture
def binning() -> WoeBinning:
    binning = WoeBinning(min_bin_share=0.1).fit(X, Y)
    binning.set_cuts("income", [2], reason="too few\nabove 3", who="Ada")
    binning.merge("purpose €", ["car", "home"], reason='says "the same"', who="Grace")
    binning.withdraw("income", reason="they are enough", who="Ada")
    return binning


@pytest.fixture
def file(tmp_path: Path, binning: WoeBinning) -> Path:
    path = tmp_path / "book" / "edits.toml"
    append_edits(path, binning.edits_)
    return path


def test_edits_are_read_as_they_were_written(file: Path, binning: WoeBinning) -> None:
    assert read_edits(file) == binning.edits_


def test_a_study_without_the_file_has_no_edits(tmp_path: Path) -> None:
    assert read_edits(tmp_path / "edits.toml") == []


def test_an_edit_is_a_line_a_key(file: Path) -> None:
    lines = file.read_text("utf-8").splitlines()
    assert lines[0].startswith("# Bins changed by hand, in order")
    assert lines.count("[[edits]]") == 3
    assert {"before.cuts = [2.0, 3.0]", "after.cuts = [2.0]", 'who = "Ada"'} <= set(lines)


def test_appending_leaves_what_is_there_byte_for_byte(file: Path, binning: WoeBinning) -> None:
    before = file.read_bytes()
    binning.split("purpose €", ["car"], reason="not the same")
    append_edits(file, unwritten(file, binning.edits_))
    assert file.read_bytes().startswith(before)
    assert read_edits(file) == binning.edits_
    assert unwritten(file, binning.edits_) == []


def test_edits_made_beside_the_file_are_not_appended_to_it(file: Path) -> None:
    other = WoeBinning(min_bin_share=0.1).fit(X, Y)
    other.set_cuts("income", [3], reason="elsewhere")
    with pytest.raises(CannotRun, match=r"not made from the 3 edits of book/edits.toml: fit the binning again"):
        unwritten(file, other.edits_)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[[edits]]", "[[edits", "book/edits.toml is not valid TOML: .*line 5"),
        ("# Bins", 'title = "x"\n# Bins', "book/edits.toml, line 1: no such key is known here"),
        ('who = "Ada"', 'whom = "Ada"', "book/edits.toml, line 11: whom: no such key is known here"),
        ('who = "Ada"', 'who = " "', "book/edits.toml, line 11: who: must say something, got a blank"),
        ("before.cuts = [2.0, 3.0]", "before.cuts = [3.0, 2.0]", "line 13: before: cuts must rise strictly"),
        ("after.cuts = [2.0]", 'after.cuts = ["x"]', "line 14: after.cuts.0: Input should be a valid number"),
        ('action = "set_cuts"', 'action = "cut"', "line 8: action: Input should be 'merge', 'split'"),
        ('action = "set_cuts"', 'action = "merge"', "line 5: edit: merge goes with bins, got cuts"),
        ("number = 2", "number = 3", "number: edits are numbered in order, this is 2, got 3"),
        ('reason = "too few', 'reason = "quite few', "sha256: edit 1 is not what it was when it was written"),
        ("after.cuts = [2.0]", "after.cuts = [3.0]", "sha256: edit 1 is not what it was .* put it back from version"),
        ('previous = "', 'previous = "0', "previous: the edit before is not what it was"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_file_line_key_and_rule(file: Path, old, new, problem) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(StudyError, match=problem):
        read_edits(file)


@pytest.mark.parametrize(
    ("old", "new"), [('who = "Ada"', 'who = "Eve"'), (r"iv_after = .*", "iv_after = 0.9"), (r'sha256 = "\w+"\n', "")]
)
def test_a_change_of_the_last_edit_is_found(file: Path, old: str, new: str) -> None:
    head, last = file.read_text("utf-8").rsplit("[[edits]]", 1)
    assert re.search(old, last)
    file.write_text(head + "[[edits]]" + re.sub(old, new, last), "utf-8")
    with pytest.raises(StudyError, match=r"book/edits.toml, line \d+: sha256: edit 3 is not what it was"):
        read_edits(file)


def test_an_edit_taken_out_is_found(file: Path) -> None:
    head, _, *others = re.split(r"(?m)^(?=\[\[edits\]\])", file.read_text("utf-8"))
    file.write_text(head + "".join(others).replace("number = 2", "number = 1").replace("number = 3", "number = 2"))
    with pytest.raises(StudyError, match=r"previous: the edit before is not .* none, there is no edit before"):
        read_edits(file)
