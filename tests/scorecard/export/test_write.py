import hashlib
from pathlib import Path

from riskbench.core.thresholds import Thresholds
from riskbench.scorecard import Scorecard
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.formats import FORMATS
from riskbench.scorecard.export.identity import boundary_cases
from riskbench.scorecard.export.write import check_exports, write_exports


def test_every_format_is_written_and_told_with_its_hash(card: Scorecard, tmp_path: Path) -> None:
    told = write_exports(card, tmp_path.joinpath, Edition("A card"))
    assert set(told["file"]) == {path.name for path in tmp_path.iterdir()}
    assert list(told["format"]) == [of.label for of in FORMATS]
    for file, size, hash_ in told[["file", "bytes", "sha256"]].itertuples(index=False):
        content = (tmp_path / file).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (size, hash_)


def test_the_files_themselves_are_the_card(card: Scorecard, tmp_path: Path) -> None:
    edition = Edition("A\ncard", table="loans", key="id", reasons=2, baseline="neutral")
    write_exports(card, tmp_path.joinpath, edition)
    checks = check_exports(card, tmp_path.joinpath, boundary_cases(card), Thresholds(), edition)
    assert [check.status for check in checks] == ["green"] * 3


def test_a_file_of_another_card_is_found(card: Scorecard, tmp_path: Path) -> None:
    write_exports(card.shifted(1.0), tmp_path.joinpath, Edition("A card"))
    checks = check_exports(card, tmp_path.joinpath, boundary_cases(card), Thresholds(), Edition("A card"))
    assert [check.status for check in checks] == ["red"] * 3
