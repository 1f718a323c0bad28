"""What would be gained by switching to a challenger, and what would be lost in explanation: one row a challenger."""

from collections.abc import Iterable, Mapping

from pandas import DataFrame

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.core.words import format_number
from riskbench.scorecard.challengers.explaining import Explanations
from riskbench.scorecard.challengers.families import Challenger
from riskbench.scorecard.challengers.size import challenger_size
from riskbench.validation.model_comparison.judged import title_of
from riskbench.validation.model_comparison.reasons import ROUNDING, first_agrees

NO_TRENDS = "no number has a trend over the card's bins"


def switching(
    families: Mapping[str, Challenger],
    results: Iterable[CheckResult],
    slopes: Mapping[str, float],
    explanations: Explanations,
) -> DataFrame:
    """One row a challenger, in words: what is gained, what is lost.

    `results` hold `<challenger>.auc_gain`, `.profit_gain` and `.first_reason`; `slopes` the calibration slope by model;
    the challengers of `families` are fitted. Columns: model; `ranking`, the AUC gained, and `money`, the profit an
    application gained, in words; `calibration_slope`; `same_first_reason` as the champion; `against_trends` of the
    card's bins; `size`; and `effects`, exact, or drawn and how often two draws name one first reason.
    """
    found = {(result.name.split(".")[0], result.name.split(".")[1]): result for result in results}
    rows = [
        {
            "model": challenger.title,
            "ranking": gained(found[name, "auc_gain"].estimate),
            "money": gained(found[name, "profit_gain"].estimate),
            "calibration_slope": slopes[name],
            "same_first_reason": _share(found[name, "first_reason"].estimate),
            "against_trends": _against(explanations.breaks[name]),
            "size": challenger_size(challenger.estimator),
            "effects": _how_sure(explanations, name),
        }
        for name, challenger in families.items()
    ]
    return DataFrame(rows)


def trend_checks(
    families: Mapping[str, Challenger], breaks: Mapping[str, Mapping[str, float]], thresholds: Thresholds
) -> list[CheckResult]:
    """`<challenger>.trend_breaks`: features in which some explained case moves against the card's trend.

    Judged for the challengers that are held to trends, for information for the others. Without features that have a
    trend it is not evaluated.
    """
    return [
        CheckResult(
            f"{name}.trend_breaks",
            f"Features moved against the trend of the card's bins by {title_of(name)}",
            Estimate(len(_broken(breaks[name])), n=len(breaks[name]), method="ladders of quantiles, case by case")
            if breaks[name]
            else Estimate.missing(NO_TRENDS),
            thresholds["challengers.held_trends"] if challenger.held else None,
        )
        for name, challenger in families.items()
    ]


def gained(e: Estimate) -> str:
    """A gain with its interval, and whether it lies beyond chance, in words.

    >>> gained(Estimate(0.012, 0.004, 0.020)), gained(Estimate.missing("the study records no amounts"))
    ('gain: 0.0120 (0.0040 to 0.0200)', 'not evaluated: the study records no amounts')
    """
    if e.value is None:
        return f"not evaluated: {e.reason}"
    if e.lower is None or e.upper is None:
        return f"no interval: {format_number(e.value)}"
    verdict = "gain" if e.lower > 0 else "loss" if e.upper < 0 else "within chance"
    value, lower, upper = (format_number(each, e.lower, e.upper) for each in (e.value, e.lower, e.upper))
    return f"{verdict}: {value} ({lower} to {upper})"


def _share(e: Estimate) -> str:
    if e.value is None or e.lower is None or e.upper is None:
        return f"not evaluated: {e.reason}"
    return f"{100 * e.value:.0f} % ({100 * e.lower:.0f} to {100 * e.upper:.0f})"


def _against(breaks: Mapping[str, float]) -> str:
    """How many features are moved against the card's trend, and how far at most."""
    broken = _broken(breaks)
    if not breaks:
        return NO_TRENDS
    worst = f", up to {max(broken):.2f} log odds" if broken else ""
    return f"{len(broken)} of {len(breaks)}{worst}"


def _broken(breaks: Mapping[str, float]) -> list[float]:
    return [far for far in breaks.values() if far > ROUNDING]


def _how_sure(explanations: Explanations, name: str) -> str:
    effects = explanations.effects[name]
    again = first_agrees(*effects.halves).value
    return "exact" if effects.exact else "drawn" if again is None else f"drawn, {100 * again:.0f} % alike"
