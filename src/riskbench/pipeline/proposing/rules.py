"""Keep, recalibrate or rebuild: stated rules, each with its figure, its limit and whether it holds; no judgement.

1. With too few bad loans among the months held out nothing is decided.
2. Rebuild where the candidate had enough bad loans to learn from, ranks better by more than chance and by more than a
   floor, and earns no less with as many approved. Where a protected group would lose more approvals than the limit,
   people weigh it: nothing is decided.
3. Else recalibrate where level or slope no longer hold, by more than chance and by more than the limits, and a line
   fitted to other rows brings the PDs nearer to the outcomes.
4. Else keep.

That level or slope are off is shown by the likelihood-ratio test, the strongest there is of it; of the line it is asked
alone that it does not harm on rows that it has not seen.
"""

from dataclasses import dataclass
from typing import Literal

from riskbench.core.results import Estimate, Ruling
from riskbench.core.thresholds import Threshold, Thresholds
from riskbench.core.words import format_limits
from riskbench.pipeline.proposing.comparison import Comparison
from riskbench.pipeline.proposing.recalibrated import Method
from riskbench.validation.model_comparison.judged import CHAMPION

Verdict = Literal["keep", "recalibrate", "rebuild", "not_decided"]


@dataclass(frozen=True)
class Recommendation:
    """What the rules say, why in one sentence, the method where the champion is recalibrated, and every rule."""

    verdict: Verdict
    because: str
    rules: list[Ruling]
    method: Method = "intercept"

    def rule(self, name: str) -> Ruling:
        """One rule by its name."""
        return next(rule for rule in self.rules if rule.name == name)


def recommend(comparison: Comparison, thresholds: Thresholds) -> Recommendation:
    """Hold the comparison against the rules; deterministic, and nothing is left out."""
    level = {figure.name: figure.estimate for figure in comparison.of_level(CHAMPION)}
    gained = {figure.name: figure.estimate for figure in [*comparison.ranking, *comparison.at_equal_approval]}
    method: Method = "slope" if _outside(level["slope"], thresholds["propose.slope"], 1.0) else "intercept"
    bads = Estimate(float(comparison.y.sum()), n=len(comparison.y), method="counted")
    built = Estimate(float(comparison.held.bads), method="counted")
    earned = gained["profit_gain"] if gained["profit_gain"].evaluated else gained["bad_rate_gain"]
    limits = {name: thresholds[f"propose.{name}"] for name in LIMITS}
    rules = [
        Ruling("held_out_bads", "Enough bad loans among the months held out", bads,
               *_judged(bads, limits["held_out_bads"])),
        Ruling("calibration", "Chance alone explains how far level and slope are off (p-value)", level["calibration"],
             *_judged(level["calibration"], limits["calibration"])),
        Ruling("level", "The level is off by no more than the limit, or by no more than chance (log odds)",
             level["level"], format_limits(limits["level"]), _kept(_outside(level["level"], limits["level"], 0.0))),
        Ruling("slope", "The slope lies within the limits, or differs from 1 by no more than chance",
             level["slope"], format_limits(limits["slope"]), _kept(_outside(level["slope"], limits["slope"], 1.0))),
        _line_helps(comparison.gain_of_line(method), method),
        Ruling("development_bads", "Enough bad loans for the candidate to learn from", built,
             *_judged(built, limits["development_bads"])),
        _ranks_better(gained["auc_gain"], limits["auc_gain"]),
        Ruling("earns", "With as many approved the candidate earns no less, by more than chance", earned,
             "upper bound ≥ 0", None if earned.upper is None else earned.upper >= 0,
             comparison.held.study.currency if gained["profit_gain"].evaluated else "%"),
        _nobody_falls(comparison.largest_fall, limits["approval_fall"], bool(comparison.held.study.protected)),
    ]  # fmt: skip
    verdict, because = _decided({rule.name: rule for rule in rules})
    return Recommendation(verdict, because, rules, method)


LIMITS = ("held_out_bads", "development_bads", "calibration", "level", "slope", "auc_gain", "approval_fall")


def _decided(by: dict[str, Ruling]) -> tuple[Verdict, str]:
    holds = {name: rule.holds for name, rule in by.items()}
    if not holds["held_out_bads"]:
        found = int(by["held_out_bads"].estimate.value or 0)
        return "not_decided", f"only {found} bad loans are known among the months held out"
    if lacking := [by[name] for name in ("calibration", "ranks_better") if holds[name] is None]:
        return "not_decided", f"{lacking[0].asks.lower()}: not evaluated, {lacking[0].estimate.reason}"
    if holds["ranks_better"] and holds["development_bads"] and holds["earns"]:
        if holds["approval_fall"] is False:
            return (
                "not_decided",
                "the candidate ranks better, and a protected group would lose more approvals than allowed",
            )
        return "rebuild", "the candidate ranks better by more than chance and by more than the floor, and earns no less"
    off = holds["calibration"] is False and (holds["level"] is False or holds["slope"] is False)
    if off and holds["line_helps"]:
        return "recalibrate", f"the ranking holds and the level does not{_why_not_rebuilt(by)}"
    if off:
        return "not_decided", "level or slope no longer hold, and a line fitted to other rows does not mend them"
    return "keep", f"level and slope hold, or are off by little or by chance{_why_not_rebuilt(by)}"


def _why_not_rebuilt(by: dict[str, Ruling]) -> str:
    if not by["ranks_better"].holds:
        return "; the candidate does not rank better by more than chance and the floor"
    if not by["development_bads"].holds:
        return "; the candidate ranks better, and learnt from too few bad loans"
    return "; the candidate ranks better, and earns less with as many approved" if not by["earns"].holds else ""


def _judged(e: Estimate, limit: Threshold, unit: str = "") -> tuple[str, bool | None]:
    return format_limits(limit, unit), None if e.value is None else limit.judge(e.value) == "green"


def _outside(e: Estimate, limit: Threshold, null: float) -> bool | None:
    """Whether a figure lies outside its limits and its interval leaves out `null`; None where not evaluated."""
    if e.value is None or e.lower is None or e.upper is None:
        return None
    value = abs(e.value) if limit.direction == "at_most" else e.value
    return limit.judge(value) != "green" and not e.lower <= null <= e.upper


def _kept(outside: bool | None) -> bool | None:
    return None if outside is None else not outside


def _line_helps(e: Estimate, method: Method) -> Ruling:
    of = "level alone" if method == "intercept" else "level and spread"
    asks = f"A line fitted to other rows ({of}) brings the PDs nearer to outcomes (log loss)"
    return Ruling("line_helps", asks, e, "> 0", None if e.value is None else e.value > 0)


def _ranks_better(e: Estimate, floor: Threshold) -> Ruling:
    held = None if e.value is None or e.lower is None else floor.judge(e.value) == "green" and e.lower > 0
    asks = "The candidate ranks better by more than chance and by more than the floor (AUC)"
    return Ruling("ranks_better", asks, e, f"{format_limits(floor)}, lower bound > 0", held)


def _nobody_falls(e: Estimate, limit: Threshold, protected: bool) -> Ruling:
    asks = "No protected group loses more approvals by the candidate than the limit, or by no more than chance"
    if not protected:
        return Ruling(
            "approval_fall", asks, Estimate.missing("the study has no protected attribute"), "none", None, "%"
        )
    fallen = _outside(e, limit, 0.0)
    return Ruling("approval_fall", asks, e, format_limits(limit, "%"), _kept(fallen), "%")
