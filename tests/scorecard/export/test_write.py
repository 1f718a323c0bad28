import hashlib
import json
from pathlib import Path

from riskbench.data.querying import ask
from riskbench.scorecard import Scorecard
from riskbench.scorecard.export.document import address, read_document
from riskbench.scorecard.export.identity import boundary_cases, differences, scored
from riskbench.scorecard.export.write import write_exports


def test_every_file_is_written_and_told_with_its_hash(card: Scorecard, tmp_path: Path) -> None:
    told = write_exports(card, tmp_path.joinpath, "A card")
    assert set(told["file"]) == {path.name for path in tmp_path.iterdir()}
    assert list(told["format"]) == ["JSON", *["SQL"] * 5, "PMML 4.4", "Excel"]
    for file, size, hash_ in told[["file", "bytes", "sha256"]].itertuples(index=False):
        content = (tmp_path / file).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (size, hash_)


def test_the_files_themselves_are_the_card(card: Scorecard, tmp_path: Path) -> None:
    write_exports(card, tmp_path.joinpath, "A\ncard", key="row_")
    X = boundary_cases(card)
    again = read_document(json.loads((tmp_path / "card.json").read_text("utf-8")))
    assert differences(scored(card, X), scored(again, X)) == (0, 0.0)
    query = (tmp_path / "card_duckdb.sql").read_text("utf-8")
    got = ask(query, {"features": X.assign(row_=range(len(X)))}).sort_values("row_", ignore_index=True)
    assert differences(scored(card, X), got)[0] == 0


def test_every_text_file_names_the_card_it_is_of(card: Scorecard, tmp_path: Path) -> None:
    told = write_exports(card, tmp_path.joinpath, "A card")
    texts = [name for name in told["file"] if not name.endswith(".xlsx")]
    assert all(address(card) in (tmp_path / name).read_text("utf-8") for name in texts)
