"""The card as a PMML 4.4 Scorecard with reason codes, for decision engines.

A PMML Scorecard adds up points, so the PD that it gives is the one the score stands for. Its reason codes are ranked
by the points lost against `baselineScore`, as `Scorecard.reasons` ranks them. Evaluators order equal losses as they
please, so each baseline lies a thousandth of a point further below the best bin than that of the feature before: ties
follow the card, and a feature that lost nothing has a negative difference. Some evaluators leave such features out, as
the card does; others fill every rank that is asked for.
"""

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from riskbench import __version__
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.export.document import address, texts_by_feature, version_of
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.rules import Part, Rule, parts_of

TIE = 0.001  # of a point
NAMESPACE = "http://www.dmg.org/PMML-4_4"
FORBIDDEN = frozenset(map(chr, (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)))  # XML 1.0 has no way to write them


def pmml_file(card: Scorecard, edition: Edition) -> str:
    """The document as text. Outputs: `score`, `pd_of_score` and `reason_1` and on, which are names of features.

    The texts of an edition become an `Extension` of each attribute. Raises ValueError for a level or name with a
    character that XML cannot hold.
    """
    parts = parts_of(card, edition.baseline)
    root = ET.Element("PMML", {"xmlns": NAMESPACE, "version": "4.4"})
    header = ET.SubElement(
        root,
        "Header",
        {
            "description": f"{edition.title}; card sha256 {address(card)}",
            "modelVersion": edition.version or version_of(card),
        },
    )
    ET.SubElement(header, "Application", {"name": "riskbench", "version": __version__})
    fields = ET.SubElement(root, "DataDictionary", {"numberOfFields": str(len(parts))})
    for part in parts:
        kind = ("continuous", "double") if part.numeric else ("categorical", "string")
        ET.SubElement(fields, "DataField", {"name": part.feature, "optype": kind[0], "dataType": kind[1]})
    model = ET.SubElement(
        root,
        "Scorecard",
        {
            "modelName": edition.title,
            "functionName": "regression",
            "algorithmName": "logistic regression on weights of evidence",
            "initialScore": str(card.base_),
            "useReasonCodes": "true",
            "reasonCodeAlgorithm": "pointsBelow",
            "baselineMethod": "max" if edition.baseline == "best" else "neutral",
        },
    )
    schema = ET.SubElement(model, "MiningSchema")
    for part in parts:
        ET.SubElement(schema, "MiningField", {"name": part.feature, "invalidValueTreatment": "asIs"})
    _outputs(ET.SubElement(model, "Output"), card, min(edition.reasons, len(parts)))
    characteristics = ET.SubElement(model, "Characteristics")
    said = texts_by_feature(card, edition.texts)
    for order, part in enumerate(parts):
        _characteristic(characteristics, order, part, said.get(part.feature, {}))
    ET.indent(root)
    written = ET.tostring(root, encoding="unicode")
    if bad := sorted(FORBIDDEN & set(written)):
        raise ValueError(f"names and levels in XML must not hold control characters, got {', '.join(map(repr, bad))}")
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{written}\n"


def _outputs(output: ET.Element, card: Scorecard, reasons: int) -> None:
    field = {"optype": "continuous", "dataType": "double"}
    ET.SubElement(output, "OutputField", {"name": "score", "feature": "predictedValue", **field})
    pd_of_score = ET.SubElement(output, "OutputField", {"name": "pd_of_score", "feature": "transformedValue", **field})
    above = _apply("/", _apply("-", _reference("score"), _constant(card.offset)), _constant(card.factor))
    pd_of_score.append(_apply("/", _constant(1.0), _apply("+", _constant(1.0), _apply("exp", above))))
    for rank in range(1, reasons + 1):
        code = {"name": f"reason_{rank}", "feature": "reasonCode", "rank": str(rank)}
        ET.SubElement(output, "OutputField", {**code, "optype": "categorical", "dataType": "string"})


def _characteristic(parent: ET.Element, order: int, part: Part, said: Mapping[str, Sequence[str]]) -> None:
    baseline = f"{part.baseline - (order + 1) * TIE:.10g}"
    named = {"name": part.feature, "reasonCode": part.feature, "baselineScore": baseline}
    characteristic = ET.SubElement(parent, "Characteristic", named)
    for rule in part.rules:
        attribute = ET.SubElement(characteristic, "Attribute", {"partialScore": str(part.points[rule.bin])})
        ET.SubElement(attribute, "Extension", {"name": "bin", "value": part.bins.labels[rule.bin]})
        for language, texts in said.items():
            ET.SubElement(attribute, "Extension", {"name": f"text.{language}", "value": texts[rule.bin]})
        attribute.append(_predicate(rule, part.feature))


def _predicate(rule: Rule, field: str) -> ET.Element:
    """A level may hold blanks and quotes, which an `Array` escapes in ways evaluators disagree on: each is compared."""
    tests = []
    if rule.kind == "missing":
        return ET.Element("SimplePredicate", {"field": field, "operator": "isMissing"})
    if rule.lower is not None:
        tests.append(_compared(field, "greaterOrEqual", rule.lower))
    if rule.upper is not None:
        tests.append(_compared(field, "lessThan", rule.upper))
    tests += [_compared(field, "equal", value) for value in rule.values]
    if not tests:
        return ET.Element("True")
    if len(tests) == 1:
        return tests[0]
    both = ET.Element("CompoundPredicate", {"booleanOperator": "or" if rule.values else "and"})
    both.extend(tests)
    return both


def _compared(field: str, operator: str, value: float | str) -> ET.Element:
    written = value if isinstance(value, str) else repr(value)
    return ET.Element("SimplePredicate", {"field": field, "operator": operator, "value": written})


def _apply(function: str, *arguments: ET.Element) -> ET.Element:
    applied = ET.Element("Apply", {"function": function})
    applied.extend(arguments)
    return applied


def _reference(field: str) -> ET.Element:
    return ET.Element("FieldRef", {"field": field})


def _constant(value: float) -> ET.Element:
    constant = ET.Element("Constant", {"dataType": "double"})
    constant.text = repr(float(value))
    return constant
