"""What the service answers, described for integrators: the schemas of its OpenAPI document.

Answers are built from records (`wording.py`) and not from these classes; a test holds one against the other.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from riskbench.decision.policy.section import Action
from riskbench.scorecard.reason_texts import Language

Id = Field(pattern=r"^[0-9a-f]{32}$")
ADDRESS = Field(pattern=r"^[0-9a-f]{64}$")


class Shape(BaseModel):
    """Keys that are not named here are not answered."""

    model_config = ConfigDict(extra="forbid")


class FaultShape(Shape):
    """One thing that is wrong with a request."""

    field: str = Field(description="Where, as a JSON Pointer; empty: the body as a whole.")
    rule: str
    got: str = Field(description="The kind of what came; a text is never repeated.")


class ProblemShape(Shape):
    """Problem details by RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FaultShape] | None = None


class ReasonShape(Shape):
    """A reason: its code is the same in every language."""

    code: str
    text: str


class DecisionShape(Shape):
    """A decision. It was written down before it was answered."""

    id: str = Id
    application: str | None = Field(description="As its caller calls it; null where only the log knows it, as a token.")
    at: str
    action: Action
    amount: float = Field(description="What is lent: 0 for refer, until a person decides, and for decline.", ge=0)
    rate: float | None = Field(description="A month, as a share; null where the policy has no prices.")
    all_in_rate: float | None = Field(description="A year, all costs included, as a share.")
    score: int | None = Field(description="Points, larger is safer; null where the model is stopped.")
    pd: float | None = Field(ge=0, le=1)
    band: str
    rule: str = Field(description="What decided; empty where the band did.")
    unknown: bool = Field(description="Whether it decided because a value is missing.")
    arm: str = Field(description="champion, or the challenger that decided.")
    reasons: list[ReasonShape]
    alerts: list[str] = Field(description="Sources that are old, without a part in the decision.")
    stopped: bool = Field(description="Whether the model is stopped, and everything referred to a person.")
    bundle: str = ADDRESS
    approved: bool = Field(description="Whether people approved the bundle and put it into use.")
    run: str = Field(description="The run that was approved; empty where none was.")
    language: Language


class ResultShape(Shape):
    """What became of one application of several: a decision, or a problem."""

    status: int
    decision: DecisionShape | None = None
    problem: ProblemShape | None = None


class ResultsShape(Shape):
    """One result for each application, in their order."""

    results: list[ResultShape]


class ChangeShape(Shape):
    """What a person decided of a decision."""

    id: str = Id
    kind: Literal["override", "review"]
    at: str
    by: str
    action: Action
    amount: float = Field(ge=0)
    reason: str
    codes: list[str] = Field(description="Reasons of a review, from its list.")
    settles: bool = Field(description="False for the first of two people who must agree: what held before holds on.")
    seconds: float | None = Field(description="How long a reviewer had the application open.")


class StandingShape(Shape):
    """What holds now."""

    action: Action
    amount: float = Field(ge=0)


class FileShape(DecisionShape):
    """A decision, what people decided of it since, in their order, and what holds now."""

    history: list[ChangeShape]
    standing: StandingShape


class PageShape(Shape):
    """Decisions in the order in which they were written, and the `after` of the next page; null: it was the last."""

    decisions: list[DecisionShape]
    next: int | None


class BundleShape(Shape):
    """What decides now."""

    bundle: str = ADDRESS
    title: str
    study: str
    since: str
    approved: bool
    run: str
    expires: str | None
    stopped: bool
    because: str = Field(description="Why everything is referred; empty where it is not.")
    policy_variables: list[str]
    sources: list[str] = Field(description="Sources with an age in `ages`.")
    shadows: list[str] = Field(description="Addresses of bundles that decide beside, and have no part in an answer.")
    inputs: dict = Field(description="JSON Schema of `inputs`.")


class StopShape(Shape):
    """Whether everything is referred, since when and why."""

    stopped: bool
    since: str | None
    who: str
    reason: str


class LiveShape(Shape):
    """The process answers."""

    status: Literal["live"]


class CheckShape(Shape):
    """One thing that must hold for decisions to be had."""

    name: str
    holds: bool
    told: str


class ReadyShape(Shape):
    """Whether decisions can be had: every check, and whether the bundle is approved."""

    ready: bool
    approved: bool
    checks: list[CheckShape]
    warnings: list[str] = Field(description="What monitoring cannot see; decisions can be had all the same.")
