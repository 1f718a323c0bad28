from riskbench.core.evidence import Evidence
from riskbench.core.thresholds import Threshold
from riskbench.governance.evidence_summary import evidence_by_stage, status_counts

LIMIT = Threshold(
    key="k", direction="at_least", green=0.7, amber=0.6, basis="convention", source="x", override_reason="few files"
)


def recorded(*evidence: Evidence) -> dict[str, Evidence]:
    return {e.id: e for e in evidence}


def check(name: str, status: str, value: float | None = 0.5, **more) -> Evidence:
    stage, id_ = name.split(".")[0], f"{name}.auc.test"
    return Evidence(id=id_, stage=stage, kind="check", title=name, value=value, status=status, threshold=LIMIT, **more)


FOUND = recorded(
    check("validation.good", "green", 0.75),
    check("validation.late", "not_evaluated", None, reason="one class only"),
    check("fairness.weak", "amber", 0.65),
    check("validation.bad", "red"),
    Evidence(id="fairness.page.conclusion", stage="fairness", kind="text", title="t", value="x"),
    Evidence(
        id="fairness.x.not_done", stage="fairness", kind="estimate", title="t", value=None, status="not_evaluated"
    ),
)


def test_only_checks_are_counted_and_every_status_has_a_count():
    counts = {result.name: result.estimate.value for result in status_counts(FOUND)}
    assert counts == {"checks.green": 1, "checks.amber": 1, "checks.red": 1, "checks.not_evaluated": 1}


def test_each_stage_tells_how_much_it_recorded_of_each_kind():
    table = evidence_by_stage(FOUND).set_index("stage")
    assert table.loc["validation"].tolist() == [3, 0, 0, 0]
    assert table.loc["fairness"].to_dict() == {"check": 1, "estimate": 1, "table": 0, "text": 1}
