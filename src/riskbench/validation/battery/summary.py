"""What a page says of the battery's evidence: figures sample by sample and part by part, and what the checks add up to.

The verdict counts checks; it knows no more than they do. A person signs, and may have reasons that no check has.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from pandas import DataFrame

from riskbench.core.errors import NotEvaluated
from riskbench.core.evidence import SAMPLES, Evidence

NEEDED = frozenset({"champion.auc", "portfolio.jeffreys"})  # without them nothing is known of ranking or of level


def sample_table(evidence: Iterable[Evidence], columns: Mapping[str, str]) -> DataFrame:
    """One row a sample: sample, n, then the figures named by `columns` (column to `subject.statistic`).

    The bounds of a figure with an interval follow it as x_lower and x_upper; n is that of the first figure. A figure
    that a sample does not have, or that was not evaluated, is missing.
    """
    found = {(e.dims.sample, e.id.split(".", 1)[1].rpartition(".")[0]): e for e in evidence if e.dims.sample}
    rows: dict[str, dict[str, object]] = {}
    for (sample, name), e in found.items():
        row = rows.setdefault(str(sample), {"sample": SAMPLES[str(sample)], "n": None})
        for column in (column for column, wanted in columns.items() if wanted == name):
            row |= {column: e.value, f"{column}_lower": e.lower, f"{column}_upper": e.upper}
            row["n"] = e.n if row["n"] is None else row["n"]
    order = ["sample", "n", *(f"{column}{end}" for column in columns for end in ("", "_lower", "_upper"))]
    table = DataFrame([rows[sample] for sample in SAMPLES if sample in rows], columns=order)
    bare = [name for name in order if name.endswith(("_lower", "_upper")) and table[name].isna().all()]
    return table.drop(columns=bare)


def part_points(evidence: Iterable[Evidence], whole: Evidence) -> DataFrame:
    """The AUC of a sample and of its parts as a forest plot draws them: label, value, lower, upper, n.

    `whole` is the figure of the sample, in the first row; parts that were not evaluated are left out. Raises
    NotEvaluated where no part is left: a sample that is not divided is not worth a figure.
    """
    statistic = f".{whole.id.rsplit('.', 2)[1]}.{whole.dims.sample}"
    parts = [e for e in evidence if e.id.endswith(statistic) and (e.dims.segment or e.dims.month)]
    judged = [(e.dims.segment or e.dims.month, e.value, e.lower, e.upper, e.n) for e in parts if e.value is not None]
    if not judged:
        raise NotEvaluated("no segment and no quarter of decision has bad and good cases enough")
    rows = [("all", whole.value, whole.lower, whole.upper, whole.n), *judged]
    return DataFrame(rows, columns=["label", "value", "lower", "upper", "n"])


def counted(evidence: Iterable[Evidence], name: str) -> str:
    """A count (`subject.statistic`) as a sentence that names what was counted: its method does, or its reason."""
    e = next(e for e in evidence if e.id.startswith(f"{e.stage}.{name}."))
    return f"{e.title}: {e.reason if e.value is None else f'{e.value}, {e.method}'}."


def verdict(
    evidence: Iterable[Evidence], fitted: Collection[str] = (), judge: str = ""
) -> tuple[str, dict[str, Evidence]]:
    """Whether the card is fit for use by the limits of its checks: sentences for `stage.conclude`, and their figures.

    Counted are the checks on samples that lent no labels (those not in `fitted`), and those that belong to no sample:
    how many meet their limit, are on watch, fail, or were not evaluated, and which fail. Figures without a limit are
    no checks. Where nothing fails, but ranking or level (`NEEDED`) was evaluated on no such sample, it is not known;
    nor where `judge`, the sample that judges the card, is one of them and they were not evaluated there. Where other
    checks were not evaluated, it holds as far as the card was evaluated.

    >>> verdict([])[0].partition(":")[0]
    'Whether the card is fit for use is not known'
    """
    checks = [e for e in evidence if e.kind == "check" and e.dims.sample not in fitted]
    n = Counter(e.status for e in checks)
    failed = {f"failing_{number}": e for number, e in enumerate((e for e in checks if e.status == "red"), 1)}
    counts = [
        f"{n['green']} {'meets' if n['green'] == 1 else 'meet'} the limit",
        f"{n['amber']} {'is' if n['amber'] == 1 else 'are'} on watch",
        f"{n['red'] or 'none'} {'fail' if n['red'] > 1 else 'fails'}",
        f"and {n['not_evaluated']} {'was' if n['not_evaluated'] == 1 else 'were'} not evaluated",
    ]
    asked = [e for e in checks if e.dims.sample == judge] if judge and judge not in fitted else checks
    told = f"{_fitness(checks, asked)}: of {len(checks)} checks on samples that lent no labels, {', '.join(counts)}."
    which = "; ".join(f"{_named(e)} ({{{name}:value}})" for name, e in failed.items())
    return f"{told} Failing: {which}." if failed else told, failed


def _fitness(checks: Iterable[Evidence], asked: Iterable[Evidence]) -> str:
    """`NEEDED` must have been evaluated among `asked`; any of the checks may fail."""
    if any(e.status == "red" for e in checks):
        return "By the limits of this page the card is not fit for use until what fails is answered"
    if NEEDED.issubset(e.id.split(".", 1)[1].rpartition(".")[0] for e in asked if e.status != "not_evaluated"):
        fit = "By the limits of this page the card is fit for use"
        return f"{fit} as far as it was evaluated" if any(e.status == "not_evaluated" for e in checks) else fit
    return "Whether the card is fit for use is not known"


def _named(check: Evidence) -> str:
    title = check.title.replace("{", "{{").replace("}", "}}")  # the sentence is a template
    return f"{title}, {SAMPLES[check.dims.sample]}" if check.dims.sample else title
