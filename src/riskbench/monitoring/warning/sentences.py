"""Points of charts as sentences: what was seen, in how many cases, when, and what the reference had let expect."""

from riskbench.core.errors import NotEvaluated
from riskbench.core.words import NBSP, format_number
from riskbench.monitoring.charts.chart import Chart, Point
from riskbench.monitoring.warning.periods import Span
from riskbench.monitoring.warning.rule import Judged

DECIMALS = {"%": 1, "points": 1, "": 3, "times": 1}


def judged_by(chart: Chart, span: Span, what: str, unit: str = "%", cases: str = "applications") -> Judged:
    """The newest point of a chart; raises NotEvaluated where it has none. `what` begins the sentence."""
    point = chart.last
    if point.value is None:
        raise NotEvaluated(point.reason or "the chart has no point")
    beyond = point.upper if point.lower is None or point.value > (point.centre or 0) else point.lower
    text = f"{what}: {figure(point.value, unit)} of {point.n:,} {cases} {span.when()}; {expected(point, unit)}."
    return Judged(point.signal, point.value, beyond, point.n, span, text, point.chance)


def expected(point: Point, unit: str) -> str:
    """What was expected, and the limits.

    >>> expected(Point(0.7, 0.5, 0.4, 0.6, 100, True), "%")
    'expected 50.0 %, limits 40.0 to 60.0 %'
    """
    limits = f"limit {figure(point.upper, unit)}"
    if point.lower is not None:
        bare = figure(point.lower, unit).removesuffix(f" {unit}")
        limits = f"limits {bare} to {figure(point.upper, unit)}"
    return f"expected {figure(point.centre, unit)}, {limits}"


def figure(value: float | None, unit: str = "") -> str:
    """A figure in plain text, with as many decimals as a sentence takes.

    >>> figure(0.1234, "%"), figure(560.44, "points"), figure(0.1)
    ('12.3 %', '560.4 points', '0.100')
    """
    return format_number(value, unit=unit, decimals=DECIMALS.get(unit, 0)).replace(NBSP, " ")
