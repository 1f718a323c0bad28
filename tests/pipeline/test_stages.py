"""The chain of stages: order, what each builds on, and what `--only` means."""

import pytest

from riskbench.core.errors import CannotRun
from riskbench.pipeline.stages import STAGES, StageSpec, _chain, selection, upstream


def test_the_stages_stand_in_the_order_of_their_numbers() -> None:
    numbers = [stage.number for stage in STAGES.values()]
    assert numbers == sorted(set(numbers))
    assert [stage.notebook for stage in STAGES.values()][:2] == ["10_intake.ipynb", "20_features.ipynb"]


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_needs_only_earlier_stages(name: str) -> None:
    order = list(STAGES)
    assert all(order.index(need) < order.index(name) for need in STAGES[name].needs)


@pytest.mark.parametrize("need", ["policy", "scoring", "validation"])
def test_a_need_that_does_not_stand_before_its_stage_is_refused(need: str) -> None:
    stages = [StageSpec("intake", 10, "Intake"), StageSpec("policy", 50, "Policy", (need,))]
    with pytest.raises(ValueError, match=f"stage policy needs {need}; the stages before it are intake"):
        _chain(*stages)


@pytest.mark.parametrize("second", [StageSpec("intake", 20, "Again"), StageSpec("features", 5, "Features")])
def test_stages_of_one_name_or_out_of_order_are_refused(second: StageSpec) -> None:
    with pytest.raises(ValueError, match="stages need names of their own and stand in the order of their numbers"):
        _chain(StageSpec("intake", 10, "Intake"), second)


@pytest.mark.parametrize("name", STAGES)
def test_upstream_holds_what_its_members_need(name: str) -> None:
    above = upstream(name)
    assert name not in above
    assert all(set(upstream(stage)) <= set(above) for stage in above)


@pytest.mark.parametrize("name", ["governance", "security", "rules"])
def test_what_sums_up_the_run_builds_on_all_before_it_and_intake_on_none(name: str) -> None:
    assert upstream(name) == list(STAGES)[: list(STAGES).index(name)]
    assert upstream("intake") == []


@pytest.mark.parametrize("name", ["challengers", "policy", "validation", "robustness"])
def test_what_judges_the_card_can_run_side_by_side(name: str) -> None:
    assert upstream(name) == ["intake", "features", "scorecard"]


def test_nothing_chosen_means_all() -> None:
    assert selection([]) == list(STAGES)


def test_a_chosen_stage_brings_what_it_builds_on_in_order() -> None:
    assert selection(["policy", "features"]) == ["intake", "features", "scorecard", "policy"]


def test_an_unknown_stage_is_refused_with_those_that_exist() -> None:
    with pytest.raises(CannotRun, match="no stage 'scoring'; the stages are intake, features"):
        selection(["scoring"])
