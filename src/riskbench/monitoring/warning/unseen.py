"""What the rules could not see, in a sentence: PDs tell who applies, outcomes alone tell that the odds have changed."""

from collections.abc import Sequence

from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.replay import month_of
from riskbench.monitoring.warning.rule import Rule
from riskbench.monitoring.warning.warnings import Warnings

APPLIES, PAY = "who applies", "how loans pay"
BLIND = "Rules that read applications alone cannot see that the odds have changed"


def unseen(warnings: Warnings, readings: Sequence[Reading]) -> str:
    """Whether a change of the odds was seen, by which rule and when, and what those that read PDs alone said then."""
    paying, applying = ([rule for rule in warnings.rules if sees == rule.SEES] for sees in (PAY, APPLIES))
    known = _evaluated(readings, paying)
    if not known:
        return f"{BLIND}, and no rule about outcomes could be evaluated: such a change would have gone unseen."
    months = [month_of(reading) for reading in known if reading.state == "signal"]
    if not months:
        return f"{BLIND}. Rules about outcomes were evaluated, and none of them signalled."
    first = next(reading for reading in known if reading.state == "signal" and month_of(reading) == min(months))
    then = [r for r in _evaluated(readings, applying) if r.kind == "label_free" and month_of(r) == min(months)]
    said = {"signal": "signalled as well", "quiet": "was quiet"}
    free = f" At that look {then[0].rule}, which reads PDs alone, {said[then[0].state]}." if then else ""
    return f"{BLIND}. The rule {first.rule} signalled first, at the end of {min(months)}.{free}"


def _evaluated(readings: Sequence[Reading], rules: Sequence[Rule]) -> list[Reading]:
    names = {rule.name for rule in rules}
    return [reading for reading in readings if reading.rule in names and reading.state != "not_evaluated"]
