"""The share of figures that can be followed back: all of them, or the check is red."""

import pytest

from riskbench.core.evidence import Evidence, Input
from riskbench.core.thresholds import Thresholds
from riskbench.governance.provenance import provenance_check, without_provenance

LIMITS = Thresholds()


def figure(name: str, **changes: object) -> Evidence:
    inputs = [Input(table="scores.parquet", sha256="a" * 64)]
    given = {"stage": "a", "kind": "estimate", "title": "T", "value": 1.0, "cell": "c", "method": "m", "parameters": {}}
    return Evidence.model_validate({"id": f"a.b.{name}", "inputs": inputs} | given | changes)


def test_where_every_figure_has_its_provenance_the_check_is_green() -> None:
    check = provenance_check({name: figure(name) for name in "xyz"}, LIMITS)
    assert (check.estimate.value, check.estimate.n, check.status) == (1.0, 3, "green")


@pytest.mark.parametrize("lacking", [{"cell": None}, {"parameters": None}, {"inputs": []}, {"method": ""}])
def test_one_figure_of_a_thousand_without_it_makes_the_check_red(lacking: dict) -> None:
    evidence = {f"f{i}": figure(f"f{i}") for i in range(999)} | {"last": figure("last", **lacking)}
    check = provenance_check(evidence, LIMITS)
    assert check.estimate.value == pytest.approx(0.999)
    assert check.status == "red"
    assert without_provenance(evidence)["figure"].tolist() == ["a.b.last"]


def test_without_evidence_nothing_is_claimed() -> None:
    assert provenance_check({}, LIMITS).status == "not_evaluated"
    assert without_provenance({}).empty
