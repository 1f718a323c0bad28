"""What a watch looks at, put together from where a project keeps it: rules, feeds, baseline, log."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from riskbench.core.errors import CannotRun, RiskbenchError
from riskbench.core.project import Project
from riskbench.data.feeds.description import load_feeds
from riskbench.data.feeds.status import FeedStatus, feed_status
from riskbench.data.study import STUDY_FILE, load_study
from riskbench.decision.bundle.bundle import BUNDLE_FILE, Bundle, BundleError, load_bundle
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.places import bundle_shelf
from riskbench.governance.live import Standing
from riskbench.monitoring.counts.baseline import Baseline, BaselineError, load_baseline, yardstick_in
from riskbench.monitoring.counts.groups import with_groups_of_run
from riskbench.monitoring.counts.store import CountStore, Taken
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import Yardstick
from riskbench.monitoring.velocity.following import Following
from riskbench.monitoring.velocity.window import Window
from riskbench.monitoring.warning.evaluate import evaluate
from riskbench.monitoring.warning.kinds.disparity import attributes
from riskbench.monitoring.warning.warnings import WARNINGS_FILE, Warnings, load_warnings
from riskbench.monitoring.watch.live_rules import LiveRules, live_rules, reach_of
from riskbench.monitoring.watch.loans import asked_segments, loans_of_run, since_development
from riskbench.monitoring.watch.logged_loans import LoggedLoans
from riskbench.monitoring.watch.looked import Looked
from riskbench.monitoring.watch.standing import Stands, promoted_run, standing_in, stands
from riskbench.monitoring.watch.vanished import judge_the_model
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

    log, baselines = _Log(asked.log, reach_of(warnings)), _Baselines(project, asked, attributes(warnings.rules))

    def standing(before: Looked | None) -> Stands:
        return stands(baselines.standing(), log.opened if asked.log else None, before)

    return Sight(
        study=study.name,
        source="log" if asked.log else "run",
        evaluate=lambda observed: evaluate(warnings, observed, thresholds),
        baseline=baselines.now,
        counts=counts_of(project, asked, log, baselines),
        feeds=feeds_at if feeds else None,
        following=log.following if asked.log else None,
        standing=standing,
        of_model=judge_the_model(warnings),
    )


class _Baselines:
    """The baseline of the version in use, or of a run; read once as long as it is the same run.

    Reading the ledger checks every signature in it, so that a look does it once. Where the run itself is looked at, its
    decisions are counted by the protected attributes that rules `compare`.
    """

    def __init__(self, project: Project, asked: Asked, compare: Sequence[str]):
        self._project, self._asked = project, asked
        self._compare = () if asked.log else compare
        self._known: dict[Path, Baseline] = {}
        self._standing: Standing | None = None

    def standing(self) -> Standing | None:
        """How the version in use stands, None where a run is named instead: asked anew, as each look does first.

        Raises as `standing_in` does.
        """
        self._standing = None
        if self._asked.run is None:
            self._standing = standing_in(self._project, self._asked.study)
        return self._standing

    def now(self) -> Baseline:
        """The baseline that holds now. Raises `CannotRun` where no version is in use, or the run froze none.

        A version that is stopped keeps its own: what it decided before is looked at, and it may be started again.
        """
        if (run := self._asked.run) is None:
            standing = self._standing or standing_in(self._project, self._asked.study)
            run = promoted_run(self._project.reports, standing.live)
        if run not in self._known:
            self._known = {run: with_groups_of_run(load_baseline(run), run, self._compare)}
        return self._known[run]

    def runs(self) -> dict[str, Path]:
        """The runs of all versions that were ever in use, by the address of their bundles."""
        standing = self._standing
        return (
            {one.bundle_sha256: self._project.reports / one.run for one in reversed(standing.before)}
            if standing
            else {}
        )


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


def counts_of(
    project: Project, asked: Asked, log: "_Log", baselines: "_Baselines"
) -> Callable[[Baseline, dt.datetime], Counted]:
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
            runs = baselines.runs()
            bundles, own = _bundles(shelf, runs), _yardsticks(runs)
            taken = store.take(log.opened(), baseline.record.yardstick, bundles, now, own)
            counts, notes = store.counts(), list(_notes(taken))
        try:
            turned = logged.known(log.opened(), baseline, now)
            outcomes = since_development(of_run(baseline), baseline, turned.table)
        except RiskbenchError as error:
            notes.append(f"how loans have turned out is not known: {error}")
            return Counted(counts, tuple(notes))
        return Counted(CountTable.merged([counts, outcomes]), (*notes, *turned.notes))

    return counted


def _bundles(shelf: Path, runs: Mapping[str, Path]) -> dict[str, Bundle]:
    """The bundles that have decided, as services keep them, or as runs do where the service is on another machine.

    One that was changed counts as not at hand.
    """
    files = {address: run / BUNDLE_FILE for address, run in runs.items() if address}
    files |= {file.stem: file for file in sorted(shelf.glob("*.json"))}
    found = {}
    for address, file in files.items():
        with suppress(BundleError):
            found[address] = load_bundle(file, address)
    return found


def _yardsticks(runs: Mapping[str, Path]) -> dict[str, Yardstick]:
    """The yardstick of each run's bundle, where the run is at hand: on it the run counts, and so does whoever reads."""
    found = {}
    for address, run in runs.items():
        with suppress(BaselineError):
            found[address] = yardstick_in(run)
    return found


def _notes(taken: Taken) -> Iterator[str]:
    """What is to be said of the entries that were counted."""
    for address, n in taken.without_features.items():
        yield f"{n:,} decisions of bundle {address[:12]} were counted without features: it is not at hand"
    if taken.skewed:
        yield f"{taken.skewed:,} entries are dated ahead of this clock, the last {taken.skew}; they count on their day"
