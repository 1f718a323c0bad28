"""What decides: a bundle made ready, and what else there is to know of it at the moment of a decision.

All of it is immutable. A switch puts another `Standing` in its place; a request takes the one that stands when it
begins and ends with it.
"""

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.inputs import WrongInput
from riskbench.decision.log.record import DecisionRecord, Said, ShadowBundle, outcome_fields
from riskbench.decision.log.tokens import Tokens
from riskbench.decision.policy.arms import CHAMPION
from riskbench.decision.row import RowDecider
from riskbench.service.asked import Asked
from riskbench.service.inputs import InputsForm, faults_at, inputs_form
from riskbench.service.problems import wrong_input


@dataclass(frozen=True)
class Shadow:
    """A bundle that decides beside, and has no part in any answer."""

    bundle: Bundle
    decider: RowDecider

    def said(self, asked: Asked) -> ShadowBundle:
        """What it says; a fault of its own is written down as one, whatever it is."""
        try:
            read = {column.name for column in self.bundle.inputs.columns}
            inputs = {name: value for name, value in asked.inputs.items() if name in read}
            ages = {item.source: asked.ages.get(item.source) for item in self.bundle.credit_policy.freshness}
            outcome = self.decider(inputs, customer=asked.customer, ages=ages)
        except Exception as error:  # a shadow never fails a decision
            return ShadowBundle(problem=type(error).__name__)
        return ShadowBundle(score=outcome.score, pd=outcome.pd, said=Said.of(outcome.decision))


@dataclass(frozen=True)
class Deciding:
    """A bundle that decides since a moment.

    `run` is the run that people approved and put into use by the registry; empty where nobody approved it. `expires`
    is the last day of that approval.
    """

    bundle: Bundle
    decider: RowDecider
    form: InputsForm
    sources: frozenset[str]
    since: dt.datetime
    run: str = ""
    expires: dt.date | None = None
    address: str = ""

    @property
    def approved(self) -> bool:
        """Whether people approved it, and put it into use."""
        return bool(self.run)


@dataclass(frozen=True)
class Stop:
    """Nobody but a person decides: since when, by whom, why."""

    since: dt.datetime
    who: str
    reason: str


@dataclass(frozen=True)
class Standing:
    """What decides now, if anything does.

    `stop` was asked for at the service; `withdrawn` says why the registry lets nothing decide. With either, every
    application is referred, and `deciding` is what decided last. Without `deciding` there is nothing to answer with.
    """

    deciding: Deciding | None = None
    stop: Stop | None = None
    withdrawn: str = ""

    @property
    def stopped(self) -> bool:
        """Whether everything is referred."""
        return self.stop is not None or bool(self.withdrawn)


@dataclass(frozen=True)
class Caller:
    """Whoever asks: the name of the key, and the idempotency key of the request, if there is one."""

    name: str
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Decider:
    """From an application to the record of what was decided, without writing it anywhere."""

    tokens: Tokens
    shadows: Mapping[str, Shadow] = field(default_factory=dict)

    def record(
        self, deciding: Deciding, asked: Asked, caller: Caller, *, at: str = "/inputs", stopped: bool = False
    ) -> DecisionRecord:
        """The record of a decision; where all is `stopped`, nothing of the application is looked at.

        `at` is where the inputs stand in the request.

        Raises `Problem` (422) for inputs that have not the form of the bundle's.
        """
        if faults := deciding.form.faults(asked.inputs, at):
            raise wrong_input(faults)
        begun = time.perf_counter_ns()
        said = _STANDSTILL if stopped else self._decided(deciding, asked, at)
        return DecisionRecord(
            caller=caller.name,
            idempotency_key=caller.idempotency_key,
            request_sha256=asked.sha256 if caller.idempotency_key is not None else None,
            application=self.tokens.application(asked.application),
            customer=self.tokens.customer(asked.customer) if asked.customer is not None else None,
            links=self.tokens.links(asked.links),
            bundle=deciding.address,
            run=deciding.run,
            inputs=dict(asked.inputs),
            ages=dict(asked.ages),
            microseconds=(time.perf_counter_ns() - begun) // 1000,
            **said,
        )

    def _decided(self, deciding: Deciding, asked: Asked, at: str) -> dict[str, Any]:
        try:
            outcome = deciding.decider(asked.inputs, customer=asked.customer, ages=asked.ages)
        except WrongInput as error:
            raise wrong_input(faults_at(error, at)) from None
        shadows = {address: shadow.said(asked) for address, shadow in self.shadows.items()}
        return outcome_fields(outcome) | {"shadow_bundles": shadows}


_STANDSTILL: dict[str, Any] = {
    "arm": CHAMPION,
    "score": None,
    "pd": None,
    "said": Said(action="refer", band="", rule="", unknown=False, amount=0.0),
}


def deciding_of(bundle: Bundle, optional: frozenset[str] = frozenset()) -> Deciding:
    """A bundle made ready to decide, from now on; `optional` columns come from feeds where a request has them not."""
    return Deciding(
        bundle=bundle,
        decider=RowDecider(bundle),
        form=inputs_form(bundle, optional),
        sources=frozenset(item.source for item in bundle.credit_policy.freshness),
        since=dt.datetime.now(dt.UTC),
        address=bundle.address,
    )
