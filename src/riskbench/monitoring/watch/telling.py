"""A look in one line, for whoever reads the output of the job."""

from riskbench.monitoring.reading import Severity
from riskbench.monitoring.watch.looked import Looked

ORDER: tuple[Severity, ...] = ("alarm", "warning", "notice")
NAMED = 5  # signals in the line


def line(looked: Looked) -> str:
    """What was seen, in one line.

    >>> import datetime as dt
    >>> print(line(Looked(study="shop", at=dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), source="log", new=3, quiet=9)))
    2026-03-01 12:00:00 UTC shop: 3 new decisions; quiet, 9 readings
    """
    until = looked.until or "which is not known"
    of = f"as of the end of the data, {until}" if looked.source == "run" else _new(looked)
    parts = [of, *([f"every application is referred: {looked.halted}"] if looked.halted else []), _signals(looked)]
    if looked.unevaluated:
        parts.append(f"{len(looked.unevaluated)} not evaluated")
    if looked.missed:
        parts.append(f"{looked.missed} looks left out, since one took too long")
    parts += [f"cannot see {trouble.part}: {trouble.text}" for trouble in looked.troubles]
    parts += looked.notes
    return f"{looked.at:%Y-%m-%d %H:%M:%S} UTC {looked.study}: {'; '.join(parts)}"


def _new(looked: Looked) -> str:
    return f"{looked.new:,} new decision{'s' * (looked.new != 1)}"


def _signals(looked: Looked) -> str:
    if not looked.signals:
        return f"quiet, {looked.quiet} readings" if looked.quiet else "nothing could be judged"
    counted = [f"{n} {severity}{'s' * (n != 1)}" for severity in ORDER if (n := _n(looked, severity))]
    keys = [key for key, _ in looked.signals]
    more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    return f"{', '.join(counted)} ({', '.join(keys[:NAMED])}{more}), {looked.quiet} quiet"


def _n(looked: Looked, severity: Severity) -> int:
    return sum(of == severity for _, of in looked.signals)
