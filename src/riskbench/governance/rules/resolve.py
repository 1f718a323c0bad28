"""What a run has of the evidence that each rule asks for: found, a gap, or not applicable and why.

Nothing here says that a rule is met. It says which evidence exists, which does not, and how well the rule was read.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from riskbench.core.errors import StudyError
from riskbench.core.evidence import Evidence, Table
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.status import OPEN, WORDS
from riskbench.core.thresholds import Thresholds
from riskbench.governance.citing import listed, matching
from riskbench.governance.model_card_file import MODEL_CARD_FILE, ModelCardFile
from riskbench.governance.rules.catalogue import JURISDICTIONS, READ, Ask, Catalogue, Jurisdiction, Rule


@dataclass(frozen=True)
class Finding:
    """What was found of one thing that a rule asks for: ids of evidence, filled blanks, records, and what is missing.

    `open` are ids, among those found, of checks that do not meet their limit or have no value.
    """

    ask: Ask
    ids: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all that this entry names was found."""
        return not self.missing

    @property
    def any(self) -> bool:
        """Whether anything was found."""
        return bool(self.ids or self.blanks or self.records)


@dataclass(frozen=True)
class Resolved:
    """One rule with its findings, or the reason why it is not applicable."""

    rule: Rule
    findings: tuple[Finding, ...] = ()
    because: str = ""

    @property
    def extent(self) -> str:
        """How much of the evidence asked exists: all, part, none, or "not applicable"."""
        if self.because:
            return "not applicable"
        if all(finding.complete for finding in self.findings):
            return "all"
        return "part" if any(finding.any for finding in self.findings) else "none"


def resolve(
    rules: Catalogue, evidence: Mapping[str, Evidence], file: ModelCardFile, held: Collection[str] = ()
) -> list[Resolved]:
    """Every rule of the catalogue, resolved. `held` are the kinds of records that the registry has of this run.

    A rule is not applicable where `model_card.toml` names jurisdictions and not this one, or sets the rule aside with a
    reason; where it names none, all are shown. Raises `StudyError` where it sets aside what is no rule.
    """
    known = {rule.id for rule in rules.rules}
    if unknown := sorted(file.set_aside.keys() - known):
        raise StudyError(
            f"{MODEL_CARD_FILE} sets aside {', '.join(unknown)}, which the catalogue of rules does not have"
        )
    return [_resolved(rule, evidence, file, held) for rule in rules.rules]


def rules_table(resolved: list[Resolved], jurisdiction: Jurisdiction) -> pd.DataFrame:
    """The rules of one jurisdiction: `rule, asks, evidence` (ids), `missing` and `extent`.

    `rule` says where it stands, whether it is in force, and how well it was read. The worst come first: none of the
    evidence, part of it, all, and last what is not applicable.
    """
    chosen = [r for r in resolved if r.rule.jurisdiction == jurisdiction]
    rows = [_row(r) for r in sorted(chosen, key=lambda r: EXTENTS.index(r.extent))]
    return pd.DataFrame(rows, columns=["rule", "asks", "evidence", "missing", "extent"])


def jurisdictions_told(file: ModelCardFile, rules: Catalogue) -> str:
    """Whether people have said where the model is used, and whether the catalogue knows the rules of that place."""
    if not file.jurisdictions:
        return "Nobody has said where the model is used: the rules of all jurisdictions are shown, as a yardstick."
    known = {rule.jurisdiction for rule in rules.rules}
    strange = [code for code in file.jurisdictions if code not in known]
    told = f"The model is used in {', '.join(file.jurisdictions)}, as people have said."
    if file.demonstration:
        told = f"The model card is a demonstration, and so is what it fills in below. {told}"
    return f"{told} The catalogue has no rule of {', '.join(strange)}: a gap." if strange else told


def notes_table(rules: Catalogue) -> pd.DataFrame:
    """The notes of the catalogue, one row each."""
    return pd.DataFrame({"note": rules.notes})


def extent_table(resolved: list[Resolved]) -> pd.DataFrame:
    """One row a jurisdiction: of how many rules all, part or none of the evidence exists, and how they were read."""
    rows = []
    for code, name in JURISDICTIONS.items():
        own = [r for r in resolved if r.rule.jurisdiction == code]
        extents = [sum(r.extent == extent for r in own) for extent in COLUMNS]
        rows.append([name, *extents, *(sum(r.rule.read == read for r in own) for read in READ)])
    return pd.DataFrame(rows, columns=["jurisdiction", *COLUMNS.values(), *(f"read_{read}" for read in READ)])


def extent_counts(resolved: list[Resolved]) -> list[CheckResult]:
    """`<jurisdiction>.covered`, `.partly` and `.gaps`, and the same of `all`; and `all.applicable`, `all.memory`."""
    found = []
    for code in WHERE:
        own = [r for r in resolved if code in (r.rule.jurisdiction, "all") and r.extent != "not applicable"]
        for name, extent, title in COUNTS:
            number = Estimate(sum(r.extent == extent for r in own), n=len(own))
            found.append(CheckResult(f"{code.lower()}.{name}", f"{title}, {WHERE[code]}", number))
    applicable = [r for r in resolved if r.extent != "not applicable"]
    memory = [r for r in applicable if r.rule.read == "memory"]
    secondary = [r for r in applicable if r.rule.read == "secondary"]
    return [
        *found,
        CheckResult("all.applicable", "Rules that may apply", Estimate(len(applicable), n=len(resolved))),
        CheckResult("all.memory", "Rules known from memory alone", Estimate(len(memory), n=len(applicable))),
        CheckResult("all.secondary", "Rules known from a summary", Estimate(len(secondary), n=len(applicable))),
    ]


def cited_check(resolved: list[Resolved], recorded: Collection[str], thresholds: Thresholds) -> CheckResult:
    """`evidence.absent`: ids that the tables cite and the index of evidence, read again, does not hold."""
    cited = {id_ for r in resolved for finding in r.findings for id_ in finding.ids}
    absent = Estimate(len(cited - set(recorded)), n=len(cited), method="ids cited, looked up in what stages wrote down")
    limit = thresholds["governance.ids_absent"]
    return CheckResult("evidence.absent", "Cited evidence that does not exist", absent, limit)


WHERE = {str(code): name for code, name in JURISDICTIONS.items()} | {"all": "all jurisdictions"}
COLUMNS = {"all": "all_found", "part": "part_found", "none": "none_found", "not applicable": "not_applicable"}
EXTENTS = ("none", "part", "all", "not applicable")
COUNTS = (
    ("covered", "all", "Rules with all of the evidence asked for"),
    ("partly", "part", "Rules with part of the evidence asked for"),
    ("gaps", "none", "Rules with none of the evidence asked for"),
)


def _resolved(rule: Rule, evidence: Mapping[str, Evidence], file: ModelCardFile, held: Collection[str]) -> Resolved:
    if rule.id in file.set_aside:
        return Resolved(rule, because=file.set_aside[rule.id])
    if file.jurisdictions and rule.jurisdiction not in file.jurisdictions:
        return Resolved(rule, because=f"the model is used in {', '.join(file.jurisdictions)}")
    return Resolved(rule, tuple(_found(ask, evidence, file, held) for ask in rule.items))


def _found(ask: Ask, evidence: Mapping[str, Evidence], file: ModelCardFile, held: Collection[str]) -> Finding:
    fitting = {pattern: matching(evidence, pattern) for pattern in ask.evidence}
    valued = {pattern: [e for e in found if _says_something(e)] for pattern, found in fitting.items()}
    filled = {blank.place for blank in file.blanks() if blank.text}
    without = [_lacking(ask, fitting[pattern]) for pattern, found in valued.items() if not found]
    empty = [place for place in ask.blanks if place not in filled]
    blank = [f"{ask.what}: nobody has filled in {', '.join(empty)}"] if empty else []
    kept = [f"{ask.what}: nothing of it in the registry ({ask.registry})"] if ask.registry not in (None, *held) else []
    ids = dict.fromkeys(e.id for found in valued.values() for e in found)
    return Finding(
        ask,
        ids=tuple(ids),
        blanks=tuple(place for place in ask.blanks if place in filled),
        records=(ask.registry,) if ask.registry in held and ask.registry else (),
        missing=tuple(dict.fromkeys([*without, *blank, *kept, *([f"{ask.what}: {ask.gap}"] if ask.gap else [])])),
        open=tuple(dict.fromkeys(e.id for found in fitting.values() for e in found if e.status in OPEN)),
    )


def _says_something(e: Evidence) -> bool:
    return e.value is not None and not (isinstance(e.value, Table) and not e.value.rows)


def _lacking(ask: Ask, fitting: list[Evidence]) -> str:
    if not fitting:
        return f"{ask.what}: not in this run"
    if fitting[0].value is not None:
        return f"{ask.what}: an empty table, for the study has nothing to put there"
    return f"{ask.what}: {WORDS['not_evaluated']}, because {fitting[0].reason}"


def _row(r: Resolved) -> dict[str, str]:
    rule = r.rule
    place = ", ".join(filter(None, (rule.instrument, rule.article)))
    named = f"{rule.id}: {place}; {rule.force_told}; read {READ[rule.read]}"
    ids = list(dict.fromkeys(id_ for finding in r.findings for id_ in finding.ids))
    people = [f"{place} of the model card" for finding in r.findings for place in finding.blanks]
    records = [f"registry ({kind})" for finding in r.findings for kind in finding.records]
    opened = {id_ for finding in r.findings for id_ in finding.open}
    missing = [text for finding in r.findings for text in finding.missing]
    if opened:
        missing.append(f"open checks behind it: {len(opened)}")
    missing = [f"not applicable, because {r.because}"] if r.because else missing
    return {
        "rule": named,
        "asks": f"{rule.asks}{f' {rule.note}' if rule.note else ''}",
        "evidence": ", ".join(filter(None, (listed(ids), *dict.fromkeys(people), *dict.fromkeys(records)))),
        "missing": "; ".join(missing),
        "extent": r.extent,
    }
