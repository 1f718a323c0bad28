"""What all sections of a policy have in common, and the words that all of them use."""

from typing import Annotated, Literal

from pydantic import Field

Action = Literal["approve", "limit", "refer", "decline"]
OnMissing = Literal["refer", "decline", "pass"]

SEVERITY: tuple[Action, ...] = ("approve", "limit", "refer", "decline")
LENDING: tuple[Action, ...] = ("approve", "limit")

End = Annotated[float, Field(allow_inf_nan=True)]  # of a band or a line: the only numbers that may be infinite
