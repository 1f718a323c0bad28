"""One run in the making: what was asked for, and what each of its stages has come to."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from riskbench.core.project import Project
from riskbench.data.study import Study
from riskbench.governance.manifest import StageRecord
from riskbench.pipeline.parameters import GIVEN_BY_THE_RUN, declared
from riskbench.pipeline.stages import STAGES

Settings = Mapping[str, Mapping[str, Any]]


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

    @property
    def id(self) -> str:
        """The run's name."""
        return self.folder.name

    def parameters(self, stage: str) -> dict[str, Any]:
        """All parameters of a stage: the defaults that its notebook declares, with the settings over them."""
        names = declared(self.project.notebooks / STAGES[stage].notebook)
        own = {name: p.default for name, p in names.items() if name not in GIVEN_BY_THE_RUN}
        return own | dict(self.settings.get(stage, {}))
