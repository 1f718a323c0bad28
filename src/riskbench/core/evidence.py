"""Evidence: every figure, table and sentence that a dossier shows, written down under an id that says what it is.

An id reads `stage.subject.statistic[.sample]`:

- *stage*: the notebook that found it, as `stages.py` names it.
- *subject*: what it is about: a model (`champion`, `forest`), what was counted (`applications`, `columns`), a part of
  the whole (`grade_3`, `declined`), an attribute (`sex`), or `page` for what a page says of itself.
- *statistic*: what was measured of it, in the words of the glossary: `auc`, `bad_rate`, `psi_by_month`.
- *sample*: on whom, one of `SAMPLES`; left out where a figure belongs to no sample or to all of them.

So `validation.champion.auc.out_of_time` is the AUC of the champion on the out-of-time sample, as validation found it.
"""

from collections.abc import Callable, Mapping
from inspect import getdoc
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from riskbench.core.glossary import glossary
from riskbench.core.results import CheckResult
from riskbench.core.status import Status
from riskbench.core.thresholds import Threshold

Kind = Literal["estimate", "check", "table", "text"]
Scalar = bool | int | float | str | None
Setting = Scalar | list[Scalar]  # the value of a parameter

SAMPLES: Mapping[str, str] = {  # and how a page calls them
    "development": "development",
    "test": "test",
    "out_of_time": "out-of-time",
    "cross_validation": "cross-validation",
    "newest_month": "newest month",
    "newest_matured_month": "newest matured month",
    "matured_months": "all matured months",
}
ID = rf"^[a-z][a-z0-9_]*(\.[a-z0-9_]+){{2}}(\.({'|'.join(SAMPLES)}))?$"
SCHEMA_VERSION = 3  # `renamed.toml` says what older ones called otherwise
FLOAT_TOLERANCE = 1e-9  # relative to max(1, |value|): the last digits of a sum may move between machines


def sample_of(id_: str) -> str | None:
    """The sample that an id ends in; None where it names none.

    >>> sample_of("validation.champion.auc.out_of_time"), sample_of("intake.columns.count")
    ('out_of_time', None)
    """
    parts = id_.split(".")
    return parts[3] if len(parts) == 4 else None


def statistic_of(id_: str) -> str:
    """What was measured, as an id says it and the glossary knows it; "" where the id says nothing.

    >>> statistic_of("validation.champion.auc.test")
    'auc'
    """
    return "".join(id_.split(".")[2:3])


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Dims(_Record):
    """What a figure is about, one by one: its sample is the last part of its id."""

    sample: str | None = None
    segment: str | None = None
    grade: str | None = None
    group: str | None = None
    month: str | None = None


class Input(_Record):
    """What a figure was computed from: a table, a file of the study, or the `evidence of` an earlier stage."""

    table: str
    sha256: str


class Maker(_Record):
    """Code that made a figure, a function of the package by its full name, and what it does in its own words."""

    code: str
    does: str

    @classmethod
    def of(cls, function: Callable[..., Any]) -> "Maker":
        """A function by its full name, with the first paragraph of its docstring.

        >>> Maker.of(sample_of).does
        'The sample that an id ends in; None where it names none.'
        """
        said = (getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")
        return cls(code=f"{function.__module__}.{function.__qualname__}", does=said)


class Table(_Record):
    """The value of a table: column names and rows of scalars."""

    columns: list[str]
    rows: list[list[Scalar]]


class Evidence(_Record):
    """Every figure that the dossier shows, one model for all (`evidence.json` is a list of these).

    `tolerance` is relative to max(1, |value|); 0 means exact. `reason` says why there is no value. `source` names the
    origin of the formula or of the limit; `formula` is LaTeX. `inputs`, `parameters` (of the notebook; None where none
    were noted), `makers` and `cell` are its provenance: what it rests on, and what made it.
    """

    id: str = Field(pattern=ID)
    stage: str
    kind: Kind
    title: str
    value: bool | int | float | str | Table | None
    unit: str = ""
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    method: str = ""
    n: int | None = None
    statistic: float | None = None
    p_value: float | None = None
    critical: float | None = None
    threshold: Threshold | None = None
    status: Status = "information"
    reason: str = ""
    dims: Dims = Dims()
    tolerance: float = Field(default=FLOAT_TOLERANCE, ge=0)
    formula: str = ""
    source: str = ""
    inputs: list[Input] = []
    parameters: dict[str, Setting] | None = None
    makers: list[Maker] = []
    cell: str | None = None
    schema_version: Literal[3] = 3

    @model_validator(mode="before")
    @classmethod
    def _sample_of_the_id(cls, given: Any) -> Any:
        """The sample is said once, in the id, and stands among the dims as well for those who filter by it."""
        if isinstance(given, dict) and (sample := sample_of(str(given.get("id")))):
            if sample not in SAMPLES:
                known = ", ".join(SAMPLES)
                raise ValueError(f"evidence id {given['id']}: {sample} is no sample; the samples are {known}")
            dims = given.get("dims", {})
            given = given | {"dims": (dims if isinstance(dims, dict) else dims.model_dump()) | {"sample": sample}}
        return given

    @classmethod
    def of(cls, stage: str, result: CheckResult, **provenance: Any) -> "Evidence":
        """The evidence of a result: kind `check` where a threshold judges it, else `estimate`.

        A result that names the function that found it is told to be made by that one.
        """
        e = result.estimate
        if result.found_by is not None:
            provenance |= {"makers": [Maker.of(result.found_by)]}
        return cls(
            id=f"{stage}.{result.name}",
            stage=stage,
            kind="check" if result.threshold else "estimate",
            title=result.title,
            value=e.value,
            unit=result.unit,
            lower=e.lower,
            upper=e.upper,
            level=e.level,
            method=e.method,
            n=e.n,
            statistic=e.statistic,
            p_value=e.p_value,
            critical=e.critical,
            threshold=result.threshold,
            status=result.status,
            reason=result.reason,
            dims=Dims(**result.dims),
            formula=formula_of(f"{stage}.{result.name}"),
            source=result.source or (result.threshold.source if result.threshold else ""),
            **provenance,
        )


def formula_of(id_: str) -> str:
    r"""The formula of what an id measures, as the term of its statistic in the glossary has it; "" where there is none.

    >>> formula_of("validation.champion.gini.test"), formula_of("intake.columns.count")
    ('2\\,\\mathrm{AUC}-1', '')
    """
    term = glossary().get(statistic_of(id_))
    return term.formula if term else ""


def provenance_gaps(e: Evidence) -> list[str]:
    """What is lacking to follow a figure back to where it came from: [] where nothing is.

    A figure has its provenance when it says in which stage and cell it was recorded, from what, each input with its
    hash, with which parameters, and how: by method, formula, source, or the function that made it. What could not be
    computed says why not instead.
    """
    how = e.method or e.formula or e.source or e.makers or (e.value is None and e.reason)
    held = {
        "stage": e.stage,
        "cell": e.cell,
        "inputs": e.inputs and all(i.sha256 for i in e.inputs),
        "parameters": e.parameters is not None,
        "how": how,
    }
    return [name for name, there in held.items() if not there]


def has_provenance(e: Evidence) -> bool:
    """Whether a figure can be followed back to where it came from (`provenance_gaps`)."""
    return not provenance_gaps(e)
