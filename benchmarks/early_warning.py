"""Whether rules of early warning ring when something happens, and only as often as they say when nothing does.

    python benchmarks/early_warning.py [--seeds 1 200] [--warnings data/microloan/warnings.yaml] [--keep FOLDER]

Each seed is a portfolio of its own, made by the package; of it a card is built from scratch (binning, selection, fit)
on its months 1 to 9, the study's policy decides, the baseline is frozen, and the rules of the file are replayed at the
end of each month from 10 on, with what was known then. The calendar is docs/synthetic.md: nothing changes in months 10
to 21, the population shifts in 25, the odds change in 29.

Printed: how soon the shift and the change were flagged, over seeds, with Wilson's 95 % intervals; and for each rule the
share of looks at which it rang in the stable months, with an interval by seeds (the looks of one portfolio share their
reference, so that seeds and not looks are independent), and whether that contains the share that its limits let expect,
tolerance and floor included: the mean of what each look tells. Of a rule that watches several subjects that share is at
most the sum of theirs ("<="), and an interval below it holds as well. Beside it stand what the file states and the run
length. The same rules are asked once more without tolerance and floor. They see what a tolerance is for: season and
customers who return move means even in these months, by little but by more than chance. How far, over seeds, is printed
as well: what all portfolios share is no chance. (At the expected rate rules ring where nothing moves at all: the tests
of the charts simulate that.) `--keep`
keeps what each seed lays out, so that other rules can be asked of it. The design of the charts was chosen on seeds 1000
to 1049, apart from the seeds that are reported.
"""

import argparse
import datetime as dt
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from riskbench import metrics
from riskbench.core.files import replacing
from riskbench.data import synthetic
from riskbench.data.applications import assemble_applications
from riskbench.data.candidates import candidates_of
from riskbench.data.engine import Engine
from riskbench.data.labels import labels_of
from riskbench.data.performance import ages_of, performance_of
from riskbench.data.samples import assign_samples
from riskbench.data.study import Study, load_study
from riskbench.data.synthetic.timeline import CALENDAR
from riskbench.decision.decide import decide
from riskbench.decision.policy.reading import load_policy
from riskbench.decision.policy_frame import policy_frame
from riskbench.monitoring.counts.baseline import FOLDER, Baseline, load_baseline, save_baseline
from riskbench.monitoring.counts.from_run import Model, RunTables, baseline_of
from riskbench.monitoring.counts.table import EVERYONE, OUTCOME, PD, SCORE, CountTable
from riskbench.monitoring.outcomes.counts import outcome_counts
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.replay import History, month_of, replay
from riskbench.monitoring.warning.tables import chances
from riskbench.monitoring.warning.warnings import Warnings, load_warnings
from riskbench.scorecard import Scorecard
from riskbench.scorecard.design import card_builder
from riskbench.scorecard.scores import score_table

STUDY = Path(__file__).parents[1] / "data" / "microloan" / "study.toml"
APPLICATIONS = 40_000
SEGMENTS = ("channel",)  # those that the rules name
KNOWN = "outcomes.parquet"
POPULATION = ("drift", "mean_score", "approval", "null_rate", "label_free")  # kinds that see who applies
OUTCOMES = ("early_outcomes", "outcomes", "vintage")  # kinds that see how loans pay


# --- one portfolio ----------------------------------------------------------------------------------------------------


def lay_out(study: Study, seed: int, folder: Path) -> None:
    """A portfolio of its own with a card of its own, as monitoring sees it: its baseline and its outcomes."""
    with tempfile.TemporaryDirectory() as made:
        synthetic.generate(Path(made), APPLICATIONS, seed)
        engine = Engine(study, Path(made))
        joined = engine.collate()
        rows = assemble_applications(
            study, joined, labels_of(engine, joined), assign_samples(study, joined), key=bytes(32)
        )
        performance = performance_of(engine, joined, rows)
    candidates = candidates_of(study, rows)
    fitted = ((rows["sample"] == "development") & rows["y"].notna()).to_numpy()
    card = card_builder(study)(candidates[fitted], rows["y"].to_numpy(dtype=float)[fitted].astype(int))
    if not isinstance(card, Scorecard):
        raise RuntimeError(f"no feature earned a place in the card of seed {seed}")
    scores = score_table(card, rows, candidates)
    features = candidates.assign(application=rows["application"])
    policy = load_policy(STUDY.parent / str(study.policy), study)
    decisions = decide(policy, policy_frame(study, rows, features, scores), assume_fresh=True)
    days = pd.Series(pd.to_datetime(joined[study.as_of]).dt.normalize().to_numpy())
    tables = RunTables(rows, features, scores, decisions, days)
    baseline = baseline_of(tables, Model(study.name, card, segments=SEGMENTS))
    save_baseline(baseline, folder / FOLDER)
    with replacing(folder / KNOWN) as temporary:
        known_outcomes(performance, scores, baseline.model).to_parquet(temporary)


def known_outcomes(performance: pd.DataFrame, scores: pd.DataFrame, model: str) -> pd.DataFrame:
    """Counts of outcomes, and `since`, the day from which all loans of a cohort and age are told.

    Counts of an age are final, so they are counted once and later taken by that day.
    """
    told = {"final": performance["final_on"].where(performance["label"].isin(["bad", "good"]))}
    told |= {str(m): performance[f"known_{m}"] for m in ages_of(performance)}
    told["fpd"] = told["1"]
    counts = outcome_counts(performance, scores, model=model).frame
    since = np.full(len(counts), np.datetime64("NaT", "s"))
    for age, days in told.items():
        rows = (counts["subject"] == OUTCOME + age).to_numpy()
        last = days.groupby(performance["decided_on"]).max()
        since[rows] = counts.loc[rows, "day"].map(last).to_numpy("datetime64[s]")
    return counts.assign(since=since)


def history(folder: Path) -> History:
    """What was laid out in a folder."""
    baseline, outcomes = load_baseline(folder), pd.read_parquet(folder / KNOWN)
    counts, since = outcomes.drop(columns="since"), outcomes["since"].to_numpy("datetime64[s]")

    def known(day: dt.date) -> CountTable:
        return CountTable(counts[since <= np.datetime64(day, "s")].reset_index(drop=True))

    return History(baseline, baseline.later, known)


def told_of(warnings: Path, keep: Path, seed: int) -> list[pd.DataFrame]:
    """What the rules said of a seed, their looks, and those they would have had without tolerance and floor.

    The seed is laid out in a folder of its own unless that is there.
    """
    study, folder = load_study(STUDY), keep / str(seed)
    if not (folder / KNOWN).is_file():
        lay_out(study, seed, folder)
    rules, seen = load_warnings(warnings, study), history(folder)
    said = replay(rules, seen, study.limits)
    without = bare(rules)
    looks = [chances(rules, said), chances(without, replay(without, seen, study.limits))]
    return [of.assign(month=of["month"].map(place), seed=seed) for of in (tally(said), *looks, means(seen.baseline))]


def bare(warnings: Warnings) -> Warnings:
    """The rules on rates and means alone, each without its tolerance and its floor."""
    rules = []
    for rule in warnings.rules:
        if rule.chance is not None:
            hurdles = {name: 0.0 for name in ("tolerance", "floor") if name in type(rule).model_fields}
            rules.append(rule.model_copy(update=hurdles))
    return warnings.model_copy(update={"rules": type(warnings.rules)(rules)})


# --- over many of them ------------------------------------------------------------------------------------------------


def tally(readings: list[Reading]) -> pd.DataFrame:
    """One row a reading that was evaluated: `rule, kind, key, month` and `signal`."""
    rows = [
        (reading.rule, reading.kind, reading.key, month_of(reading), reading.state == "signal")
        for reading in readings
        if reading.state != "not_evaluated"
    ]
    return pd.DataFrame(rows, columns=["rule", "kind", "key", "month", "signal"])


def means(baseline: Baseline) -> pd.DataFrame:
    """One row a month: by how much the mean `score` and `pd` of everyone differ from development's."""
    frame = baseline.everyone.frame
    frame = frame[(frame["segment"] == EVERYONE) & frame["subject"].isin([SCORE, PD])]
    month = frame["day"].dt.strftime("%Y-%m").rename("month")
    sums = frame.groupby([month, "subject"])[["n", "total"]].sum()
    before = frame[frame["day"].dt.date <= baseline.last].groupby("subject")[["n", "total"]].sum()
    return ((sums["total"] / sums["n"]).unstack() - before["total"] / before["n"]).reset_index()


def place(month: str) -> int:
    """A month in the calendar of the process: 2023-01 is 1."""
    return 12 * (int(month[:4]) - 2023) + int(month[5:])


def began(table: pd.DataFrame, kinds: tuple[str, ...], before: int, last: int) -> bool:
    """Whether a subject of these kinds that was quiet at the look of month `before` signals by that of `last`."""
    of = table[table["kind"].isin(kinds) & table["signal"]]
    already = set(of.loc[of["month"] == before, "key"])
    later = of[(of["month"] > before) & (of["month"] <= last)]
    return bool((~later["key"].isin(already)).any())


def share_told(name: str, flags: list[bool]) -> str:
    e = metrics.wilson(sum(flags), len(flags))
    return f"{name:78s} {e.value:6.1%} ({e.lower:.1%} to {e.upper:.1%}) of {e.n} seeds"


def by_look(signals: pd.DataFrame) -> tuple[float, float, float]:
    """The share of looks that signal, of seed by look, with Jeffreys' interval at the size that seeds make of them.

    Looks of a seed share a reference: where their rates differ more between seeds than chance has it, n shrinks.
    """
    by_seed = signals.groupby("seed")["signal"].agg(["sum", "size"])
    n, rate = int(by_seed["size"].sum()), float(by_seed["sum"].sum() / by_seed["size"].sum())
    residual = by_seed["sum"] - rate * by_seed["size"]
    effect = max(1.0, float((residual**2).sum()) / max(rate * (1 - rate) * n, 1e-12)) if rate else 1.0
    e = metrics.jeffreys_interval(round(rate * n / effect), round(n / effect))
    return rate, float(e.lower or 0.0), float(e.upper or 1.0)


def run_length(signals: pd.DataFrame) -> tuple[int, int]:
    """First signals, and looks until them or until the stable months end."""
    rang = survived = 0
    for _, of in signals.sort_values("month").groupby("seed"):
        flags = of["signal"].to_numpy(bool)
        rang += bool(flags.any())
        survived += int(np.argmax(flags)) + 1 if flags.any() else len(flags)
    return rang, survived


def false_alarms(table: pd.DataFrame, warnings: Warnings, several: set[str], which: str) -> None:
    """In the stable months, each rule's looks with a signal beside what its limits let expect, and all together.

    `several` are the rules that watch more than one subject.
    """
    first, last = CALENDAR.stable
    stable = table[table["month"].between(first, last)]
    stated = {rule.name: 1 / rule.chance.looks for rule in warnings.rules if rule.chance is not None}
    parts = [(name, stable[stable["rule"] == name], rate) for name, rate in stated.items()]
    by_look_of_all = stable.assign(quiet=1 - stable["chance"]).groupby(["seed", "month"], as_index=False)
    together = by_look_of_all.agg(signal=("signal", "max"), quiet=("quiet", "prod"))
    together["chance"] = 1 - together["quiet"]
    none = 1 - float(np.prod([1 - rate for _, of, rate in parts if len(of)]))
    print(f"\nStable months {first} to {last}, {which}")
    print(
        f"{'rule':22s} {'looks':>6s} {'rang':>8s} {'95 % interval':>18s} {'expected':>11s} {'stated':>7s}  run length"
    )
    for name, of, rate in [*parts, ("all together", together, none)]:
        if not len(of):
            print(f"{name:22s} not evaluated at any look")
            continue
        seen, lower, upper = by_look(of)
        rang, survived = run_length(of)
        length = f"{survived / rang:.0f} looks" if rang else f"over {survived / 3:.0f} looks"  # rule of three
        expected, bound = float(of["chance"].mean()), name in several or name == "all together"
        verdict = "contains it" if lower <= expected <= upper else ("below it" if upper < expected else "ABOVE IT")
        told = f"{'<= ' if bound else ''}{expected:.3%}"
        figures = f"{len(of):6d} {seen:8.2%} {lower:8.2%} to {upper:6.2%} {told:>11s} {rate:6.2%}"
        print(f"{name:22s} {figures}  {length:15s} {verdict}")


def moved(table: pd.DataFrame) -> None:
    """How far means lie from development's in the first and the last stable month, over seeds."""
    print("\nWhat all portfolios share: mean less development's, and its standard error over seeds")
    for month in CALENDAR.stable:
        of = table[table["month"] == month]
        score, pd_ = (f"{of[name].mean():+.4f} ({of[name].sem():.4f})" for name in (SCORE, PD))
        print(f"month {month}: score {score} points, PD {pd_}")


def report(table: pd.DataFrame) -> None:
    seeds = [of for _, of in table.groupby("seed")]
    shift, odds = CALENDAR.population_shift, CALENDAR.odds_change
    print(
        share_told(
            f"population shift of month {shift} flagged in it", [began(t, POPULATION, shift - 1, shift) for t in seeds]
        )
    )
    print(
        share_told(
            f"... in month {shift} or {shift + 1} (bar: 95 %)",
            [began(t, POPULATION, shift - 1, shift + 1) for t in seeds],
        )
    )
    for kind in POPULATION:
        print(share_told(f"    of it by {kind}", [began(t, (kind,), shift - 1, shift + 1) for t in seeds]))
    early = [t[(t["kind"] == "early_outcomes") & t["signal"]] for t in seeds]
    for within in (2, 3):
        flagged = [bool(t["month"].between(odds, odds + within).any()) for t in early]
        print(share_told(f"change of odds of month {odds} flagged by early outcomes, {within} months on", flagged))
    print(
        share_told(
            "    of which they already rang at the look before it",
            [bool((t["month"] == odds - 1).any()) for t in early],
        )
    )
    quiet = [t for t, e in zip(seeds, early, strict=True) if not (e["month"] == odds - 1).any()]
    print(
        share_told(
            "    of seeds that were quiet then: 3 months on",
            [began(t, ("early_outcomes",), odds - 1, odds + 3) for t in quiet],
        )
    )
    for kind in OUTCOMES[1:]:
        print(share_told(f"    by {kind}, by the end of month 36", [began(t, (kind,), odds - 1, 36) for t in seeds]))
    blind = table[(table["kind"] == "label_free") & table["month"].between(odds, odds + 3)]
    if len(blind):
        seen, lower, upper = by_look(blind)
        name = "mean PD without labels: looks with a signal in these months"
        print(f"{name:78s} {seen:6.1%} ({lower:.1%} to {upper:.1%}) of {len(blind)} looks")


def run(seeds: range, warnings: Path, keep: Path, workers: int) -> list[pd.DataFrame]:
    began_at = time.perf_counter()
    with ProcessPoolExecutor(workers) as pool:
        told = list(zip(*pool.map(partial(told_of, warnings, keep), seeds), strict=True))
    print(f"{len(seeds)} seeds, {APPLICATIONS:,} applications each, in {time.perf_counter() - began_at:.0f} s")
    return [pd.concat(tables, ignore_index=True) for tables in told]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", nargs=2, type=int, default=(1, 200), help="the first and the last")
    parser.add_argument("--warnings", type=Path, default=STUDY.parent / "warnings.yaml")
    parser.add_argument(
        "--keep", type=Path, help="a folder for what each seed lays out; what is there is taken from it"
    )
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        seeds = range(given.seeds[0], given.seeds[1] + 1)
        table, looks, without, shifts = run(seeds, given.warnings, given.keep or Path(place), given.workers)
    warnings = load_warnings(given.warnings, load_study(STUDY))
    report(table)
    subjects = table.groupby("rule")["key"].nunique()
    several = set(subjects.index[subjects > 1])
    false_alarms(looks, warnings, several, "the rules as they are written")
    false_alarms(without, bare(warnings), several, "the same rules without tolerance and floor")
    moved(shifts)


if __name__ == "__main__":
    main()
