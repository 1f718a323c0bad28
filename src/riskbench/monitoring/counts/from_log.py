"""Counts of entries of the decision log: what was decided, by which bundle, and what people made of it.

Inputs lie in the records, so bins come from the card of the bundle that decided. Entries are columns first and are then
counted as any frame is. A decision counts on its own day; an override and a review on the day of that act, in the
model and the segments of the decision that they are about.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.log.record import time_text
from riskbench.decision.meaning.reads import BETWEEN
from riskbench.decision.replay.frames import logged
from riskbench.monitoring.counts.from_frame import Seen, count_frame, grid_of
from riskbench.monitoring.counts.grid import cells_of
from riskbench.monitoring.counts.table import OVERRIDE, REVIEW, SHADOW, STOPPED, CountTable
from riskbench.monitoring.counts.yardstick import Segment, Yardstick, segment_levels

Content = Mapping[str, Any]  # of an entry, as the log holds it
FAILED = "failed"  # what a shadow bundle said that could not say anything
SKEW = dt.timedelta(minutes=5)  # by which a clock may run ahead


@dataclass(frozen=True, eq=False)
class Counting:
    """How entries are counted: on the edges and segments of a yardstick, with the bins of the bundles at hand.

    `bundles`: by address. `earlier` gives the content of a decision that an entry is about, by its id. `own` are the
    yardsticks of bundles that have one of their own, by address: what they decided is counted as their own runs count.
    """

    yardstick: Yardstick
    bundles: Mapping[str, Bundle]
    earlier: Callable[[str], Content]
    own: Mapping[str, Yardstick] = field(default_factory=dict)

    @cached_property
    def yardsticks(self) -> dict[str, Yardstick]:
        """The yardstick of each bundle at hand."""
        return {address: self._of(address).for_bundle(bundle) for address, bundle in self.bundles.items()}

    def plain(self, address: str) -> Yardstick:
        """Edges and segments for a bundle, without its features."""
        return self._of(address).model_copy(update={"model": address, "features": (), "watched": ()})

    def _of(self, address: str) -> Yardstick:
        return self.own.get(address, self.yardstick)


@dataclass(frozen=True)
class LogCounts:
    """Counts of `entries` entries, and what stands out.

    `without_features`: decisions by bundle whose features were not counted, because the bundle was not at hand or the
    record lacks what its card reads. `skewed`: entries from the future, counted on the day that they name; `skew` is
    the time of the last of them.
    """

    table: CountTable
    entries: int = 0
    without_features: Mapping[str, int] = field(default_factory=dict)
    skewed: int = 0
    skew: str = ""


def count_entries(contents: Sequence[Content], counting: Counting, now: dt.datetime) -> LogCounts:
    """The counts of some entries, in whatever order; kinds that no count is made of are passed over."""
    decisions = [content for content in contents if content["kind"] == "decision"]
    lacking: Counter[str] = Counter()
    tables: list[CountTable] = []
    for address, of_bundle in _by(decisions, lambda content: content["bundle"]).items():
        tables += _decided(of_bundle, address, counting, lacking)
    tables += _acts(contents, {content["id"]: content for content in decisions}, counting)
    future = [content["at"] for content in contents if content["at"] > time_text(now + SKEW)]
    return LogCounts(CountTable.merged(tables), len(contents), dict(lacking), len(future), max(future, default=""))


def _decided(
    contents: Sequence[Content], address: str, counting: Counting, lacking: Counter[str]
) -> Iterator[CountTable]:
    """The counts of the decisions of one bundle."""
    stopped = [content for content in contents if content["score"] is None]
    scored = [content for content in contents if content["score"] is not None]
    plain = counting.plain(address)
    if stopped:
        yield _texts(stopped, stopped, STOPPED, [content["said"]["action"] for content in stopped], plain)
    if not scored:
        return
    bundle = counting.bundles.get(address)
    if bundle is None:
        lacking[address] += len(scored)
        yield _seen(scored, _inputs(scored), plain.model_copy(update={"watched": _names(scored)}))
    else:
        read = logged(scored, bundle)
        whole = (read.why_not == "").to_numpy()
        for rows, told in ((whole, True), (~whole, False)):
            part = [content for content, taken in zip(scored, rows, strict=True) if taken]
            if part and told:
                columns = bundle.completed(read.columns[rows].reset_index(drop=True), of="card")
                yield _seen(part, columns, counting.yardsticks[address])
            elif part:
                lacking[address] += len(part)
                yield _seen(part, _inputs(part), plain.model_copy(update={"watched": _names(part)}))
    yield from _shadowed(scored, plain)


def _seen(contents: Sequence[Content], columns: pd.DataFrame, yardstick: Yardstick) -> CountTable:
    said = [content["said"] for content in contents]
    decisions = pd.DataFrame(
        {
            "action": [one["action"] for one in said],
            "rule": [one["rule"] for one in said],
            "amount": np.array([one["amount"] for one in said], dtype=float),
            "hits": [BETWEEN.join(one["hits"]) for one in said],
        }
    )
    scores = pd.DataFrame({name: np.array([one[name] for one in contents], dtype=float) for name in ("score", "pd")})
    return count_frame(Seen(_days(contents), columns, scores, decisions), yardstick)


def _shadowed(contents: Sequence[Content], plain: Yardstick) -> Iterator[CountTable]:
    """What was decided beside what each shadow would have, policies and bundles alike."""
    said: dict[str, list[tuple[Content, str]]] = {}
    for content in contents:
        action = content["said"]["action"]
        for name, one in content["shadows"].items():
            said.setdefault(name, []).append((content, f"{action}>{one['action']}"))
        for name, one in content["shadow_bundles"].items():
            shadow = one["said"]["action"] if one["said"] else FAILED
            said.setdefault(name, []).append((content, f"{action}>{shadow}"))
    for name, found in said.items():
        of = [content for content, _ in found]
        yield _texts(of, of, SHADOW + name, [text for _, text in found], plain)


def _acts(contents: Sequence[Content], known: Mapping[str, Content], counting: Counting) -> Iterator[CountTable]:
    """Overrides, and reviews that settle what was referred."""
    acts = [content for content in contents if content["kind"] in (OVERRIDE, REVIEW) and content.get("settles", True)]
    about = {
        content["id"]: known.get(content["decision_id"]) or counting.earlier(content["decision_id"]) for content in acts
    }
    acts = [act for act in acts if about[act["id"]]["score"] is not None]  # a stopped model has decided nothing
    for (address, kind), found in _by(acts, lambda act: (about[act["id"]]["bundle"], act["kind"])).items():
        texts = [f"{act['from_action']}>{act['to_action']}" if kind == OVERRIDE else act["action"] for act in found]
        yield _texts(found, [about[act["id"]] for act in found], kind, texts, counting.plain(address))


def _texts(
    dated: Sequence[Content], inputs: Sequence[Content], subject: str, texts: Sequence[str], plain: Yardstick
) -> CountTable:
    """One subject whose cells are texts, on the days of `dated` and in the segments of `inputs`."""
    grid = grid_of(Seen(_days(dated), _inputs(inputs, [one.column for one in plain.segments])), plain)
    return CountTable.of(grid.counted(cells_of(subject, pd.Series(texts))))


def levels_of(contents: Sequence[Content], segments: Sequence[Segment]) -> pd.DataFrame:
    """The level of each decision in each segment, by column, as it counts there; missing where it has no such input."""
    held = _inputs(contents, [one.column for one in segments])
    levels = {one.column: segment_levels(one, held[one.column]) for one in segments if one.column in held}
    there = {name: np.array([name in content["inputs"] for content in contents], dtype=bool) for name in levels}
    return pd.DataFrame({name: of.where(there[name]) for name, of in levels.items()}, index=held.index)


def _days(contents: Sequence[Content]) -> pd.Series:
    return pd.to_datetime(pd.Series([content["at"][:10] for content in contents]), format="%Y-%m-%d")


def _inputs(contents: Sequence[Content], names: Sequence[str] | None = None) -> pd.DataFrame:
    """Inputs as they were written, of those columns that any of the records has."""
    held = _names(contents)
    wanted = held if names is None else [name for name in names if name in held]
    columns = {name: pd.Series([one["inputs"].get(name) for one in contents], dtype=object) for name in wanted}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(contents)))


def _names(contents: Sequence[Content]) -> tuple[str, ...]:
    return tuple(sorted(set().union(*(content["inputs"] for content in contents))))


def _by(contents: Sequence[Content], key: Callable[[Content], Any]) -> dict[Any, list[Content]]:
    parts: dict[Any, list[Content]] = {}
    for content in contents:
        parts.setdefault(key(content), []).append(content)
    return parts
