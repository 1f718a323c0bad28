"""What a watch looks at, put together from where a project keeps it: rules, feeds, baseline, log."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from riskbench.core.errors import CannotRun, RiskbenchError
from riskbench.core.project import Project
from riskbench.data.feeds.description import load_feeds
from riskbench.data.feeds.status import FeedStatus, feed_status
from riskbench.data.study import STUDY_FILE, load_study
from riskbench.decision.bundle.bundle import Bundle, BundleError, load_bundle
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.places import bundle_shelf
from riskbench.governance.live import live_version
from riskbench.governance.registry.states import Refused
from riskbench.governance.signing.keyfile import trust_file
from riskbench.monitoring.counts.baseline import Baseline, load_baseline
from riskbench.monitoring.counts.groups import with_groups_of_run
from riskbench.monitoring.counts.store import CountStore, Taken
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.velocity.following import Following
from riskbench.monitoring.velocity.window import Window
from riskbench.monitoring.warning.evaluate import evaluate
from riskbench.monitoring.warning.kinds.disparity import attributes
from riskbench.monitoring.warning.warnings import WARNINGS_FILE, Warnings, load_warnings
from riskbench.monitoring.watch.live_rules import LiveRules, live_rules, reach_of
from riskbench.monitoring.watch.loans import asked_segments, loans_of_run, since_development
from riskbench.monitoring.watch.logged_loans import LoggedLoans
from riskbench.monitoring.watch.watch import Counted, Sight


@dataclass(frozen=True)
class Asked:
    """What is asked for: a study by name; `log` is the URL of the decision log, "" where a run is looked at instead.

    `run` is the folder of the run whose baseline holds; None for that of the version in use. `database` is the URL of
    the monitoring database.
    """

    study: str
    log: str
    database: str
    run: Path | None = None


def rules_of(folder: Path) -> Warnings:
    """The rules of the study in a folder. Raises `CannotRun` where it has none, `StudyError` where they are wrong."""
    path = folder / WARNINGS_FILE
    if not path.is_file():
        raise CannotRun(f"{folder.name} has no {WARNINGS_FILE}, and so nothing to warn of. What to do: write one")
    return load_warnings(path, load_study(folder / STUDY_FILE))


def live_rules_of(folder: Path) -> LiveRules | None:
    """The rules of the study in a folder that look at single decisions; None without one. Raises as `rules_of` does."""
    return live_rules(rules_of(folder), load_study(folder / STUDY_FILE).name)


def sight_of(project: Project, asked: Asked) -> Sight:
    """What a watch looks at. Raises `CannotRun` where there is no such study, or its rules cannot be read."""
    folder = project.data / asked.study
    if not folder.is_dir():
        raise CannotRun(f"there is no study {asked.study} in {project.data}")
    warnings, study = rules_of(folder), load_study(folder / STUDY_FILE)
    feeds, thresholds = load_feeds(study, folder), study.limits

    def feeds_at(now: dt.datetime) -> list[FeedStatus]:
        return [feed_status(name, feed, folder, now) for name, feed in feeds.items()]

    log = _Log(asked.log, reach_of(warnings))
    return Sight(
        study=study.name,
        source="log" if asked.log else "run",
        evaluate=lambda observed: evaluate(warnings, observed, thresholds),
        baseline=_Baselines(project, asked, attributes(warnings.rules)).now,
        counts=counts_of(project, asked, log),
        feeds=feeds_at if feeds else None,
        following=log.following if asked.log else None,
    )


class _Baselines:
    """The baseline of the version in use, or of a run; read once as long as it is the same run.

    Where the run itself is looked at, its decisions are counted by the protected attributes that rules `compare`.
    """

    def __init__(self, project: Project, asked: Asked, compare: Sequence[str]):
        self._project, self._asked = project, asked
        self._compare = () if asked.log else compare
        self._known: dict[Path, Baseline] = {}

    def now(self) -> Baseline:
        """The baseline that holds now. Raises `CannotRun` where no version is in use, or the run froze none."""
        run = self._asked.run or self._in_use()
        if run not in self._known:
            self._known = {run: with_groups_of_run(load_baseline(run), run, self._compare)}
        return self._known[run]

    def _in_use(self) -> Path:
        project = self._project
        try:
            live = live_version(project.registry, self._asked.study, trust=trust_file(project.root))
        except Refused as refused:
            raise CannotRun(f"{refused}. What to do: promote a version, or name a run by --run") from None
        return project.reports / live.run


class _Log:
    """A decision log, opened at the first look that finds it; what is read of it stays in one window."""

    def __init__(self, url: str, reach: dt.timedelta):
        self._url, self._reach = url, reach
        self._log: DecisionLog | None = None
        self._following: Following | None = None

    def opened(self) -> DecisionLog:
        """The log. Raises `LogError` where it cannot be opened."""
        if self._log is None:
            self._log = open_log(self._url, writing=False)
        return self._log

    def following(self) -> Following:
        """The window over the log; raises as `opened` does."""
        if self._following is None:
            self._following = Following(self.opened(), Window(self._reach, since=dt.datetime.now(dt.UTC)))
        return self._following


def counts_of(project: Project, asked: Asked, log: "_Log") -> Callable[[Baseline, dt.datetime], Counted]:
    """How counts are had: from the log, each entry once, or those that a run has frozen."""
    loans: dict[str, CountTable] = {}  # of runs, which do not change
    parts = asked_segments(project.data / asked.study)

    def of_run(baseline: Baseline) -> CountTable:
        if baseline.address not in loans:
            loans[baseline.address] = loans_of_run(asked.run or project.reports / baseline.run, baseline, parts)
        return loans[baseline.address]

    if not asked.log:
        return lambda baseline, _: Counted(CountTable.merged([baseline.everyone, of_run(baseline)]))
    shelf, logged = bundle_shelf(project), LoggedLoans(project, asked.study, asked.database, parts)

    def counted(baseline: Baseline, now: dt.datetime) -> Counted:
        with CountStore(asked.database, asked.study) as store:
            taken = store.take(log.opened(), baseline.record.yardstick, _bundles(shelf), now)
            counts, notes = store.counts(), list(_notes(taken))
        try:
            turned = logged.known(log.opened(), baseline, now)
            outcomes = since_development(of_run(baseline), baseline, turned.table)
        except RiskbenchError as error:
            notes.append(f"how loans have turned out is not known: {error}")
            return Counted(counts, tuple(notes))
        return Counted(CountTable.merged([counts, outcomes]), (*notes, *turned.notes))

    return counted


def _bundles(shelf: Path) -> dict[str, Bundle]:
    """The bundles that have decided, as services keep them; one that was changed counts as not at hand."""
    found = {}
    for file in sorted(shelf.glob("*.json")):
        with suppress(BundleError):
            found[file.stem] = load_bundle(file, file.stem)
    return found


def _notes(taken: Taken) -> Iterator[str]:
    """What is to be said of the entries that were counted."""
    for address, n in taken.without_features.items():
        yield f"{n:,} decisions of bundle {address[:12]} were counted without features: it is not at hand"
    if taken.skewed:
        yield f"{taken.skewed:,} entries are dated ahead of this clock, the last {taken.skew}; they count on their day"
