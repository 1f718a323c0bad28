"""What only people can say of a model: `model_card.toml` beside a study, headed blanks that they fill.

A blank that is empty, or a file that is absent, is a gap, shown as one. Unknown keys are refused. Persons are named by
role or name; mail addresses and phone numbers do not belong here, for the search of a run for them would ring.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from riskbench.core.errors import StudyError, broken_rules
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.study.part import Part

MODEL_CARD_FILE = "model_card.toml"
GAP = "gap: nobody has filled this in"
Text = str | list[str]


def _blank(heading: str) -> str:
    return Field("", description=heading)


def _blanks(heading: str) -> list[str]:
    return Field([], description=heading)


class People(Part):
    """Who stands behind the model."""

    owner: str = _blank("Owner: accountable for the model")
    developers: list[str] = _blanks("Developers")
    validators: list[str] = _blanks("Validators, none of them a developer")
    contact: str = _blank("Whom to ask")


class Lender(Part):
    """Whom a notice names."""

    name: str = _blank("Lender: name, as a notice gives it")
    address: str = _blank("Lender: postal address")
    reviewer: str = _blank("Who looks at a contested decision")
    regulator: str = _blank("Authority to complain to, with address")


class Use(Part):
    """What the model is for, and what not."""

    intended: str = _blank("Intended use")
    users: str = _blank("Users")
    affected_people: str = _blank("People affected")
    prohibited: list[str] = _blanks("Prohibited uses")
    foreseeable_misuse: list[str] = _blanks("Foreseeable misuse")
    legal_ground: str = _blank("Legal ground of a decision without a person")
    consequences: str = _blank("What a decision means for the applicant")


class Oversight(Part):
    """How people stay in charge."""

    review: str = _blank("Human oversight: who decides what is referred, with what at hand")
    override: str = _blank("Override: who may, how it is recorded")
    automation_bias: str = _blank("Against automation bias: what is done so that people do not just follow the score")
    stop: str = _blank("Stop: who may switch the model off, and what decides then")
    escalation: str = _blank("Escalation: who is told of a failing check, and how fast")
    contest: str = _blank("Contest: how an applicant reaches a person, and by when there is an answer")


class Ethics(Part):
    """What was weighed."""

    considerations: str = _blank("Ethical considerations")
    group_review: str = _blank("What was decided about the differences between groups")


class Retention(Part):
    """How long things are kept, and how they are deleted."""

    documents: str = _blank("Documents: how long they are kept")
    logs: str = _blank("Logs: how long they are kept")
    personal_data: str = _blank("Personal data: how long, and how they are deleted")
    protected_attributes: str = _blank("Protected attributes: who has access, and when they are deleted")


class Impact(Part):
    """The assessment of what processing does to people."""

    description: str = _blank("Impact: description of the processing and its purpose")
    necessity: str = _blank("Impact: why it is necessary, and no more than that")
    risks: str = _blank("Impact: risks to people")
    measures: str = _blank("Impact: measures against them")


class ModelCardFile(Part):
    """The whole file. `demonstration`, where it is not empty, says that the answers are made up, and is shown first.

    `jurisdictions` are codes of two letters of where the model is used; empty: nobody has said. `set_aside` names rules
    of the catalogue that do not apply to this lender, each with the reason.
    """

    schema_version: Literal[1] = 1
    demonstration: str = ""
    jurisdictions: list[str] = Field([])
    set_aside: dict[str, str] = Field({})
    people: People = People()
    lender: Lender = Lender()
    use: Use = Use()
    oversight: Oversight = Oversight()
    ethics: Ethics = Ethics()
    retention: Retention = Retention()
    impact: Impact = Impact()

    def blanks(self) -> list["Blank"]:
        """Every blank of the file, filled or not, in its order."""
        return list(_walk(self))

    def told(self, place: str) -> str:
        """What stands in a blank, such as `use.intended`, or that it is a gap; KeyError for what is no blank."""
        return {blank.place: blank for blank in self.blanks()}[place].told


@dataclass(frozen=True)
class Blank:
    """One blank: where it stands in the file, its heading, and what people wrote ("" for nothing)."""

    place: str
    heading: str
    text: str

    @property
    def told(self) -> str:
        """What people wrote, or that nobody did."""
        return self.text or GAP


def load_model_card(folder: Path) -> ModelCardFile:
    """The file beside a study; without one, every blank is empty. Raises `StudyError` naming the file and the key."""
    path = folder / MODEL_CARD_FILE
    place = f"{folder.name}/{MODEL_CARD_FILE}"
    if not path.is_file():
        return ModelCardFile()
    try:
        return ModelCardFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{place} is not valid TOML: {error}") from None
    except ValidationError as error:
        problems = "; ".join(broken_rules(error, "model card", most=5))
        raise StudyError(f"{place} breaks {error.error_count()} rule(s): {problems}") from None


def blanks_check(file: ModelCardFile, thresholds: Thresholds) -> CheckResult:
    """`model.blanks`: how many blanks of the model card nobody has filled in."""
    blanks = file.blanks()
    empty = Estimate(sum(not blank.text for blank in blanks), n=len(blanks))
    limit = thresholds["governance.blanks"]
    return CheckResult("model.blanks", "Blanks of the model card that nobody has filled in", empty, limit)


def _walk(file: ModelCardFile) -> Iterator[Blank]:
    for section in type(file).model_fields:
        part = getattr(file, section)
        if isinstance(part, Part):
            for name, field in type(part).model_fields.items():
                written = getattr(part, name)
                text = written if isinstance(written, str) else "; ".join(filter(None, map(str.strip, written)))
                yield Blank(f"{section}.{name}", str(field.description), text.strip())
