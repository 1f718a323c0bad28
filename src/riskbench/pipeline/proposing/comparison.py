"""Champion, recalibrated champion and candidate on the same applications, which none of them has seen.

Outcomes are known of booked loans alone: ranking, level and money at equal approval are of these. What the policies
decide is of everybody who applied.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import LEVEL, Estimate
from riskbench.data.oversampling import moved
from riskbench.data.study import Study
from riskbench.data.study.sections import Sample
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.effect.effect import Applicants, Effect, bundle_effect
from riskbench.decision.effect.tables import by_group
from riskbench.metrics import auc, calibration_line, delong, proportion
from riskbench.metrics.arguments import Floats
from riskbench.pipeline.proposing.recalibrated import (
    Line,
    Method,
    cross_fitted,
    fitted_line,
    level_moved,
    nearer,
    recalibrated_bundle,
)
from riskbench.scorecard.bands import band_codes, band_edges
from riskbench.scorecard.stability import psi_of_columns
from riskbench.validation.model_comparison.equal_approval import Resampling, equal_approval
from riskbench.validation.model_comparison.judged import CHAMPION, judge

CANDIDATE, RECALIBRATED = "candidate", "recalibrated"
REPLICATES = 300
HELD_OUT: Sample = "out_of_time"  # what the months held out are called in a run


@dataclass(frozen=True, eq=False)
class Held:
    """Everything that the comparison reads: the applications held out, and what was developed on before them.

    `applicants` are all applications of the months held out. `developed` has the candidate's own scores of its
    development, `built_on` those of the champion's; `bads` are those the candidate was fitted on.
    """

    study: Study
    champion: Bundle
    candidate: Bundle
    applicants: Applicants
    built_on: pd.Series
    developed: pd.Series
    bads: int


@dataclass(frozen=True)
class Figure:
    """One figure of the comparison: of which option, what, in which unit, and its estimate."""

    option: str
    name: str
    title: str
    estimate: Estimate
    unit: str = ""


class Comparison:
    """The figures of three options, each computed once; nothing is decided here."""

    def __init__(self, held: Held):
        self.held = held
        labelled = held.applicants.y.notna().to_numpy()
        self._labelled = labelled
        self.y: Floats = held.applicants.y.to_numpy(float)[labelled]
        self._shift = held.applicants.shift

    @cached_property
    def scored(self) -> dict[str, pd.DataFrame]:
        """Score and PD of every application, by champion and candidate."""
        frame = self.held.applicants.columns
        return {CHAMPION: self.held.champion.score(frame), CANDIDATE: self.held.candidate.score(frame)}

    @cached_property
    def pds(self) -> dict[str, Floats]:
        """The PDs of the labelled rows at the bad rate of the data, by champion and candidate."""
        return {name: moved(of["pd"].to_numpy(float)[self._labelled], -self._shift) for name, of in self.scored.items()}

    def of_level(self, option: str) -> list[Figure]:
        """Level, slope and the test of both, of champion or candidate."""
        line = calibration_line(self.y, self.pds[option])
        return [
            Figure(option, "observed", "Observed bad rate", self.observed, "%"),
            Figure(option, "expected", "Expected bad rate, the mean PD", self._expected(self.pds[option]), "%"),
            Figure(
                option, "level", "Log odds to be added for the level to hold", level_moved(self.y, self.pds[option])
            ),
            Figure(option, "slope", "Calibration slope", line.slope),
            Figure(option, "calibration", "Test of level and slope (p-value)", _as_p(line.test)),
        ]

    @property
    def observed(self) -> Estimate:
        """The bad rate of the labelled rows, with Wilson's interval."""
        return proportion(int(self.y.sum()), len(self.y))

    def line(self, method: Method) -> Line | None:
        """The line on which the champion would be recalibrated."""
        return fitted_line(self.y, self.pds[CHAMPION], method)

    def gain_of_line(self, method: Method) -> Estimate:
        """What recalibration gains in log loss, each row by a line that was fitted without it."""
        fitted = cross_fitted(self.y, self.pds[CHAMPION], method) if len(self.y) else None
        if fitted is None:
            return Estimate.missing("no line can be fitted to the outcomes held out", len(self.y))
        return nearer(self.y, self.pds[CHAMPION], fitted)

    @cached_property
    def ranking(self) -> list[Figure]:
        """AUC of both, and what the candidate gains, by DeLong's paired test."""
        return [
            Figure(CHAMPION, "auc", "AUC", auc(self.y, self.pds[CHAMPION])),
            Figure(CANDIDATE, "auc", "AUC", auc(self.y, self.pds[CANDIDATE])),
            Figure(
                CANDIDATE, "auc_gain", "AUC gained", delong(self.y, self.pds[CANDIDATE], self.pds[CHAMPION])
            ),
        ]  # fmt: skip

    @cached_property
    def at_equal_approval(self) -> list[Figure]:
        """Bad rate and profit that the candidate gains with as many approved as the champion's policy approves."""
        names = {
            "bad_rate_gain": ("Bad rate saved at equal approval", "%"),
            "profit_gain": ("Profit an application gained at equal approval", self.held.study.currency),
        }
        if not (len(self.y) and self.approval):
            why = "no loan held out has an outcome" if self.approval else "the champion's policy approves nobody"
            return [
                Figure(CANDIDATE, name, title, Estimate.missing(why), unit) for name, (title, unit) in names.items()
            ]
        study, applicants = self.held.study, self.held.applicants
        frame = applicants.columns.assign(y=applicants.y.to_numpy(), sample=HELD_OUT)
        pds = pd.DataFrame({name: moved(of["pd"], -self._shift) for name, of in self.scored.items()}, frame.index)
        judged = judge(study, frame, pds, self.held.champion.credit_policy.economics, HELD_OUT)
        table = equal_approval(judged, [self.approval], Resampling(REPLICATES))
        row = table[table["model"] == CANDIDATE].to_dict("records")[0]
        method = f"at {self.approval:.1%} approved by both, paired bootstrap over applications"
        found = []
        for name, (title, unit) in names.items():
            value, lower, upper = (float(row[f"{name}{end}"]) for end in ("", "_lower", "_upper"))
            lack = judged.lack if name == "profit_gain" else ""
            n = len(self.y)
            e = Estimate.missing(lack, n, method) if lack else Estimate(value, lower, upper, LEVEL, n, method)
            found.append(Figure(CANDIDATE, name, title, e, unit))
        return found

    @cached_property
    def approval(self) -> float:
        """The share of all applications held out that the champion's policy approves; 0 where it cannot decide."""
        try:
            return float(self.effect.decided()[0].approved.mean())
        except NotEvaluated:
            return 0.0

    @cached_property
    def effect(self) -> Effect:
        """What changes where the candidate takes the place of the champion, each with its own policy."""
        return bundle_effect(self.held.champion, self.held.candidate, self.held.applicants)

    def effect_of_line(self, method: Method) -> Effect | None:
        """What changes where the champion is recalibrated; None without a line."""
        line = self.line(method)
        if line is None:
            return None
        new = recalibrated_bundle(self.held.champion, line, "for comparison")
        return bundle_effect(self.held.champion, new, self.held.applicants)

    @cached_property
    def population(self) -> list[Figure]:
        """PSI of each score, from what its card was developed on to the applications held out."""
        found = []
        for option, before in ((CHAMPION, self.held.built_on), (CANDIDATE, self.held.developed)):
            now = self.scored[option]["score"]
            both = pd.concat([before, now], ignore_index=True)
            codes = band_codes(both, band_edges(before))
            reference = np.arange(len(both)) < len(before)
            e = psi_of_columns(codes, reference, ~reference)["score"]
            found.append(Figure(option, "psi", "PSI of the score since its development", e))
        return found

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Approval of protected groups by champion and candidate; raises `NotEvaluated` where none may be shown."""
        return by_group(self.effect)

    @cached_property
    def largest_fall(self) -> Estimate:
        """The largest fall in approval of a protected group by the candidate."""
        return largest_fall(self.effect)[1]

    @cached_property
    def swaps(self) -> pd.DataFrame:
        """Who is approved by one of the two alone where both approve as many of all applications.

        Columns as in the swaps of an effect: swap, n, expected_before, expected_after, n_labelled, observed_bad_rate
        with bounds. Rates of fewer people than the smallest cell are left out. Raises `NotEvaluated` where the champion
        decides nothing.
        """
        self.effect.decided()
        taken = round(self.approval * len(self.held.applicants.columns))
        first, second = (_safest(self.scored[name]["pd"].to_numpy(float), taken) for name in (CHAMPION, CANDIDATE))
        return pd.DataFrame(list(self._swapped(first, second)))

    def _swapped(self, first: np.ndarray, second: np.ndarray) -> Iterator[dict[str, object]]:
        y, few = self.held.applicants.y, self.held.applicants.smallest_cell
        for name, among in (
            ("swapped in", ~first & second),
            ("swapped out", first & ~second),
            ("stays", first & second),
        ):
            known = among & y.notna().to_numpy()
            shown = [
                float(self.scored[of]["pd"][among].mean()) if among.sum() >= few else None
                for of in (CHAMPION, CANDIDATE)
            ]
            rate = proportion(int(y[known].sum()), int(known.sum())) if known.sum() >= few else Estimate.missing("few")
            bounds = dict(zip(("observed_bad_rate", "lower", "upper"), rate.bounded, strict=True))
            expected = dict(zip(("expected_before", "expected_after"), shown, strict=True))
            yield {"swap": name, "n": int(among.sum())} | expected | {"n_labelled": int(known.sum())} | bounds

    def _expected(self, pd_: Floats) -> Estimate:
        return (
            Estimate(float(pd_.mean()), n=len(pd_), method="mean PD")
            if len(pd_)
            else Estimate.missing("no outcomes", 0)
        )


def largest_fall(effect: Effect) -> tuple[str, Estimate]:
    """The protected group whose approval falls most, of those beyond chance where there are any, and by how much.

    A rise counts as a fall of 0. Where no group may be shown the name is empty, and the estimate says why.
    """
    try:
        groups = by_group(effect)
    except NotEvaluated as lack:
        return "", Estimate.missing(str(lack))
    beyond = groups[groups["approval_change_upper"] < 0]
    worst = (groups if beyond.empty else beyond).sort_values("approval_change", kind="stable").to_dict("records")[0]
    value, lower, upper = (
        max(0.0, -float(worst[name])) for name in ("approval_change", "approval_change_upper", "approval_change_lower")
    )
    who = f"{worst['attribute']}: {worst['group']}"
    return who, Estimate(value, lower, upper, LEVEL, int(worst["n"]), f"Newcombe, paired; {who}")


def _safest(pd_: Floats, taken: int) -> np.ndarray:
    """The `taken` safest; of equal ones the first in the order of the rows."""
    chosen = np.zeros(len(pd_), dtype=bool)
    chosen[np.argsort(pd_, kind="stable")[:taken]] = True
    return chosen


def _as_p(e: Estimate) -> Estimate:
    """A test whose value is its p-value."""
    if e.p_value is None:
        return Estimate.missing(e.reason, e.n, e.method)
    return Estimate(e.p_value, n=e.n, method=e.method, statistic=e.statistic, p_value=e.p_value)
