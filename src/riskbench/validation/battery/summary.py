"""What a page says of the battery's evidence: one figure sample by sample, and the checks that fail."""

from collections.abc import Iterable

from pandas import DataFrame

from riskbench.core.evidence import SAMPLES, Evidence


def sample_points(evidence: Iterable[Evidence], name: str) -> DataFrame:
    """One figure (`subject.statistic`) on every sample as a plot draws it: label, value, lower, upper, n."""
    found = [e for e in evidence if e.dims.sample and e.id == f"{e.stage}.{name}.{e.dims.sample}"]
    rows = [(SAMPLES[str(e.dims.sample)], e.value, e.lower, e.upper, e.n) for e in found]
    return DataFrame(rows, columns=["label", "value", "lower", "upper", "n"])


def failing(evidence: Iterable[Evidence]) -> tuple[str, dict[str, Evidence]]:
    """The checks that fail, as a sentence for `stage.conclude` and the evidence that the sentence names.

    It tells how many fail and which, with their values, and how many were not evaluated; what follows from that is for
    a person to say. Figures without a limit are no checks.

    >>> failing([])
    ('Of 0 checks none fails.', {})
    """
    checks = [e for e in evidence if e.kind == "check"]
    failed = {f"failing_{number}": e for number, e in enumerate((e for e in checks if e.status == "red"), 1)}
    lacking = sum(e.status == "not_evaluated" for e in checks)
    told = f"Of {len(checks)} checks {len(failed) or 'none'} {'fail' if len(failed) > 1 else 'fails'}"
    which = "; ".join(f"{_named(e)} ({{{name}:value}})" for name, e in failed.items())
    unevaluated = f" {lacking} {'was' if lacking == 1 else 'were'} not evaluated." if lacking else ""
    return f"{told}{f': {which}' if which else ''}.{unevaluated}", failed


def _named(check: Evidence) -> str:
    title = check.title.replace("{", "{{").replace("}", "}}")  # the sentence is a template
    return f"{title}, {SAMPLES[check.dims.sample]}" if check.dims.sample else title
