"""What the service counts of itself, as the text that Prometheus reads. No figure names a person or an application."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # upper edges of the histogram
HELP = {
    "decisions_total": ("counter", "Decisions written down, by action and by what decided: the model, or its stop."),
    "replays_total": ("counter", "Answers given again for an Idempotency-Key that was known."),
    "overrides_total": ("counter", "Overrides written down, by action."),
    "shadow_decisions_total": ("counter", "What shadow bundles said, by whether it agreed, differed or failed."),
    "refused_total": ("counter", "Requests that were refused, by problem."),
    "requests_total": ("counter", "Requests, by route, method and status."),
    "watch_looked_total": ("counter", "Decisions that rules have looked at."),
    "watch_missed_total": ("counter", "Decisions that were left to the job's own look."),
    "watch_signals_total": ("counter", "Signals of rules about single decisions, by severity."),
    "watch_faults_total": ("counter", "Times that looking at decisions failed; no decision did."),
    "switches_total": ("counter", "How often another bundle, or none, took over."),
    "request_seconds": ("histogram", "From the first byte of a request to the last of its answer, by route."),
}


class Counts:
    """Counters and histograms by name and labels; gauges are read when they are asked for.

    >>> counts = Counts()
    >>> counts.add("decisions_total", action="approve")
    >>> counts.text().splitlines()[-1]
    'riskbench_decisions_total{action="approve"} 1'
    """

    def __init__(self) -> None:
        self._counters: dict[str, Counter[str]] = {}
        self._times: dict[str, tuple[list[int], list[float]]] = {}
        self._gauges: dict[str, tuple[str, dict[str, Callable[[], float | None]]]] = {}

    def add(self, name: str, n: int = 1, **labels: str) -> None:
        """Count `n` more; a name that `HELP` does not have is a KeyError."""
        HELP[name]
        self._counters.setdefault(name, Counter())[_labels(labels)] += n

    def took(self, seconds: float, route: str) -> None:
        """Note how long a request took."""
        buckets, total = self._times.setdefault(_labels({"route": route}), ([0] * (len(SECONDS) + 1), [0.0]))
        buckets[bisect_left(SECONDS, seconds)] += 1
        total[0] += seconds

    def gauge(self, name: str, told: str, value: Callable[[], float | None], **labels: str) -> None:
        """A figure that is asked for when it is read, and what it is; None leaves it out."""
        self._gauges.setdefault(name, (told, {}))[1][_labels(labels)] = value

    def text(self) -> str:
        """Everything, in the text format of Prometheus."""
        return "\n".join([*self._gauge_lines(), *self._histogram_lines(), *self._counter_lines()]) + "\n"

    def _counter_lines(self) -> Iterator[str]:
        for name, counted in sorted(self._counters.items()):
            yield from _head(name, *HELP[name])
            for labels, n in sorted(counted.items()):
                yield f"riskbench_{name}{{{labels}}} {n}" if labels else f"riskbench_{name} {n}"

    def _histogram_lines(self) -> Iterator[str]:
        if self._times:
            yield from _head("request_seconds", *HELP["request_seconds"])
        for labels, (buckets, total) in sorted(self._times.items()):
            so_far = 0
            for edge, n in zip([*map(str, SECONDS), "+Inf"], buckets, strict=True):
                so_far += n
                yield f'riskbench_request_seconds_bucket{{{labels},le="{edge}"}} {so_far}'
            yield f"riskbench_request_seconds_sum{{{labels}}} {total[0]:.6f}"
            yield f"riskbench_request_seconds_count{{{labels}}} {so_far}"

    def _gauge_lines(self) -> Iterator[str]:
        for name, (told, values) in sorted(self._gauges.items()):
            yield from _head(name, "gauge", told)
            for labels, value in sorted(values.items()):
                if (now := value()) is not None:
                    yield f"riskbench_{name}{{{labels}}} {now:.6g}" if labels else f"riskbench_{name} {now:.6g}"


def _head(name: str, kind: str, told: str) -> list[str]:
    return [f"# HELP riskbench_{name} {told}", f"# TYPE riskbench_{name} {kind}"]


def _labels(labels: dict[str, str]) -> str:
    return ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
