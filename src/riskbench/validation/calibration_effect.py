"""What calibration changed: the tests of the bare logit's PDs and of the PDs that are applied, side by side.

Both are at the bad rate of the data. On a sample that lent labels to the coefficients or to the level, a test is not
independent, and the table says so.
"""

from collections.abc import Hashable, Mapping
from typing import Any

from pandas import DataFrame, isna

from riskbench.core.evidence import SAMPLES
from riskbench.data.oversampling import moved
from riskbench.scorecard.calibration.calibrate import uncorrected
from riskbench.scorecard.card import Scorecard
from riskbench.validation.battery import FAMILIES
from riskbench.validation.battery.calibration import TOO_HIGH
from riskbench.validation.battery.case import Case
from riskbench.validation.battery.check import ask
from riskbench.validation.battery.grades import JEFFREYS

KINDS = ("p-value", "measure", "count")  # in the order of the table
TESTS = tuple(  # of whole samples; a figure that no PD can better is none, and two sides of one test are one
    check
    for check in (*FAMILIES["calibration"], *FAMILIES["grades"])
    if check.parts is None and check is not TOO_HIGH and (check.kind == "p-value" or check.best is not None)
)
TOO_LOW = "Grades whose PD is too low"
BEST = {test.title: test.best for test in TESTS} | {TOO_LOW: 0}
DECIMALS = 3  # as the table is shown: what does not differ there has not changed
SMALL_PRINT = "These are point values at the three decimals shown; whether a difference is beyond chance is not tested."


def uncalibrated(scores: DataFrame, card: Scorecard, shift: float) -> DataFrame:
    """`scores` with the PDs of the bare logit behind the card, fitted on development alone.

    `shift` is what the applied PD lies above `pd` in log odds, where bads were oversampled (`oversampling.shift`).
    """
    bare = uncorrected(card, scores["pd_applied"])
    return scores.assign(pd=bare, pd_applied=moved(bare, shift))


def before_and_after(before: Mapping[str, Case], after: Mapping[str, Case]) -> DataFrame:
    """One row a test; for each sample one column before and one after, marked in_sample where it was fitted there.

    `test` is its title, `kind` says what its values are: p-value, measure or count. A grade's PD is too low where its
    Jeffreys test is red. `before` and `after` hold the same samples. A test that a sample does not have is missing.
    """
    kinds = {test.title: test.kind for test in TESTS} | {TOO_LOW: "count"}
    columns = {
        f"{sample}_{when}{'_in_sample' if case.fitted else ''}": _values(case)
        for sample in after
        for when, case in (("before", before[sample]), ("after", after[sample]))
    }
    table = DataFrame(columns, index=list(kinds), dtype=float).rename_axis("test").reset_index()
    table.insert(1, "kind", table["test"].map(kinds))
    return table.sort_values("kind", key=lambda kind: kind.map(KINDS.index), kind="stable", ignore_index=True)


def told(changed: DataFrame) -> str:
    """Which tests of `before_and_after` improved and which worsened on samples that lent no labels, as sentences.

    Better is a larger p-value, and a measure or a count nearer to its best value.
    """
    sentences = []
    samples = [str(name).removesuffix("_after") for name in changed if str(name).endswith("_after")]
    for sample in samples:
        better: list[str] = []
        worse: list[str] = []
        for row in changed.to_dict("records"):
            before, after = (_badness(row, f"{sample}_{when}") for when in ("before", "after"))
            if isna(before) or isna(after):
                continue
            if after != before:
                (better if after < before else worse).append(str(row["test"]))
        where = SAMPLES[sample]
        sentences.append(
            f"On the {where} sample, better after calibration: {_listed(better)}; worse: {_listed(worse)}."
        )
    return " ".join([*sentences, SMALL_PRINT]) if sentences else "Every sample lent labels: no test is independent."


def _values(case: Case) -> dict[str, float | None]:
    values = {test.title: result.estimate.value for test in TESTS for result in ask(test, case)}
    return values | {TOO_LOW: sum(grade.status == "red" for grade in ask(JEFFREYS, case))}


def _badness(row: Mapping[Hashable, Any], column: str) -> float:
    value, best = round(float(row[column]), DECIMALS), BEST[row["test"]]
    return -value if best is None else abs(value - best)


def _listed(tests: list[str]) -> str:
    return "; ".join(tests) or "none"
