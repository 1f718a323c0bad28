"""How the checks of a run came out: counted by status, and said in one sentence."""

from collections import Counter
from collections.abc import Sequence

from riskbench.core.evidence import Evidence
from riskbench.core.status import WORST_FIRST, Status

_JUDGED = WORST_FIRST[:4]  # without what is for information
_VERBS: dict[Status, tuple[str, str]] = {
    "red": ("fails", "fail"),
    "amber": ("is to be watched", "are to be watched"),
    "not_evaluated": ("was not evaluated", "were not evaluated"),
    "green": ("meets its limit", "meet their limits"),
}


def verdict(checks: Sequence[Evidence]) -> str:
    """One sentence that counts the checks by status, the worst first.

    >>> verdict([])
    'No check was recorded.'
    """
    if not checks:
        return "No check was recorded."
    parts = [f"{count} {_VERBS[status][count > 1]}" for status, count in tally(checks)]
    if len(parts) == 1 and checks[0].status == "green":
        return f"All {len(checks)} checks meet their limits." if len(checks) > 1 else "The one check meets its limit."
    said = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"Of {len(checks)} checks, {said}." if len(checks) > 1 else f"The one check {said[2:]}."


def tally(checks: Sequence[Evidence], all_of_them: bool = False) -> list[tuple[Status, int]]:
    """How many checks there are of each status, the worst first; of those that there are, or of all."""
    count = Counter(e.status for e in checks)
    return [(status, count[status]) for status in _JUDGED if count[status] or all_of_them]
