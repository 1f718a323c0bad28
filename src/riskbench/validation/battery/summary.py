"""What a page says of the battery's evidence: one figure sample by sample, and the checks that fail."""

from collections.abc import Iterable

from pandas import DataFrame

from riskbench.core.evidence import SAMPLES, Evidence


def by_sample(evidence: Iterable[Evidence], name: str) -> DataFrame:
    """One figure (`subject.statistic`) on every sample, as it is drawn: label, value, lower, upper, n."""
    found = [e for e in evidence if e.dims.sample and e.id == f"{e.stage}.{name}.{e.dims.sample}"]
    rows = [(SAMPLES[str(e.dims.sample)], e.value, e.lower, e.upper, e.n) for e in found]
    return DataFrame(rows, columns=["label", "value", "lower", "upper", "n"])


def failing(evidence: Iterable[Evidence]) -> str:
    """How many of the checks fail and which, and how many were not evaluated; what follows from it a person says.

    Figures without a limit are no checks.

    >>> failing([])
    'Of 0 checks none fails.'
    """
    checks = [e for e in evidence if e.kind == "check"]
    failed = [f"{e.title}, {SAMPLES[e.dims.sample]}" if e.dims.sample else e.title for e in checks if e.status == "red"]
    lacking = sum(e.status == "not_evaluated" for e in checks)
    told = f"Of {len(checks)} checks {len(failed) or 'none'} {'fail' if len(failed) > 1 else 'fails'}"
    which = f": {'; '.join(failed)}." if failed else "."
    return told + which + (f" {lacking} {'was' if lacking == 1 else 'were'} not evaluated." if lacking else "")
