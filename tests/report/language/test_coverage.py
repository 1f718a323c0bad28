"""How much of a run is translated."""

from riskbench.report.language.catalogue import Catalogue
from riskbench.report.language.coverage import audit, main


def test_a_run_is_audited_by_units_and_words(tmp_path):
    (tmp_path / "index.html").write_text("<p>bad rate</p><p>bad rate</p><p>four words are here</p>")
    told = audit(tmp_path, Catalogue({"bad rate": "坏账率"}))
    assert (told.translated, told.units, told.words_translated, told.words) == (2, 3, 4, 8)
    assert told.missing == {"four words are here": 1}


def test_what_is_missing_is_named_and_ends_with_one(tmp_path, capsys):
    (tmp_path / "index.html").write_text("<p>unheard of words of nobody</p>")
    assert main([str(tmp_path)]) == 1
    assert "0.00% of 1 units" in capsys.readouterr().out


def test_a_run_that_is_translated_in_full_ends_with_zero(tmp_path):
    (tmp_path / "index.html").write_text("<p>bad rate</p>")
    assert main([str(tmp_path)]) == 0
