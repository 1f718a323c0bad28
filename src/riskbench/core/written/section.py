"""What all sections that people write have in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A section of a file: unknown keys are refused, types are taken as they are written, nothing changes later."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
