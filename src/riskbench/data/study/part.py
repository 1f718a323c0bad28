"""What every part of a study file is built on: it is read strictly, and nothing changes once it was read."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of a study: unknown keys and figures that are not finite are refused; nothing changes once it was read."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
