"""`model_card.toml` is read strictly, and an empty blank is a gap that is counted."""

from pathlib import Path

import pytest

from riskbench.core.errors import StudyError
from riskbench.core.thresholds import Thresholds
from riskbench.governance.model_card_file import GAP, MODEL_CARD_FILE, ModelCardFile, blanks_check, load_model_card

STUDIES = sorted(path.parent for path in (Path(__file__).parents[2] / "data").glob("*/study.toml"))


def written(folder: Path, text: str) -> Path:
    (folder / MODEL_CARD_FILE).write_text(text)
    return folder


def test_without_a_file_every_blank_is_a_gap_and_the_check_is_watched_not_met(tmp_path):
    file = load_model_card(tmp_path)
    assert {blank.told for blank in file.blanks()} == {GAP}
    check = blanks_check(file, Thresholds())
    assert (check.estimate.value, check.estimate.n, check.status) == (len(file.blanks()), len(file.blanks()), "amber")


def test_spaces_and_empty_lists_fill_no_blank(tmp_path):
    file = load_model_card(written(tmp_path, '[people]\nowner = "  "\ndevelopers = ["", " "]\n'))
    assert file.told("people.owner") == file.told("people.developers") == GAP


def test_a_list_is_told_in_one_sentence(tmp_path):
    file = load_model_card(written(tmp_path, '[use]\nprohibited = ["pricing", "collections"]\n'))
    assert file.told("use.prohibited") == "pricing; collections"


def test_every_blank_has_a_heading_of_its_own():
    headings = [blank.heading for blank in ModelCardFile().blanks()]
    assert len(set(headings)) == len(headings)
    assert all(heading[0].isupper() for heading in headings)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[people]\nboss = "x"\n', r"people\.boss: no such key is known here"),
        ("jurisdictions = 1\n", "jurisdictions: Input should be a valid list"),
        ("[people\n", "is not valid TOML"),
    ],
)
def test_what_is_no_model_card_is_refused_with_its_key(tmp_path, text, problem):
    with pytest.raises(StudyError, match=problem):
        load_model_card(written(tmp_path, text))


@pytest.mark.parametrize("folder", STUDIES, ids=lambda folder: folder.name)
def test_every_study_of_the_project_has_one_and_only_the_synthetic_one_is_a_demonstration(folder):
    file = load_model_card(folder)
    assert (folder / MODEL_CARD_FILE).is_file()
    assert bool(file.demonstration) == (folder.name == "microloan") == (file.people.owner != "")
