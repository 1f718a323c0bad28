"""The stages of a run and what each reads: one line a notebook, in the order in which a reader meets them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from riskbench.core.errors import CannotRun

ALL_BEFORE = ("all stages before",)  # what a stage needs that sums up the run


@dataclass(frozen=True)
class StageSpec:
    """A notebook of the chain. `needs` are the stages whose tables and evidence it reads; theirs it may read too."""

    name: str
    number: int
    title: str
    needs: tuple[str, ...] = ()

    @property
    def notebook(self) -> str:
        """File name in `notebooks/`."""
        return f"{self.number}_{self.name}.ipynb"


def _chain(*stages: StageSpec) -> dict[str, StageSpec]:
    """The stages by name; raises ValueError where two share one, or one needs what does not stand before it."""
    names = [stage.name for stage in stages]
    if len(set(names)) < len(names) or [s.number for s in stages] != sorted({s.number for s in stages}):
        raise ValueError(f"stages need names of their own and stand in the order of their numbers, got {names}")
    for place, stage in enumerate(stages):
        absent = [need for need in stage.needs if need not in names[:place]]
        if absent and stage.needs != ALL_BEFORE:
            before = ", ".join(names[:place])
            raise ValueError(f"stage {stage.name} needs {', '.join(absent)}; the stages before it are {before}")
    return {
        stage.name: replace(stage, needs=tuple(names[:place])) if stage.needs == ALL_BEFORE else stage
        for place, stage in enumerate(stages)
    }


STAGES = _chain(
    StageSpec("intake", 10, "Intake"),
    StageSpec("features", 20, "Features", ("intake",)),
    StageSpec("scorecard", 30, "Scorecard", ("features",)),
    StageSpec("challengers", 40, "Challengers", ("scorecard",)),
    StageSpec("policy", 50, "Policy", ("scorecard",)),
    StageSpec("rejects", 55, "Reject inference", ("policy",)),
    StageSpec("notices", 56, "Notices", ("policy",)),
    StageSpec("simulation", 57, "Simulation", ("rejects",)),
    StageSpec("validation", 60, "Validation", ("scorecard",)),
    StageSpec("population", 62, "Population", ("policy",)),
    StageSpec("robustness", 65, "Robustness", ("scorecard",)),
    StageSpec("attack", 68, "Attack", ("scorecard",)),
    StageSpec("fairness", 70, "Fairness", ("policy",)),
    StageSpec("alternatives", 72, "Alternatives", ("policy",)),
    StageSpec("monitoring", 80, "Monitoring", ("scorecard",)),
    StageSpec("warnings", 84, "Warnings", ("policy",)),
    StageSpec("governance", 90, "Governance", ALL_BEFORE),
    StageSpec("security", 92, "Security", ALL_BEFORE),
    StageSpec("rules", 94, "Rules", ALL_BEFORE),
)


def upstream(name: str) -> list[str]:
    """All stages that `name` builds on, in the order of the chain.

    >>> upstream("scorecard")
    ['intake', 'features']
    """
    needed = {name}
    for stage in reversed(STAGES.values()):
        if stage.name in needed:
            needed.update(stage.needs)
    return [stage for stage in STAGES if stage in needed - {name}]


def selection(only: Iterable[str]) -> list[str]:
    """The stages to run: all, or those named and what they build on.

    Raises `CannotRun` for a name that is no stage.
    """
    chosen = list(only)
    for name in chosen:
        if name not in STAGES:
            raise CannotRun(f"no stage {name!r}; the stages are {', '.join(STAGES)}")
    wanted = {stage for name in chosen for stage in [*upstream(name), name]}
    return [stage for stage in STAGES if stage in wanted] if chosen else list(STAGES)
