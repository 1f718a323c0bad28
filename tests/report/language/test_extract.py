"""Units for those who translate: what is asked for, and where it is kept."""

from riskbench.report.language.catalogue import Catalogue, chinese
from riskbench.report.language.extract import entries, units_of, write
from riskbench.report.language.merge import doubts, merge
from riskbench.report.language.merge import main as merge_main
from riskbench.report.language.po import read


def run(folder, **pages):
    folder.mkdir()
    for name, html in pages.items():
        (folder / f"{name}.html").write_text(html)
    return folder


def asked(*labels, known=()):
    units = {label: {("a", "index"): 1} for label in labels}
    return set(entries(units, Catalogue(dict.fromkeys(known, ""))))


def test_units_say_in_which_study_and_on_which_page_they_stand(tmp_path):
    folder = run(tmp_path / "taiwan-1", index="<p>bad rate</p>", policy="<p>bad rate</p><td>bad rate</td>")
    assert units_of([folder]) == {"bad rate": {("taiwan", "index"): 1, ("taiwan", "policy"): 2}}


def test_labels_made_of_shared_pieces_ask_for_the_pieces():
    assert asked("age band", "loss: age band", "loss") == {"age band", "loss"}


def test_pieces_that_three_labels_share_are_entries():
    whats, whose = ["loss", "gain", "cost"], ["aged people", "young people", "others"]
    assert asked(*(f"{what}: {who}" for what in whats for who in whose)) == {*whats, *whose}


def test_a_label_of_unshared_pieces_stays_whole():
    assert asked("loss: of some kind") == {"loss: of some kind"}


def test_what_a_wildcard_catches_is_asked_for_unless_it_is_left_as_it_is():
    assert asked("Bins of housing", known=["Bins of {x}"]) == {"Bins of {x}", "housing"}
    assert asked("Source: Siddiqi", known=["Source: {as_is}"]) == {"Source: {as_is}"}


def test_two_cases_of_a_first_letter_are_one_entry():
    assert asked("Bad rate", "bad rate") == {"Bad rate"}


def test_two_cases_that_were_translated_apart_stay_two():
    known = Catalogue({"Default": "违约", "default": "默认值"})
    units = {label: {("a", "index"): 1} for label in ("Default", "default")}
    assert set(entries(units, known)) == {"Default", "default"}


def test_a_label_whose_pieces_are_translated_asks_for_nothing_new():
    known = Catalogue({"the interval of it": "其区间", "age band": "年龄段"})
    assert set(entries({"age band; the interval of it": {("a", "index"): 1}}, known)) == {
        "age band",
        "the interval of it",
    }


def test_catalogues_are_kept_by_page_by_study_and_in_common(tmp_path):
    first = run(
        tmp_path / "one-1", index="<p>said by all</p>", policy="<p>said by all</p><p>profit here</p><p>mine alone</p>"
    )
    second = run(tmp_path / "two-1", intake="<p>said by all</p>", policy="<p>profit here</p>")
    counts = write(entries(units_of([first, second]), Catalogue({})), tmp_path)
    assert counts == {"common": 1, "policy": 1, "study_one": 1, "wildcards": 0}


def test_a_second_extraction_keeps_translations_and_gives_the_same_bytes(tmp_path):
    units = units_of([run(tmp_path / "one-1", policy="<p>profit here</p>")])
    write(entries(units, Catalogue({})), tmp_path)
    assert merge({"profit here": "此处利润"}, tmp_path) == 1
    before = (tmp_path / "policy.po").read_bytes()
    write(entries(units, chinese(tmp_path)), tmp_path)
    assert (tmp_path / "policy.po").read_bytes() == before
    assert [m.string for m in read(tmp_path / "policy.po") if m.id] == ["此处利润"]


def test_what_only_decisions_make_a_page_say_is_kept_in_its_own_catalogue(tmp_path):
    write(entries(units_of([run(tmp_path / "a-1", index="<p>decided</p>")]), Catalogue({})), tmp_path)
    (tmp_path / "index.po").rename(tmp_path / "standing.po")
    counts = write(entries(units_of([run(tmp_path / "a-2", index="<p>fresh</p>")]), chinese(tmp_path)), tmp_path)
    assert counts == {"index": 1, "standing": 1, "wildcards": 0}


def test_a_list_with_one_broken_translation_changes_nothing(tmp_path, capsys):
    path = tmp_path / "part.json"
    path.write_text('{"{1} meets": "达标"}')
    assert merge_main([str(path)]) == 1
    assert "not merged" in capsys.readouterr().out


def test_half_width_marks_beside_chinese_are_pointed_out():
    assert len(doubts({"a, b": "甲, 乙", "c": "丙，丁"})) == 1
