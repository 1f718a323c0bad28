"""The state of a model follows from those of its versions; only its end is decided for the model itself."""

import datetime as dt
from collections.abc import Iterable

from riskbench.governance.registry.records import Model, ModelState, Version, VersionState
from riskbench.governance.registry.states import move


def state_of(versions: Iterable[Version]) -> ModelState:
    """The state of a model with these versions: that of the one which comes first in `FIRST`."""
    states = {version.state for version in versions}
    return next((of_model for of_version, of_model in FIRST if of_version in states), "in_development")


def follow(model: Model, versions: Iterable[Version], by: str, because: str, at: dt.datetime) -> Model:
    """The model in the state that its versions give it, with the step; the same model where it is there, or retired."""
    state = state_of(versions)
    return model if model.state in (state, "retired") else move(model, state, by, because, at)


FIRST: tuple[tuple[VersionState, ModelState], ...] = (
    ("live", "live"),
    ("stopped", "stopped"),  # a model that was stopped is stopped until a version is live or this one retired
    ("approved", "approved"),
    ("in_validation", "in_validation"),
)
