import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from riskbench.core.evidence import Evidence, Input, Maker, Table, has_provenance, provenance_gaps
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds

THRESHOLDS = Thresholds()
AUC = THRESHOLDS["validation.auc"]
missing = Estimate.missing("one class only", n=12, method="DeLong")


def record(**changes):
    return Evidence(**{"id": "a.b.c", "stage": "a", "kind": "estimate", "title": "t", "value": 1.0} | changes)


@pytest.mark.parametrize("threshold", [None, *THRESHOLDS], ids=lambda line: line.key if line else "none")
def test_what_was_not_computed_is_never_green(threshold):
    result = CheckResult("a.b", "t", missing, threshold)
    assert result.status == "not_evaluated"
    assert result.reason == "one class only"


def test_not_a_number_is_never_green():
    assert CheckResult("a.b", "t", Estimate(math.nan), AUC).status == "red"
    with pytest.raises(ValidationError, match="finite"):
        Evidence.of("a", CheckResult("b.c", "t", Estimate(math.nan), AUC))


@given(st.floats(0, 1))
def test_a_check_has_the_light_of_its_threshold(value):
    assert CheckResult("a.b", "t", Estimate(value), AUC).status == AUC.judge(value)


def test_zero_is_a_value():
    assert CheckResult("a.b", "t", Estimate(0.0)).status == "information"
    assert Estimate(0.0).evaluated


@pytest.mark.parametrize(
    ("result", "kind", "status"),
    [
        (CheckResult("b.c", "t", Estimate(0.7)), "estimate", "information"),
        (CheckResult("b.c", "t", Estimate(0.7), AUC), "check", "green"),
        (CheckResult("b.c", "t", missing, AUC), "check", "not_evaluated"),
        (CheckResult("b.c", "t", missing), "estimate", "not_evaluated"),
    ],
)
def test_evidence_is_a_check_where_there_is_a_limit_whether_or_not_there_is_a_value(result, kind, status):
    evidence = Evidence.of("a", result)
    assert (evidence.id, evidence.stage, evidence.kind, evidence.status) == ("a.b.c", "a", kind, status)


def test_evidence_carries_all_that_the_estimate_knows():
    estimate = Estimate(0.7, 0.6, 0.8, 0.95, 40, "DeLong", 1.2, 0.03, 1.96)
    made = Evidence.of("v", CheckResult("b.auc", "AUC", estimate, AUC, unit="%", dims={"group": "young"}), cell="c1")
    shown = (made.value, made.lower, made.upper, made.level, made.n, made.method)
    assert shown == (0.7, 0.6, 0.8, 0.95, 40, "DeLong")
    assert (made.statistic, made.p_value, made.critical) == (1.2, 0.03, 1.96)
    assert (made.dims.group, made.unit, made.cell, made.source) == ("young", "%", "c1", AUC.source)


def test_the_sample_stands_in_the_id_and_among_the_dims():
    assert record(id="a.b.c.out_of_time").dims.sample == "out_of_time"
    assert record(id="a.b.c").dims.sample is None


def test_a_source_of_its_own_goes_before_the_threshold_s():
    assert Evidence.of("a", CheckResult("b.c", "t", Estimate(0.7), AUC, source="a paper")).source == "a paper"


@pytest.mark.parametrize("good", ["validation.champion.auc.out_of_time", "a.b.c", "a1.b_2.3c"])
def test_an_id_reads_stage_subject_statistic_and_sample(good):
    assert record(id=good).id == good


@pytest.mark.parametrize(
    "bad",
    ["a.b", "a", "", "a.b.c.d", "a.b.c.test.test", "A.b.c", "a.b.C", "1a.b.c", "a..c", "a.b.c.", "a.b.c d", "a.b.c\n"],
)
def test_other_ids_are_refused(bad):
    with pytest.raises(
        ValidationError, match=r"pattern|d is no sample; the samples are development, test, out_of_time"
    ):
        record(id=bad)


@pytest.mark.parametrize("field", ["value", "lower", "upper", "level", "statistic", "p_value", "critical", "tolerance"])
@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_figure_is_finite_everywhere(field, number):
    with pytest.raises(ValidationError, match="finite"):
        record(**{field: number})


def test_a_table_holds_finite_scalars_only():
    with pytest.raises(ValidationError, match="finite"):
        Table(columns=["a"], rows=[[math.nan]])
    assert Table(columns=["a"], rows=[[None], [1], ["x"], [True]]).rows == [[None], [1], ["x"], [True]]


def test_unknown_fields_and_changes_are_refused():
    with pytest.raises(ValidationError, match="Extra inputs"):
        record(colour="red")
    with pytest.raises(ValidationError, match="frozen"):
        record().value = 2.0


@pytest.mark.parametrize("value", [True, 1, 1.5, "text", None, Table(columns=["a"], rows=[[1]])])
def test_evidence_is_read_back_from_json_as_it_was(value):
    evidence = record(value=value, threshold=THRESHOLDS["validation.calibration_slope"])
    again = Evidence.model_validate_json(evidence.model_dump_json())
    assert again == evidence
    assert type(again.value) is type(value)


TRACED = {"cell": "fit", "inputs": [Input(table="t", sha256="f" * 64)], "parameters": {}, "method": "DeLong"}


def test_a_figure_with_cell_inputs_parameters_and_method_has_its_provenance():
    assert has_provenance(record(**TRACED))


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        ({"cell": None}, "cell"),
        ({"inputs": []}, "inputs"),
        ({"inputs": [Input(table="t", sha256="")]}, "inputs"),
        ({"parameters": None}, "parameters"),
        ({"method": ""}, "how"),
        ({"method": "", "value": None}, "how"),
    ],
)
def test_what_is_lacking_in_a_provenance_is_named(lacking, named):
    assert provenance_gaps(record(**TRACED | lacking)) == [named]


@pytest.mark.parametrize(
    "how",
    [
        {"formula": "x"},
        {"source": "a paper"},
        {"makers": [Maker(code="a.b", does="c")]},
        {"value": None, "reason": "r"},
    ],
)
def test_a_formula_a_source_a_function_or_a_reason_says_how_as_well(how):
    assert has_provenance(record(**TRACED | {"method": ""} | how))


def test_a_statistic_of_the_glossary_brings_its_formula():
    assert Evidence.of("v", CheckResult("b.gini", "Gini", Estimate(0.5))).formula == r"2\,\mathrm{AUC}-1"
    assert Evidence.of("v", CheckResult("b.rows", "Rows", Estimate(5))).formula == ""


def test_a_result_that_names_the_function_that_found_it_is_told_to_be_made_by_it():
    result = CheckResult("b.c", "t", Estimate(0.5), found_by=provenance_gaps)
    (maker,) = Evidence.of("v", result, makers=[Maker(code="whoever.called", does="x")]).makers
    assert maker == Maker.of(provenance_gaps)
    assert maker.code == "riskbench.core.evidence.provenance_gaps"
