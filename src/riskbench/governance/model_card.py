"""The model card and the evidence in brief, from a run's own evidence: nothing here is typed by hand."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from riskbench.core.evidence import Evidence
from riskbench.core.status import OPEN, Status
from riskbench.core.words import format_evidence, format_limits
from riskbench.data.study import Study


def model_card(
    study: Study, evidence: Mapping[str, Evidence], card: Mapping[str, Any], owner: str, intended_use: str | None
) -> pd.DataFrame:
    """The card as rows of item and text (Mitchell et al. 2019). `card` is the scorecard as plain data."""
    holdout = study.holdout
    figures = {
        "Discrimination": f"validation.champion.auc.{holdout}",
        "Calibration slope": f"validation.champion.calibration_slope.{holdout}",
        "Stability since development": f"monitoring.score.psi.{holdout}",
        "Lowest adverse impact ratio": f"fairness.groups.lowest_ratio.{holdout}",
        "Expected profit per unit lent": f"policy.portfolio.expected_profit.{holdout}",
    }
    inputs = [part["feature"] for part in card["points"]]
    rows = [
        ("Model", f"Scorecard of the study {study.title}"),
        ("Owner", owner),
        ("Kind", "Logistic regression on weights of evidence, scaled to whole points"),
        ("Intended use", intended_use or study.purpose),
        ("Not intended for", "Any other population, product or decision; detection of fraud; pricing"),
        ("Target", study.outcome.definition),
        ("Population", study.population_told),
        ("Data", "Synthetic: made by the package, no person in them exists" if study.synthetic else study.licence),
        ("Inputs", ", ".join(inputs)),
        ("Judged on", study.out_of_time_kind),
        *((title, _figure(evidence.get(name))) for title, name in figures.items()),
        ("Human oversight", "Applications that the policy refers are decided by a person"),
    ]
    return pd.DataFrame(rows, columns=["item", "text"])


def limits(study: Study) -> pd.DataFrame:
    """The limits that the study states."""
    return pd.DataFrame({"limit": study.limitations})


def open_checks(evidence: Mapping[str, Evidence]) -> pd.DataFrame:
    """Every check that is not green, the worst first, with its reason."""
    rows = [
        (e.stage, e.title, e.dims.sample, e.status, e.reason or f"{format_evidence(e)}; {_limits(e)}")
        for status in OPEN
        for e in evidence.values()
        if e.kind == "check" and e.status == status
    ]
    return pd.DataFrame(rows, columns=["stage", "check", "sample", "status", "because"])


def evidence_by_stage(evidence: Mapping[str, Evidence]) -> pd.DataFrame:
    """How many pieces of evidence each stage has recorded, by kind."""
    counts: Counter[tuple[str, str]] = Counter((e.stage, e.kind) for e in evidence.values())
    stages = dict.fromkeys(e.stage for e in evidence.values())
    kinds = ("check", "estimate", "table", "text")
    return pd.DataFrame([{"stage": s} | {kind: counts[s, kind] for kind in kinds} for s in stages])


def count(evidence: Mapping[str, Evidence], status: Status) -> int:
    """The number of checks of a status."""
    return sum(e.kind == "check" and e.status == status for e in evidence.values())


def _figure(e: Evidence | None) -> str:
    return "not evaluated in this run" if e is None else format_evidence(e)


def _limits(e: Evidence) -> str:
    own = f"; set by the study: {e.threshold.override_reason}" if e.threshold and e.threshold.override_reason else ""
    return f"limit {format_limits(e.threshold, e.unit)}{own}"
