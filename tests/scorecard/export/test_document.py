import json
import math
from typing import Any

import jsonschema
import pandas as pd
import pytest

from riskbench.core.files import digest
from riskbench.pipeline.schemas import schemas
from riskbench.scorecard import Scorecard
from riskbench.scorecard.export.document import address, card_document, read_document
from riskbench.scorecard.export.identity import boundary_cases, differences, scored


def score_by_hand(card: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """One application scored from the document alone, with nothing but the standard library's json and math."""
    score, lost, (shift, shrinkage) = card.get("base", 0), [], card["correction"]
    logit = dict(zip(["", *card["logit"]["names"]], card["logit"]["coefficients"], strict=True))
    log_odds, told = logit[""], {}
    points = {entry["feature"]: entry["points"] for entry in card["points"]}
    for order, (feature, best) in enumerate(zip(card["binning"]["features"], card["best"], strict=True)):
        value, name = row[feature["name"]], feature["name"]
        if value is None or value != value:
            position = len(feature["labels"]) - 1
        elif value in feature["specials"]:
            position = len(feature["labels"]) - 1 - len(feature["specials"]) + feature["specials"].index(value)
        elif feature["kind"] == "numeric":
            position = feature["groups"][sum(cut <= value for cut in feature["cuts"])]
        elif value in feature["levels"]:
            position = feature["groups"][feature["levels"].index(value)]
        else:
            position = feature["unseen"]
        earned = points[name][position]
        told[f"{name}_points"], score = earned, score + earned
        log_odds += logit[name] * feature["woe"][position]
        if best > earned:
            lost.append((earned - best, order, name))
    told |= {"score": score, "pd": 1 / (1 + math.exp(-(shift + shrinkage * log_odds)))}
    factor = card["scale"]["pdo"] / math.log(2)
    offset = card["scale"]["base_score"] - factor * math.log(card["scale"]["base_odds"])
    told["pd_of_score"] = 1 / (1 + math.exp((score - offset) / factor))
    reasons = [name for *_, name in sorted(lost)] + [None] * len(card["best"])
    return told | {f"reason_{rank}": reasons[rank - 1] for rank in range(1, min(4, len(card["best"])) + 1)}


@pytest.mark.parametrize("name", ["card", "card_from_zero"])
def test_the_document_is_enough_to_score_with_the_standard_library(name: str, request: pytest.FixtureRequest) -> None:
    card = request.getfixturevalue(name)
    X = boundary_cases(card)
    document = json.loads(json.dumps(card_document(card, "t")))
    by_hand = pd.DataFrame([score_by_hand(document, row) for row in X.to_dict("records")])
    rows, gap = differences(scored(card, X), by_hand[list(scored(card, X))])
    assert rows == 0
    assert gap < 1e-12


def test_a_document_reads_back_to_the_card_and_keeps_its_address(card: Scorecard) -> None:
    document = card_document(card, "t", "2")
    again = read_document(json.loads(json.dumps(document)))
    assert again.to_dict() == card.to_dict()
    assert address(again) == document["sha256"] == digest(card.to_dict())


def test_title_and_texts_do_not_move_the_address_and_points_do(card: Scorecard) -> None:
    assert card_document(card, "a", "1")["sha256"] == card_document(card, "b", "2")["sha256"]
    assert address(card) != address(card.shifted(0.5))
    assert card_document(card, "a")["version"] == address(card)[:12]


def test_the_document_keeps_the_published_schema(card: Scorecard) -> None:
    jsonschema.validate(card_document(card, "t"), schemas()["card"])


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"sha256": "0" * 64}, "a card must have the address 0000"),
        ({"sha256": "0"}, "should match pattern"),
        ({"correction": [0.3]}, "correction"),
        ({"points": []}, "the points of a card must follow"),
    ],
)
def test_a_document_that_was_changed_is_refused(card: Scorecard, change: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        read_document(card_document(card, "t") | change)


def test_texts_are_carried_by_feature_and_language(card: Scorecard) -> None:
    table = card.points_table()[["feature", "bin"]].assign(en=lambda of: "is " + of["bin"], zh="缺失")
    texts = card_document(card, "t", texts=table)["texts"]
    assert texts[0] == {"feature": "ratio", "language": "en", "texts": [f"is bin {i}" for i in range(5)]}
    assert [entry["language"] for entry in texts] == ["en", "zh"] * 4


def test_texts_must_be_one_a_bin(card: Scorecard) -> None:
    table = card.points_table()[["feature", "bin"]].assign(en="x").drop(index=0)
    with pytest.raises(ValueError, match="texts of 'ratio' must be one a bin, 5, got 4"):
        card_document(card, "t", texts=table)
