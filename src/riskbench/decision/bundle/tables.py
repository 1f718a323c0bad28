"""A bundle for a reader: what it holds, and whether it decides as the page does that it was made for."""

import pandas as pd

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.decision.bundle.bundle import Bundle

SHOWN = 12  # letters of a hash


def content_table(bundle: Bundle) -> pd.DataFrame:
    """One row a part of the bundle: `part` and `content`, in words."""
    card, policy, inputs = bundle.scorecard, bundle.credit_policy, bundle.inputs
    bins = [points for of in card.points_.values() for points in of]
    rules = [*bundle.reasons.rules, *(of for said in bundle.reasons.alternatives.values() for of in said)]
    texts = len(bins) + len(bundle.reasons.bands) + sum(1 + (of.missing is not None) for of in rules)
    checks = len(bundle.effective_policy.rules) - len(policy.rules)
    made = _counted(len(inputs.engineered), "feature")
    rows = [
        ("card", f"{len(card.points_)} features with {len(bins)} bins; address {bundle.card_address[:SHOWN]}…"),
        ("calibration", f"{len(bundle.calibration)} steps from the logit to the PD that is applied"),
        ("policy", f"{len(policy.bands)} bands, {_counted(len(policy.rules), 'rule')}, and the economics"),
        (
            "reasons",
            f"{texts} texts, each in English and Chinese, by bin, band and rule; rules have two (held; value missing)",
        ),
        (
            "inputs",
            f"{_counted(len(inputs.columns), 'column')}, and {made} made of them; {_counted(checks, 'check')} of range "
            "and levels refer what is outside",
        ),
        ("made from", ", ".join(f"{name} {hash_[:SHOWN]}…" for name, hash_ in bundle.made_from)),
    ]
    return pd.DataFrame(rows, columns=["part", "content"])


def bundle_check(expected: pd.DataFrame, got: pd.DataFrame, thresholds: Thresholds) -> CheckResult:
    """How many rows of two tables of decisions are not the same, in any column.

    Both have the columns of `decision.decide.decide`. Raises ValueError unless they have the same rows.
    """
    if not expected.index.equals(got.index):
        raise ValueError(f"both must decide the same rows, got {len(expected)} and {len(got)}")
    got = got[list(expected)]
    differing = ((expected != got) & ~(expected.isna() & got.isna())).any(axis=1)  # no rate on both sides is the same
    method = "all that is decided of every application, from its columns as they were handed in"
    return CheckResult(
        "bundle.differences",
        "Applications that the bundle, read back, decides otherwise",
        Estimate(int(differing.sum()), n=len(differing), method=method),
        thresholds["policy.bundle_differences"],
    )


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"
