"""The stages of a run and what each needs: one line a notebook."""

from collections.abc import Iterable
from dataclasses import dataclass

from riskbench.core.errors import CannotRun


@dataclass(frozen=True)
class StageSpec:
    """A notebook of the chain; `needs` are the stages whose tables and evidence it may read."""

    name: str
    number: int
    title: str
    needs: tuple[str, ...] = ()

    @property
    def notebook(self) -> str:
        """File name in `notebooks/`."""
        return f"{self.number}_{self.name}.ipynb"


STAGES = {
    stage.name: stage
    for stage in (
        StageSpec("intake", 10, "Intake"),
        StageSpec("features", 20, "Features", ("intake",)),
        StageSpec("scorecard", 30, "Scorecard", ("features",)),
        StageSpec("rejects", 35, "Reject inference", ("scorecard",)),
        StageSpec("challengers", 40, "Challengers", ("scorecard",)),
        StageSpec("policy", 50, "Policy", ("scorecard",)),
        StageSpec("validation", 60, "Validation", ("challengers", "policy")),
        StageSpec("fairness", 70, "Fairness", ("policy",)),
        StageSpec("monitoring", 80, "Monitoring", ("policy",)),
        StageSpec("governance", 90, "Governance", ("rejects", "validation", "fairness", "monitoring")),
    )
}


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
