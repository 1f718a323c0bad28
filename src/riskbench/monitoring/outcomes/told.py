"""What early outcomes and the estimate from PDs say together, in sentences that follow from both on any study."""

from collections.abc import Mapping

from riskbench.core.results import Estimate
from riskbench.core.status import WORST_FIRST, Status
from riskbench.core.thresholds import Threshold

BLIND = "The estimate from PDs alone cannot see concept drift."


def verdict(early: Estimate, change: Estimate, limit: Threshold) -> str:
    """Which of who applies and the odds has changed, as far as can be known before labels are.

    `early` is of `against` over the open loans, `change` of `before_labels.change`. Outcomes count as worse where the
    one-sided p-value fails the limit, as better where it fails from the other side; the PDs as moved where the interval
    of their change does not hold 0.

    >>> from riskbench.core.thresholds import Thresholds
    >>> limit = Thresholds()["outcomes.early_outcomes"]
    >>> verdict(Estimate.missing("no loan is old enough"), Estimate(0.0, -0.1, 0.1), limit)
    'Early outcomes are not evaluated: no loan is old enough. The estimate from PDs alone cannot see concept drift.'
    """
    if early.p_value is None or early.value is None:
        return f"Early outcomes are not evaluated: {early.reason}. {BLIND}"
    moved = _moved(change)
    seen = (
        "above" if limit.judge(early.p_value) == "red" else "below" if limit.judge(1 - early.p_value) == "red" else ""
    )
    return f"{_OUTCOMES[seen]} {_TOGETHER[seen, moved]} {BLIND}"


def conclusion(judged: Mapping[str, Status]) -> str:
    """The conclusion of the page as a template of `ratio`, `matured` and `first`, the answer first.

    `judged` holds the status of each test of outcomes, by what it looks at.

    >>> conclusion({"open loans": "red", "first payments": "green", "the newest matured month": "red"})[:79]
    'Loans turn out worse than expected, by open loans and the newest matured month.'
    """
    by = {status: _listed([name for name, of in judged.items() if of == status]) for status in WORST_FIRST}
    told = [words.format(by[status]) for status, words in _ANSWERS.items() if by[status]]
    unknown = [f"Not evaluated: {by['not_evaluated']}."] if by["not_evaluated"] else []
    return " ".join([*(told[:1] or ["It is not known whether loans turn out as expected."]), *unknown]) + _FIGURES


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _moved(change: Estimate) -> str:
    if change.lower is None or change.upper is None:
        return ""
    return "up" if change.lower > 0 else "down" if change.upper < 0 else ""


_OUTCOMES = {
    "above": "More open loans have gone bad than loans of the same PD, term and age had at development.",
    "below": "Fewer open loans have gone bad than loans of the same PD, term and age had at development.",
    "": "Open loans go bad as often as loans of the same PD, term and age had at development, within chance.",
}
_TOGETHER = {
    ("above", ""): "Their mean PD is that of development, within chance: "
    "the estimate shows nothing, and what has changed is the odds.",
    ("above", "up"): "Their mean PD is higher too: who is lent to has changed, which the estimate shows, and beyond it "
    "the odds, which it does not.",
    ("above", "down"): "Their mean PD is lower: the estimate promises fewer bad loans while the odds have risen.",
    ("below", ""): "Their mean PD is that of development, within chance: the odds have become better than the PDs say.",
    ("below", "up"): "Their mean PD is higher: the estimate promises more bad loans than are coming.",
    ("below", "down"): "Their mean PD is lower too: who is lent to has changed, and the odds are better still.",
    ("", ""): "Their mean PD is that of development as well: nothing points to a change.",
    ("", "up"): "Their mean PD is higher: who is lent to has changed, and the PDs follow it.",
    ("", "down"): "Their mean PD is lower: who is lent to has changed, and the PDs follow it.",
}
_ANSWERS: dict[Status, str] = {
    "red": "Loans turn out worse than expected, by {}.",
    "amber": "Loans may be turning out worse than expected, by {}.",
    "green": "Nothing shows that loans turn out worse than expected, by {}.",
}
_FIGURES = (
    " Bad open loans over those expected at their age: {ratio}. P-value, adjusted for all months, of the test that the "
    "mean PD of the newest matured month is not too low: {matured:value}; that no more first payments than expected "
    "were missed in the newest month: {first:value}."
)
