"""A proposal as what it leaves: `proposal.json` for machines, `proposal.html` for people, text for a terminal."""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.files import digest, write_json, write_text
from riskbench.core.results import Estimate
from riskbench.core.status import WORDS
from riskbench.core.words import format_number
from riskbench.decision.effect.tables import by_group, swaps
from riskbench.pipeline.proposing.comparison import CANDIDATE, RECALIBRATED, Comparison, Figure, largest_fall
from riskbench.pipeline.proposing.proposal import Made, Proposal
from riskbench.report.proposal_page import FigureTold, ProposalTold, render_proposal
from riskbench.validation.model_comparison.judged import CHAMPION

Part = tuple[str, pd.DataFrame | str, str]  # of the page: a title, a table or why there is none, and a note
JSON_FILE, PAGE_FILE = "proposal.json", "proposal.html"
SCHEMA_VERSION = 1
KEPT = {"keep": "The champion is kept", "not_decided": "Nothing is decided"} | {
    "recalibrate": "The champion is to be recalibrated",
    "rebuild": "The candidate is to take the champion's place",
}


def write_proposal(proposal: Proposal, me: str = "riskbench") -> None:
    """Write both files into the folder of the proposal; `me` is how the reader calls the command."""
    write_json(proposal.folder / JSON_FILE, document(proposal, me))
    write_text(proposal.folder / PAGE_FILE, render_proposal(told(proposal, me)))


def document(proposal: Proposal, me: str = "riskbench") -> dict[str, Any]:
    """The proposal as data: its runs by their hashes, every figure and every rule; `sha256` is of all other keys."""
    window, found = proposal.window, proposal.recommendation
    content = {
        "schema_version": SCHEMA_VERSION,
        "study": proposal.study.name,
        "synthetic": proposal.study.synthetic,
        "as_of": window.as_of.isoformat(),
        "retrospective": window.retrospective,
        "development": _days(window.development),
        "held_out": _days(window.holdout),
        "champion": _run(proposal.champion),
        "candidate": _run(proposal.candidate),
        "recalibrated": _run(proposal.recalibrated) if proposal.recalibrated else None,
        "recalibrated_is_the_same_card": proposal.same_card,
        "recommendation": found.verdict,
        "because": found.because,
        "rules": [
            {"name": r.name, "asks": r.asks, "limit": r.limit, "holds": r.holds} | _estimate(r.estimate)
            for r in found.rules
        ],
        "figures": [
            {"option": f.option, "name": f.name, "title": f.title, "unit": f.unit} | _estimate(f.estimate)
            for f in _figures(proposal)
        ],
        "commands": commands(proposal, me),
    }
    return content | {"sha256": digest(content)}


def conclusion(proposal: Proposal) -> str:
    """The answer in one sentence, and on what it rests."""
    window, found = proposal.window, proposal.recommendation
    return (
        f"{KEPT[found.verdict]}: {found.because}. It rests on {len(proposal.comparison.y):,} loans decided from "
        f"{window.holdout.first} to {window.holdout.last}, as they were known on {window.as_of}."
    )


def consequence(proposal: Proposal) -> str:
    """What the run that is proposed would change, in approvals and for protected groups; empty where none is proposed.

    The rule on groups asks of a candidate. Of a champion at another level no rule asks it, and so it is said here.
    """
    comparison, found = proposal.comparison, proposal.recommendation
    rebuilt = found.verdict == "rebuild"
    effect = comparison.effect if rebuilt else comparison.effect_of_line(found.method)
    if proposal.proposed is None or effect is None:
        return ""
    who = "With its own policy the candidate" if rebuilt else "With cut-offs as they are the recalibrated champion"
    approval = next(change for change in effect.changes if change.name == "approval_rate")
    before, after = (_value(e, "%") for e in (approval.before, approval.after))
    told = f"{who} would approve {after} of the applications held out, where the champion approves {before}."
    group, fall = largest_fall(effect)
    if not group:
        return f"{told} What it does to protected groups is not evaluated: {fall.reason}."
    if not fall.value:
        return f"{told} No protected group would be approved less often."
    limit = found.rule("approval_fall").limit
    lost = f"The approval of protected groups would fall most for {group}, by {_value(fall, '%')}"
    return f"{told} {lost}; of a candidate the rule allows {limit}."


def lines(proposal: Proposal, me: str) -> Iterator[str]:
    """The proposal for a terminal: the answer, every rule, and what people do next."""
    yield conclusion(proposal)
    if told := consequence(proposal):
        yield told
    for rule in proposal.recommendation.rules:
        answer = {True: "holds", False: "does not hold", None: WORDS["not_evaluated"]}[rule.holds]
        yield f"  {answer:<13}  {rule.asks}: {_value(rule.estimate, rule.unit)} [{rule.limit}]"
    yield from caveats(proposal)
    if proposal.proposed:
        yield "Nothing is put into use by this. People sign, approve and promote:"
        yield from (f"  {command}" for command in commands(proposal, me))


def commands(proposal: Proposal, me: str) -> list[str]:
    """What people type to register, judge, sign, approve and promote what is proposed; empty where nothing is."""
    made = proposal.proposed
    if made is None:
        return []
    run = f"reports/{made.folder.name}"
    return [
        f"{me} inventory register {run} --by MODELLER",
        f"{me} sign {run} --as modeller --person MODELLER",
        f"{me} verify {run} --by VALIDATOR",
        f"{me} sign {run} --as validator --person VALIDATOR",
        f"{me} effect reports/{proposal.champion.folder.name} {run}",
        f"{me} approve {run} --person APPROVER --condition TEXT --expires DATE",
        f"{me} promote {run} --person APPROVER",
    ]


def caveats(proposal: Proposal) -> list[str]:
    """What a reader must know of this proposal, in sentences."""
    found = []
    if proposal.study.synthetic:
        found.append("The data are synthetic: no customer stands behind any figure.")
    if proposal.window.retrospective:
        found.append(
            "Labels of a column are taken to be known at once. On the day itself most of them were not: this is how it "
            "would have looked in hindsight."
        )
    if proposal.study.population == "booked":
        found.append("Only booked loans are in the data: what the policies decide of others is not known.")
    else:
        found.append(
            "Outcomes are known of booked loans alone. Who was declined by the policy in force is not among them."
        )
    if proposal.same_card is False:
        found.append(
            "The recalibrated run has other bins or coefficients than the champion: the study's texts, its data or the "
            "package have changed since, so it is not the champion at another level."
        )
    return found


def told(proposal: Proposal, me: str) -> ProposalTold:
    """What the page says."""
    comparison, found, window = proposal.comparison, proposal.recommendation, proposal.window
    by = {f"{f.option}.{f.name}": f for f in _figures(proposal)}
    gain, level = by[f"{CANDIDATE}.auc_gain"].estimate, by[f"{CHAMPION}.level"].estimate
    return ProposalTold(
        verdict=found.verdict,
        kicker=f"Proposal · {proposal.study.title} · as of {window.as_of}",
        conclusion=conclusion(proposal),
        consequence=consequence(proposal),
        strip=[
            ("Level of the champion", _plain(level), "log odds to be added"),
            ("AUC gained by a candidate", _plain(gain), "over the champion, same loans"),
            ("Bad loans held out", f"{int(comparison.y.sum()):,}", f"of {len(comparison.y):,} with an outcome"),
        ],
        rules=found.rules,
        figures=_rows(list(by.values())),
        parts=[*_of_line(proposal), *_of_candidate(comparison)],
        facts=[
            ("Champion", _named(proposal.champion)),
            ("Candidate", _named(proposal.candidate)),
            *([("Recalibrated", _named(proposal.recalibrated))] if proposal.recalibrated else []),
            ("Developed on", f"decisions from {window.development.first} to {window.development.last}"),
            ("Held out", f"decisions from {window.holdout.first} to {window.holdout.last}"),
            ("Known on", str(window.as_of)),
        ],
        commands=commands(proposal, me),
        caveats=caveats(proposal),
    )


def _of_line(proposal: Proposal) -> list[Part]:
    """Who the recalibrated champion decides otherwise, where that is proposed."""
    effect = proposal.comparison.effect_of_line(proposal.recommendation.method)
    if proposal.recommendation.verdict != "recalibrate" or effect is None:
        return []
    return [
        ("Swapped by the recalibrated champion, cut-offs as they are", _made(lambda: swaps(effect)), SWAP_NOTE),
        ("Approval of protected groups by the recalibrated champion", _made(lambda: by_group(effect)), GROUP_NOTE),
    ]


def _of_candidate(comparison: Comparison) -> list[Part]:
    return [
        ("Swapped by the candidate, as many approved by both", _made(lambda: comparison.swaps), SWAP_NOTE),
        ("Swapped by the candidate, each with its own policy", _made(lambda: swaps(comparison.effect)), SWAP_NOTE),
        ("Approval of protected groups by the candidate", _made(lambda: comparison.groups), GROUP_NOTE),
    ]


SWAP_NOTE = (
    "Swapped in is who the other approves and the champion does not, swapped out the reverse. "
    "Expected bad rates are mean PDs, before by the champion, after by the other. Observed ones exist only where a "
    "loan was booked and its window has closed. Rates of very few people are left empty."
)
GROUP_NOTE = (
    "Each with its own policy. Groups of too few people are withheld, and with them those that would give them away."
)


def _figures(proposal: Proposal) -> list[Figure]:
    c, method = proposal.comparison, proposal.recommendation.method
    line = c.line(method)
    found = [*c.of_level(CHAMPION), *c.of_level(CANDIDATE)]
    found.append(Figure(RECALIBRATED, "log_loss_gain", "Log loss saved against the champion", c.gain_of_line(method)))
    if line is not None:
        at = Estimate(line.intercept, n=len(c.y), method="fitted to all months held out")
        found += [
            Figure(RECALIBRATED, "intercept", "Intercept of the line", at),
            Figure(RECALIBRATED, "line_slope", "Slope of the line", Estimate(line.slope, n=len(c.y), method=at.method)),
        ]
    found += [*c.ranking, *c.at_equal_approval, *c.population]
    for option, effect in ((CANDIDATE, c.effect), (RECALIBRATED, c.effect_of_line(method))):
        for change in effect.changes if effect else ():
            found.append(Figure(option, change.name, change.title, change.after, change.unit))
            if option == CANDIDATE:
                found.append(Figure(CHAMPION, change.name, change.title, change.before, change.unit))
    return found


def _rows(figures: list[Figure]) -> list[FigureTold]:
    rows: dict[str, dict[str, Any]] = {}
    for f in figures:
        rows.setdefault(f.name, {"title": f.title, "unit": f.unit})[f.option] = f.estimate
    return [FigureTold(**row) for row in rows.values()]


def _made(make: Callable[[], pd.DataFrame]) -> pd.DataFrame | str:
    try:
        return make()
    except NotEvaluated as lack:
        return str(lack)


def _days(period: Any) -> list[str]:
    return [period.first.isoformat(), period.last.isoformat()]


def _run(made: Made) -> dict[str, str]:
    return {"run": made.folder.name, "manifest_sha256": made.manifest_sha256, "bundle_sha256": made.bundle}


def _named(made: Made) -> str:
    return f"run {made.folder.name}, manifest {made.manifest_sha256}, bundle {made.bundle}"


def _estimate(e: Estimate) -> dict[str, Any]:
    return {
        "value": e.value, "lower": e.lower, "upper": e.upper, "level": e.level, "n": e.n, "method": e.method,
        "p_value": e.p_value, "reason": e.reason,
    }  # fmt: skip


def _plain(e: Estimate, unit: str = "") -> str:
    return WORDS["not_evaluated"] if e.value is None else format_number(e.value, e.lower, e.upper, unit)


def _value(e: Estimate, unit: str) -> str:
    if e.value is None:
        return e.reason
    shown = unit if unit == "%" else ""
    value = format_number(e.value, e.lower, e.upper, shown)
    if e.lower is None or e.upper is None:
        return value
    bounds = " to ".join(format_number(bound, e.lower, e.upper, shown) for bound in (e.lower, e.upper))
    return f"{value} ({bounds})"
