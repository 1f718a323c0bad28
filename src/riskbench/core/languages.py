"""The languages that people are told things in."""

from typing import Literal

Language = Literal["en", "zh"]
