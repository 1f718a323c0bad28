"""What changes when one finished run takes the place of another: the effect of a promotion, or of a rollback.

Both bundles decide the applications of the newer run, in the sample that judges its card. Every file is read only where
its bytes are those that its manifest names.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from riskbench.core.errors import CannotRun
from riskbench.core.evidence import SAMPLES as CALLED
from riskbench.data import oversampling
from riskbench.data.samples import SAMPLES
from riskbench.data.study import STUDY_FILE, Study, load_study
from riskbench.decision.effect.effect import Applicants, Effect, bundle_effect
from riskbench.governance.manifest import read_manifest
from riskbench.pipeline.bundles import read_bundle, sealed, sealed_file
from riskbench.report.effect_page import SwitchTold, effect_lines, render_effect


@dataclass(frozen=True, eq=False)
class EffectReport:
    """The effect of a switch, and between what: names of runs, addresses of bundles, whose applications."""

    run_before: str
    run_after: str
    address_before: str
    address_after: str
    population: str  # the run whose applications they are
    sample: str
    synthetic: bool
    effect: Effect

    @property
    def applications(self) -> int:
        """How many applications both bundles decide."""
        return len(self.effect.applicants.columns)


def effect_of_switch(run_before: Path, run_after: Path, sample: str = "") -> EffectReport:
    """What changes for the same applications when the bundle of `run_after` takes the place of that of `run_before`.

    `sample` is one of the newer run's; empty: the one that judges its card. Raises `CannotRun` where one of them is no
    finished run, made no bundle or was changed, where they are runs of different studies, and for a sample without
    applications.
    """
    before, after = read_bundle(run_before), read_bundle(run_after)
    if before.study != after.study:
        raise CannotRun(f"these are runs of different studies: {before.study} and {after.study}")
    newer = max(run_before, run_after, key=lambda run: read_manifest(run).created)
    study = load_study(sealed(newer, STUDY_FILE))
    chosen = sample or study.holdout
    return EffectReport(
        run_before.name,
        run_after.name,
        before.address,
        after.address,
        newer.name,
        chosen,
        study.synthetic,
        bundle_effect(before, after, applicants_of(newer, study, chosen)),
    )


def effect_text(report: EffectReport) -> str:
    """The effect as text, for a terminal and for whoever must confirm the switch."""
    return "\n".join(effect_lines(report.effect, _told(report)))


def effect_html(report: EffectReport) -> str:
    """The effect as a page that stands alone."""
    return render_effect(report.effect, _told(report))


def applicants_of(run: Path, study: Study, sample: str) -> Applicants:
    """The applications of one sample of a finished run, on which bundles are compared.

    Raises `CannotRun` where a file is not what the run's manifest names, or the sample is empty.
    """
    applications, groups = (
        pd.read_parquet(sealed_file(run, "intake", f"{n}.parquet")) for n in ("applications", "protected")
    )
    chosen = (applications["sample"] == sample).to_numpy()
    if not chosen.any():
        there = ", ".join(name for name in SAMPLES if (applications["sample"] == name).any())
        raise CannotRun(f"run {run.name} has no applications in the sample {sample!r}; there are {there}")
    return Applicants(
        columns=applications[chosen].reset_index(drop=True),
        y=applications.loc[chosen, "y"].reset_index(drop=True),
        groups=groups.loc[chosen].drop(columns="application").reset_index(drop=True),
        smallest_cell=int(study.limits["privacy.smallest_cell"].bound),
        shift=oversampling.shift(study, applications),
    )


def _told(report: EffectReport) -> SwitchTold:
    called = CALLED.get(report.sample, report.sample)
    applications = f"{report.applications:,} applications of the {called} sample"
    made = " The data are synthetic: no customer stands behind any figure." if report.synthetic else ""
    facts = [
        ("Before", f"run {report.run_before}, bundle {report.address_before}"),
        ("After", f"run {report.run_after}, bundle {report.address_after}"),
        ("Applications", f"{applications} of run {report.population}, the newer one.{made}"),
    ]
    return SwitchTold(f"{report.run_before} to {report.run_after}", applications, facts)
