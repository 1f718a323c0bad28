import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from riskbench.scorecard import Scorecard
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.identity import boundary_cases, differences, scored
from riskbench.scorecard.export.pmml import NAMESPACE, pmml_file

NS = {"p": NAMESPACE}


def holds(predicate: ET.Element, row: dict[str, Any]) -> bool:
    """The semantics of PMML's predicates: a comparison with a missing value does not hold."""
    kind = predicate.tag.split("}")[1]
    if kind == "True":
        return True
    if kind == "CompoundPredicate":
        parts = [holds(part, row) for part in predicate]
        return any(parts) if predicate.get("booleanOperator") == "or" else all(parts)
    value, operator = row[str(predicate.get("field"))], predicate.get("operator")
    if value is None or operator == "isMissing":
        return (value is None) == (operator == "isMissing")
    other = predicate.get("value") if isinstance(value, str) else float(str(predicate.get("value")))
    return {"equal": value == other, "lessThan": value < other, "greaterOrEqual": value >= other}[str(operator)]


def evaluate(model: ET.Element, row: dict[str, Any]) -> dict[str, Any]:
    """The scoring procedure of the standard: the first attribute that holds, partial scores added, codes ranked."""
    told: dict[str, Any] = {}
    lost = []
    for characteristic in model.findall("p:Characteristics/p:Characteristic", NS):
        first = next(a for a in characteristic.findall("p:Attribute", NS) if holds(a[-1], row))
        earned = int(str(first.get("partialScore")))
        told[f"{characteristic.get('name')}_points"] = earned
        if (gap := float(str(characteristic.get("baselineScore"))) - earned) > 0:
            lost.append((-gap, characteristic.get("reasonCode")))  # no two gaps are equal
    told["score"] = int(str(model.get("initialScore"))) + sum(told.values())
    constants = [float(str(c.text)) for c in model.findall(".//p:Constant", NS)]
    told["pd_of_score"] = 1 / (1 + math.exp((told["score"] - constants[2]) / constants[3]))
    codes = [code for *_, code in sorted(lost)]
    ranks = [int(str(f.get("rank"))) for f in model.findall("p:Output/p:OutputField[@feature='reasonCode']", NS)]
    return told | {f"reason_{rank}": codes[rank - 1] if rank <= len(codes) else None for rank in ranks}


def rows_of(X: pd.DataFrame) -> list[dict[str, Any]]:
    return [{name: None if pd.isna(value) else value for name, value in row.items()} for row in X.to_dict("records")]


def model_of(card: Scorecard, **more: Any) -> ET.Element:
    model = ET.fromstring(pmml_file(card, Edition("t", **more)).encode()).find("p:Scorecard", NS)
    assert model is not None
    return model


@pytest.mark.parametrize("name", ["card", "card_from_zero"])
def test_the_pmml_scores_every_boundary_as_the_card_does(name: str, request: pytest.FixtureRequest) -> None:
    card = request.getfixturevalue(name)
    X, model = boundary_cases(card), model_of(card)
    expected = scored(card, X)
    got = pd.DataFrame([evaluate(model, row) for row in rows_of(X)]).assign(pd=expected["pd"])
    rows, gap = differences(expected, got[list(expected)])
    assert rows == 0
    assert gap < 1e-12


def test_reasons_below_average_risk_are_those_of_the_card(card: Scorecard) -> None:
    X, model = boundary_cases(card), model_of(card, baseline="neutral")
    expected = scored(card, X, baseline="neutral").filter(like="reason")
    got = pd.DataFrame([evaluate(model, row) for row in rows_of(X)])[list(expected)]
    assert got.astype(object).fillna("").to_numpy().tolist() == expected.fillna("").to_numpy().tolist()
    assert model.get("baselineMethod") == "neutral"


def test_a_real_evaluator_agrees_on_score_pd_and_reasons(
    card: Scorecard, tmp_path: Path, absent: Callable[[str], None]
) -> None:
    if shutil.which("java") is None:
        absent("Java")
    pypmml = pytest.importorskip("pypmml")
    (tmp_path / "card.pmml").write_text(pmml_file(card, Edition("t")), "utf-8")
    model = pypmml.Model.fromFile(str(tmp_path / "card.pmml"))
    X = boundary_cases(card)
    for row, expected in zip(rows_of(X), scored(card, X).to_dict("records"), strict=True):
        got = model.predict(row)
        assert got["score"] == expected["score"]
        assert got["pd_of_score"] == pytest.approx(expected["pd_of_score"], rel=1e-12)
        reasons = {name: reason for name, reason in expected.items() if name.startswith("reason") and reason}
        assert {name: got[name] for name in reasons} == reasons


def test_the_structure_is_that_of_the_standard(card: Scorecard) -> None:
    root = ET.fromstring(pmml_file(card, Edition("t")).encode())
    assert (root.tag, root.get("version")) == (f"{{{NAMESPACE}}}PMML", "4.4")
    assert [child.tag.split("}")[1] for child in root] == ["Header", "DataDictionary", "Scorecard"]
    assert [child.tag.split("}")[1] for child in root[2]] == ["MiningSchema", "Output", "Characteristics"]
    assert {name: root[2].get(name) for name in ("useReasonCodes", "reasonCodeAlgorithm", "baselineMethod")} == {
        "useReasonCodes": "true",
        "reasonCodeAlgorithm": "pointsBelow",
        "baselineMethod": "max",
    }


def test_a_category_ends_with_an_attribute_for_levels_never_seen(card: Scorecard) -> None:
    characteristics = model_of(card).findall("p:Characteristics/p:Characteristic", NS)
    lasts = [characteristic.findall("p:Attribute", NS)[-1][-1].tag.split("}")[1] for characteristic in characteristics]
    assert lasts == ["SimplePredicate", "SimplePredicate", "True", "SimplePredicate"]


def test_texts_stand_with_their_attributes(card: Scorecard) -> None:
    table = card.points_table()[["feature", "bin"]].assign(en="low", zh="缺失")
    attribute = model_of(card, texts=table).find(".//p:Attribute", NS)
    assert attribute is not None
    assert [e.get("value") for e in attribute.findall("p:Extension", NS)] == ["bin 4", "low", "缺失"]


def test_a_control_character_is_refused(make: tuple) -> None:
    feature, make_card = make
    card = make_card([feature("t", "categorical", [0.5, -0.5, 0.1], levels=["a\x01"], groups=[0], unseen=1)])
    with pytest.raises(ValueError, match=r"must not hold control characters, got '\\x01'"):
        pmml_file(card, Edition("t"))
