"""What a study says of the level of its PDs: the bad rate they are to stand at, and the ladder that grades them."""

from itertools import pairwise
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from riskbench.data.study.part import Part
from riskbench.data.study.sections import Sample

Share = Annotated[float, Field(gt=0, lt=1)]
BUILT_ON: list[Sample] = ["development", "test"]


class TargetRate(Part):
    """The mean PD of the labelled development sample is to be `target`; `because` says who says so."""

    kind: Literal["target"]
    target: Share
    because: str = Field(min_length=1)


class LongRunRate(Part):
    """The mean PD is to be the long-run average default rate of the study's own data.

    That is the simple average of the bad rates of all periods that `samples` have labels of.
    """

    kind: Literal["long_run"]
    because: str = Field(min_length=1)
    period: Literal["month", "quarter", "year"] = "quarter"
    samples: list[Sample] = Field(default=BUILT_ON, min_length=1)


class RecentLabels(Part):
    """PDs are fitted again to the newest `months` that `samples` have labels of: their level, or level and spread."""

    kind: Literal["recent"]
    because: str = Field(min_length=1)
    months: int = Field(gt=0)
    method: Literal["intercept", "slope"] = "intercept"
    samples: list[Sample] = Field(default=BUILT_ON, min_length=1)


class Geometric(Part):
    """`grades` grades whose edges rise from PD `lowest` to PD `highest` by one factor."""

    grades: int = Field(ge=3)
    lowest: Share
    highest: Share


class MasterScale(Part):
    """A ladder of grades: `edges` are the PDs at which a riskier grade begins, `names` run from safest to riskiest.

    Fixed, because a grade must mean the same PD for every model and in every month, so that migration and
    concentration can be compared; deciles of the development sample move with the population. The default doubles,
    because a scorecard counts so: one grade is as many points as double the odds, or a few more where PDs are large.
    `version` is to change whenever an edge does. Without `names` grades are numbered from 1.
    """

    version: str = Field(default="doubling 1", min_length=1)
    edges: list[Share] = Field(default=[])
    geometric: Geometric | None = None
    names: list[Annotated[str, Field(min_length=1)]] = Field(default=[])

    @property
    def bounds(self) -> tuple[float, ...]:
        """The edges in force.

        >>> MasterScale(version="2026", geometric=Geometric(grades=4, lowest=0.01, highest=0.16)).bounds
        (0.01, 0.04, 0.16)
        """
        if self.geometric:
            g = self.geometric
            return tuple(np.geomspace(g.lowest, g.highest, g.grades - 1).round(12).tolist())
        return tuple(self.edges) or DOUBLING

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each grade, the safest first."""
        return tuple(self.names) or tuple(str(number + 1) for number in range(len(self.bounds) + 1))

    @model_validator(mode="after")
    def _one_way_up(self) -> Self:
        if self.edges and self.geometric:
            raise ValueError("a master scale has edges or is geometric, not both")
        if (self.edges or self.geometric) and "version" not in self.model_fields_set:
            raise ValueError("a master scale of the study's own needs a version")
        if not all(lower < upper for lower, upper in pairwise(self.bounds)):
            raise ValueError(f"the edges of a master scale must rise strictly, got {list(self.bounds)}")
        if self.names and len(self.names) != len(self.bounds) + 1:
            raise ValueError(
                f"{len(self.bounds)} edges part {len(self.bounds) + 1} grades, got {len(self.names)} names"
            )
        if len(set(self.labels)) != len(self.labels):
            raise ValueError(f"each grade needs a name of its own, got {', '.join(self.labels)}")
        return self


DOUBLING = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32)

Calibration = Annotated[TargetRate | LongRunRate | RecentLabels, Field(discriminator="kind")]
