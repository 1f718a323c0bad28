"""The committee's pages: five figures, one a sheet, each with its message in one sentence and its evidence.

Everything is drawn from tables of evidence. Where a run lacks one, its sheet says "not evaluated" and why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from riskbench.core.evidence import SAMPLES, Evidence, Table
from riskbench.core.status import WORDS, WORST_FIRST, Status
from riskbench.governance.recommendation import concerns, recommend
from riskbench.governance.standing import Standing
from riskbench.report import figures
from riskbench.report.figures.levels import levels_plot
from riskbench.report.index_page import RunSummary
from riskbench.report.layout import Dossier, render
from riskbench.report.prose import anchor, prose
from riskbench.report.told import decision_told
from riskbench.report.verdict import tally, verdict

MOST_ROWS = 12  # of a table behind a figure; a longer one is thinned, and linked whole


@dataclass(frozen=True)
class Material:
    """What a sheet may draw on."""

    evidence: Mapping[str, Evidence]
    holdout: str
    summary: RunSummary
    dossier: Dossier
    standing: Standing

    def of(self, stem: str) -> Evidence | None:
        """The evidence of this stem on the holdout."""
        return self.evidence.get(f"{stem}.{self.holdout}")

    def frame(self, id_: str) -> pd.DataFrame:
        """A recorded table; raises `Lacking` where the run has none, or one without rows."""
        found = self.evidence.get(id_)
        if found is None:
            raise Lacking(f"This run has not recorded {id_}.")
        if not isinstance(found.value, Table) or not found.value.rows:
            raise Lacking(found.reason or f"The table {id_} has no rows.")
        return pd.DataFrame(found.value.rows, columns=found.value.columns)

    @property
    def sample(self) -> str:
        """The holdout as pages call it."""
        return SAMPLES[self.holdout]


class Lacking(ValueError):
    """What a sheet needs is not in the evidence."""


@dataclass(frozen=True)
class Drawn:
    """A sheet's message (HTML), its figure (HTML), and the ids of the evidence behind both."""

    message: str
    figure: str
    sources: Sequence[str]


@dataclass(frozen=True)
class Sheet:
    """One sheet of the deck as it is printed; without `drawn`, `lacking` says why."""

    title: str
    message: str = ""
    figure: str = ""
    sources: Sequence[tuple[str, str]] = field(default=())
    lacking: str = ""


def render_committee(summary: RunSummary, dossier: Dossier, evidence: Sequence[Evidence], standing: Standing) -> str:
    """The deck: one section a sheet."""
    material = Material({e.id: e for e in evidence}, summary.holdout, summary, dossier, standing)
    sheets = [_sheet(title, draw, material) for title, draw in SHEETS]
    return render("committee.html.j2", "committee", dossier, title=summary.study_title, sheets=sheets)


def _sheet(title: str, draw: Callable[[Material], Drawn], material: Material) -> Sheet:
    try:
        drawn = draw(material)
    except Lacking as lack:
        return Sheet(title, lacking=str(lack))
    sources = [(id_, anchor(id_)) for id_ in drawn.sources if id_ in material.evidence]
    return Sheet(title, drawn.message, drawn.figure, sources)


def _decision(material: Material) -> Drawn:
    checks = [e for e in material.evidence.values() if e.kind == "check"]
    if not checks:
        raise Lacking("This run has recorded no check.")
    found = concerns(checks, material.standing, material.summary.on)
    absent = [stage.title for stage in material.dossier.stages if not stage.made]
    judged = sum(e.status != "not_evaluated" for e in checks)
    advice = recommend(found, material.standing, absent, judged)
    stages = [stage for stage in material.dossier.stages if any(e.stage == stage.name for e in checks)]
    counts = [dict(tally([e for e in checks if e.stage == stage.name], all_of_them=True)) for stage in stages]
    frame = pd.DataFrame({"stage": [stage.title for stage in stages]} | {s: [c[s] for c in counts] for s in counts[0]})
    told = frame.rename(columns=dict(WORDS))
    figure = figures.figure_html(
        levels_plot(frame, label="stage"),
        f"Bars of the number of checks by status, one row a stage. {verdict(checks)}",
        told,
        "Checks by stage and status",
    )
    message = f"By rule {advice.rule.name} the evidence speaks for: {advice.rule.word}. {verdict(checks)}"
    if decision := decision_told(material.standing, advice.rule.word):
        message += f" Decided and signed: {decision.told}."
    return Drawn(message, figure, ["governance.checks.red", "governance.checks.amber", "governance.checks.green"])


def _ranking(material: Material) -> Drawn:
    from riskbench.validation.model_comparison.judged import title_of  # slow to import

    id_ = f"challengers.models.comparison.{material.holdout}"
    frame = material.frame(id_)[["model", "n", "auc", "lower", "upper"]]
    best = frame.sort_values("auc", kind="stable").iloc[-1]
    figure = figures.figure_html(
        figures.interval_plot(frame, label="model", value="auc", title="AUC, with interval"),
        "; ".join(f"{row.model}: AUC {row.auc:.3f}, {row.lower:.3f} to {row.upper:.3f}" for row in frame.itertuples()),
        frame,
        f"Ranking power of the champion and its challengers, {material.sample} sample",
    )
    auc = material.of("validation.champion.auc") or material.of("challengers.champion.auc")
    named = {"auc": auc} if auc else {}
    said = "The champion ranks with an AUC of {auc}. " if named else ""
    said += (
        "No challenger has a higher one."
        if best["model"] == "champion"
        else (f"The highest AUC of all models is {best['auc']:.3f}, that of {title_of(best['model'])}.")
    )
    message = prose(said, named)
    return Drawn(message, figure, [id_, *(e.id for e in named.values())])


def _calibration(material: Material) -> Drawn:
    id_ = f"validation.grades.calibration_curve.{material.holdout}"
    frame = material.frame(id_)
    inside = int(((frame["lower"] <= frame["predicted"]) & (frame["predicted"] <= frame["upper"])).sum())
    seen = int(frame["observed"].notna().sum())
    figure = figures.figure_html(
        figures.calibration_plot(frame),
        f"Observed bad rate against predicted PD by grade; {inside} of {seen} intervals hold the predicted PD.",
        frame,
        f"Observed bad rate and predicted PD by grade, {material.sample} sample",
        formats=dict.fromkeys(("predicted", "observed", "lower", "upper"), "%"),
    )
    slope = material.of("validation.champion.calibration_slope")
    named = {"slope": slope} if slope else {}
    end = "; the calibration slope is {slope}" if named else ""
    message = prose(f"In {inside} of {seen} grades the interval of the bad rate holds the predicted PD{end}.", named)
    return Drawn(message, figure, [id_, *(e.id for e in named.values())])


def _policy(material: Material) -> Drawn:
    id_ = f"policy.portfolio.profit_curve.{material.holdout}"
    curve = material.frame(id_)
    rate, bad = (material.of(f"policy.portfolio.{name}") for name in ("approval_rate", "expected_bad_rate"))
    chosen = None
    if rate and isinstance(rate.value, float):  # the point of the curve where as many are approved
        nearest = curve.iloc[int((curve["approval_share"] - rate.value).abs().to_numpy().argmin())]
        chosen = (f"as many approved as by the policy: {100 * rate.value:.0f} %", float(nearest["approval_share"]))
    named = {name: e for name, e in (("rate", rate), ("bad", bad)) if e}
    figure = figures.figure_html(
        figures.curve_plot(curve, chosen, x="approval_share", y="profit"),
        "Expected profit by the share of applications approved: from "
        f"{curve['profit'].iloc[0]:,.0f} to {curve['profit'].iloc[-1]:,.0f}, at most {curve['profit'].max():,.0f}.",
        _thinned(curve),
        f"Expected profit by the share approved, {material.sample} sample",
    )
    said = "The policy approves {rate} of applications, with an expected bad rate of {bad} among them."
    message = prose(said, named) if len(named) == len(("rate", "bad")) else "Expected profit by the share approved."
    return Drawn(message, figure, [id_, *(e.id for e in named.values())])


def _worse_of_two(material: Material) -> Drawn:
    """Fairness or stability, whichever has the worse check; fairness where both are equal."""
    levels: dict[str, Status] = {}
    for stage in DRAWN_FOR:
        checks = [e.status for e in material.evidence.values() if e.kind == "check" and e.stage == stage]
        levels[stage] = min(checks, key=WORST_FIRST.index, default="information")
    worst_first = sorted(DRAWN_FOR, key=lambda stage: WORST_FIRST.index(levels[stage]))
    lacks = []
    for stage in worst_first:
        try:
            return DRAWN_FOR[stage](material)
        except Lacking as lack:
            lacks.append(str(lack))
    raise Lacking(" ".join(lacks))


def _fairness(material: Material) -> Drawn:
    id_ = f"fairness.groups.adverse_impact_ratio.{material.holdout}"
    frame = material.frame(id_).dropna(subset=["adverse_impact_ratio"])
    if not len(frame):
        raise Lacking("No adverse impact ratio could be evaluated.")
    lowest = material.of("fairness.groups.lowest_ratio")
    told = "; ".join(f"{row.label}, {row.adverse_impact_ratio:.2f}" for row in frame.itertuples())
    figure = figures.figure_html(
        figures.interval_plot(
            frame, _limit(material), value="adverse_impact_ratio", title="adverse impact ratio, with interval"
        ),
        f"Adverse impact ratios. {told}.",
        frame,
        f"Approval rate of each group over that of the group with the highest, {material.sample} sample",
    )
    crossed = material.of("fairness.intersections.adverse_impact_ratio")
    named = {name: e for name, e in (("lowest", lowest), ("crossed", crossed)) if e and e.value is not None}
    said = "Of the two, fairness has the worse check. "
    if "lowest" in named:
        said += "The lowest adverse impact ratio of any group of one attribute is {lowest}."
        said += " Of two attributes together it is {crossed}." if "crossed" in named else ""
    else:
        named, said = {}, said + "Ratios by group stand below."
    return Drawn(prose(said, named), figure, [id_, *(e.id for e in named.values())])


def _limit(material: Material) -> tuple[str, float] | None:
    """The limit that ratios of this run are held to, by name and value."""
    ratios = (e for e in material.evidence.values() if e.stage == "fairness" and ".adverse_impact_ratio" in e.id)
    limits = [e.threshold.bound for e in ratios if e.threshold and e.threshold.direction != "between"]
    return (f"limit: {limits[0]:g}", limits[0]) if limits else None


def _stability(material: Material) -> Drawn:
    id_ = "monitoring.score.psi_by_month"
    frame = material.frame(id_).dropna(subset=["psi"])
    if not len(frame):
        raise Lacking("The study has no months to compare.")
    newest = frame.iloc[-1]
    figure = figures.figure_html(
        figures.months_plot(frame, value="psi"),
        f"PSI of the score by month; in {newest['month']} it is {newest['psi']:.3f}.",
        frame[[name for name in ("month", "n", "psi", "critical") if name in frame]].tail(MOST_ROWS),
        "PSI of the score by month, against its critical value",
    )
    psi = material.of("monitoring.score.psi")
    named = {"psi": psi} if psi else {}
    said = "Of the two, stability has the worse check. "
    said += "From development to the holdout the score moved by a PSI of {psi}." if named else ""
    return Drawn(prose(said.strip(), named), figure, [id_, *(e.id for e in named.values())])


def _thinned(frame: pd.DataFrame) -> pd.DataFrame:
    step = -(-len(frame) // MOST_ROWS)
    return frame.iloc[::step].reset_index(drop=True)


DRAWN_FOR: Mapping[str, Callable[[Material], Drawn]] = {"fairness": _fairness, "monitoring": _stability}
SHEETS: Sequence[tuple[str, Callable[[Material], Drawn]]] = (
    ("Decision and verdict", _decision),
    ("Ranking power", _ranking),
    ("Calibration", _calibration),
    ("Policy", _policy),
    ("Fairness or stability", _worse_of_two),
)
