"""One run in the making: what was asked for, and what each of its stages has come to."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from riskbench.core.project import Project
from riskbench.data.study import STUDY_FILE, Study, load_study
from riskbench.governance.manifest import Manifest, RerunOf, StageRecord
from riskbench.pipeline.log import system_user
from riskbench.pipeline.parameters import GIVEN_BY_THE_RUN, declared
from riskbench.pipeline.stages import STAGES

Settings = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Order:
    """What is asked of the runner: which stages, with which settings, where to, how many at once, and for whom.

    `out` None names the folder by study and time; `rerun` says whose rerun of another run this is.
    """

    stages: Sequence[str]
    settings: Settings = field(default_factory=dict)
    out: Path | None = None
    jobs: int = 2
    rerun: RerunOf | None = None

    @property
    def by(self) -> str:
        """Who has it run."""
        return self.rerun.by if self.rerun else system_user()


@dataclass
class Run:
    """A run as its runner sees it; `records` fills as stages finish."""

    project: Project
    study: Study
    study_folder: Path
    folder: Path
    settings: Settings
    stages: list[str]
    data: dict[str, str]
    created: dt.datetime
    records: dict[str, StageRecord] = field(default_factory=dict)
    seconds: float = 0.0
    rerun: RerunOf | None = None
    name: str = ""  # where the folder is called otherwise now

    @classmethod
    def finished(cls, folder: Path, manifest: Manifest, project: Project) -> "Run":
        """A finished run as its manifest describes it, with the study in its folder; `project` holds its notebooks."""
        study = load_study(folder / STUDY_FILE)
        return cls(
            project,
            study,
            project.data / study.name,
            folder,
            manifest.settings,
            [record.stage for record in manifest.stages],
            manifest.data,
            dt.datetime.fromisoformat(manifest.created),
            {record.stage: record for record in manifest.stages},
            rerun=manifest.rerun,
            name=manifest.run_id,
        )

    @property
    def id(self) -> str:
        """The run's name."""
        return self.name or self.folder.name

    def parameters(self, stage: str) -> dict[str, Any]:
        """All parameters of a stage: the defaults that its notebook declares, with the settings over them."""
        names = declared(self.project.notebooks / STAGES[stage].notebook)
        own = {name: p.default for name, p in names.items() if name not in GIVEN_BY_THE_RUN}
        return own | dict(self.settings.get(stage, {}))
