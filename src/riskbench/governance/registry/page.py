"""The page of the registry's rules, made from its tables: `python -m riskbench.governance.registry.page FILE`."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from riskbench.core.files import write_text
from riskbench.core.thresholds import Thresholds
from riskbench.core.words import NBSP, format_limits
from riskbench.governance.registry.drafts import JUDGES_THE_MODEL
from riskbench.governance.registry.reviews import REGULAR, months_between, source
from riskbench.governance.registry.states import GRAPHS, Graph, who_told

INTRODUCTION = """\
# Rules of the registry

What a model, a version, a finding or an exception may become, who decides so, and what must be given. `riskbench
inventory states` prints the same. A step that stands in none of these tables is refused, when a command makes it and
when a file is read.

<!-- made by `python -m riskbench.governance.registry.page docs/registry.md` from tables in the code: change those -->
"""
SEVERITY = """\
## Severity of a draft

Registering a run opens a draft for each check that fails, unless a finding of the same check of the same model is still
there: then that one is linked. A person confirms the draft with owner and day, or a validator dismisses it. Both may
see the severity otherwise, with a reason.

| limit rests on | stage | severity |
|---|---|---|
| a rule | any | high |
| a convention | {judging} | medium |
| a convention | any other | low |
"""
TIER = """\
## Tier of a model

The larger of both sizes decides first: little is tier 3, medium 2, much 1. Where the model decides mostly without a
person, or has many features, it is one tier higher. A model that judges natural persons is of tier 2 at least. What is
not known counts as medium. A person may set another tier, with a reason that stays first among the reasons.

| fact | little | medium up to | basis |
|---|---|---|---|
"""
MONTHS = """\
## Performance by month

`riskbench feedback STUDY --record` writes one record a model, bundle and month. The same figures write nothing; a
figure that changes, because more loans have matured, is another revision, which says why. Nothing is written over, and
what could not be evaluated says its reason.

| key | what it holds |
|---|---|
| decisions | decisions of the month, of each application the one that held last |
| approval | share approved, limited included, with Wilson's interval |
| override | share that people decided otherwise without having been asked; known of a decision log alone |
| psi | of the score, against the development of the model's card |
| matured | loans that are good or bad |
| expected, observed | mean PD and bad rate, once no window of the month is open |
| auc | of the same loans, with DeLong's interval, from 30 good and 30 bad loans on |
| open_incidents | incidents of monitoring that were open when the record was written |
"""
FACTS = {  # and their units
    "registry.decisions_a_year": ("decisions a year", ""),
    "registry.lent_a_year": ("lent a year, in the currency of the study", ""),
    "registry.automatic_share": ("share decided without a person", "%"),
    "registry.features": ("features in the model", ""),
}


def page() -> str:
    """The page, as Markdown: a table for each graph, then how severity, tier and reviews follow, and months."""
    parts = [INTRODUCTION, *(_graph(graph) for graph in GRAPHS.values())]
    parts += [SEVERITY.format(judging=", ".join(JUDGES_THE_MODEL)), TIER + _tiers(), _calendar(), MONTHS]
    return "\n".join(parts)


def _graph(graph: Graph) -> str:
    rows = [(m.before, m.after, who_told(m, graph), ", ".join(m.needs), m.when) for m in graph.moves]
    ends = f"It ends as {' or '.join(graph.ends)}."
    begins = f"{graph.one.capitalize()} begins as {' or '.join(graph.starts)}. {ends}"
    return f"## States of {graph.one}\n\n{begins}\n\n{_table(('from', 'to', 'who', 'with', 'when'), rows)}"


def _tiers() -> str:
    limits = Thresholds()
    lines = []
    for key, (fact, unit) in FACTS.items():
        little, medium = format_limits(limits[key], unit).replace(NBSP, " ").split(", watch ")
        lines.append(f"| {fact} | {little} | {medium} | {limits[key].source} |")
    return "\n".join(lines) + "\n"


def _calendar() -> str:
    rows = [(kind, *(str(months_between(kind, tier)) for tier in (1, 2, 3))) for kind in REGULAR]
    table = _table(("review", "tier 1", "tier 2", "tier 3"), rows)
    notes = f"Monitoring is asked for once a version is live. Source: {source()}"
    return f"## Review calendar\n\nMonths between two reviews.\n\n{table}\n{notes}\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    write_text(Path(sys.argv[1]), page())
