import hashlib
from pathlib import Path

from riskbench.core.thresholds import Thresholds
from riskbench.scorecard import Scorecard
from riskbench.scorecard.export.document import address
from riskbench.scorecard.export.identity import boundary_cases
from riskbench.scorecard.export.write import check_exports, write_exports


def test_every_file_is_written_and_told_with_its_hash(card: Scorecard, tmp_path: Path) -> None:
    told = write_exports(card, tmp_path.joinpath, "A card")
    assert set(told["file"]) == {path.name for path in tmp_path.iterdir()}
    assert list(told["format"]) == ["JSON", *["SQL"] * 5, "PMML 4.4", "Excel"]
    for file, size, hash_ in told[["file", "bytes", "sha256"]].itertuples(index=False):
        content = (tmp_path / file).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (size, hash_)


def test_the_files_themselves_are_the_card(card: Scorecard, tmp_path: Path) -> None:
    write_exports(card, tmp_path.joinpath, "A\ncard", key="id", reasons=2)
    checks = check_exports(card, tmp_path.joinpath, boundary_cases(card), Thresholds(), key="id", reasons=2)
    assert [check.status for check in checks] == ["green"] * 3


def test_a_file_of_another_card_is_found(card: Scorecard, tmp_path: Path) -> None:
    write_exports(card.shifted(1.0), tmp_path.joinpath, "A card")
    checks = check_exports(card, tmp_path.joinpath, boundary_cases(card), Thresholds())
    assert [check.status for check in checks] == ["red"] * 3


def test_every_text_file_names_the_card_it_is_of(card: Scorecard, tmp_path: Path) -> None:
    told = write_exports(card, tmp_path.joinpath, "A card")
    texts = [name for name in told["file"] if not name.endswith(".xlsx")]
    assert all(address(card) in (tmp_path / name).read_text("utf-8") for name in texts)
