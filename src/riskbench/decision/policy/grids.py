"""Tables of a policy: how much is lent, and at what price, by band and by one variable more."""

from typing import Self

from pydantic import Field, model_validator

from riskbench.core.written.faults import Broken, Fault, Location, broken
from riskbench.core.written.section import Section
from riskbench.decision.policy.section import End, OnMissing

LONGEST = 600  # instalments: fifty years


class Line(Section):
    """One line of a table: numbers in [from, to), or levels, or where neither is given all that no other line has.

    `value` is one for all bands that lend, or one for each of them by name.
    """

    lower: End | None = Field(default=None, alias="from")
    upper: End | None = Field(default=None, alias="to")
    levels: list[str] | None = None
    value: float | dict[str, float]

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        ends = (self.lower is not None) + (self.upper is not None)
        if ends == 1 or (ends and self.levels is not None):
            raise broken("a line has from and to, or levels, or neither")
        if self.lower is not None and self.upper is not None and not self.lower < self.upper:
            raise broken(f"from must lie below to, got {self.lower:g} to {self.upper:g}", "to")
        if self.levels is not None and not self.levels:
            raise broken("a line by levels names at least one", "levels")
        values = self.value if isinstance(self.value, dict) else {"": self.value}
        if below := [band for band, value in values.items() if value < 0]:
            where = [("value", band) if band else ("value",) for band in below]
            raise Broken(
                Fault(at, f"must be at least 0, got {values[band]:g}") for at, band in zip(where, below, strict=True)
            )
        return self

    def of(self, band: str) -> float:
        """The value for a band that lends."""
        return self.value[band] if isinstance(self.value, dict) else self.value


class Grid(Section):
    """Lines by one variable: `by` names it, empty where one line holds for all.

    Numeric lines tile the whole range; lines by levels may end with one for the rest.
    """

    by: str = ""
    lines: list[Line] = Field(min_length=1)
    on_missing: OnMissing
    reason: str = Field(min_length=1)
    reason_zh: str = ""


class LimitTable(Grid):
    """The most that is lent, in currency; with `times`, in multiples of that variable; `less` is deducted from it.

    So `times: disposable_income` is a limit by affordability, `less: open_amount` one on the whole exposure. A limit
    below 0 is 0. Where `times` or `less` is unknown, or `by` is, `on_missing` decides.
    """

    name: str = Field(min_length=1)
    times: str = ""
    less: str = ""

    @property
    def variables(self) -> tuple[str, ...]:
        """What the table reads, each once."""
        return tuple(dict.fromkeys(filter(None, (self.by, self.times, self.less))))


class SmallestAmount(Section):
    """The least that is lent: where limits leave less, `action` is taken."""

    value: float = Field(gt=0)
    action: str = Field(pattern="^(refer|decline)$")
    reason: str = Field(min_length=1)
    reason_zh: str = ""


class Price(Grid):
    """Interest a month, as a share, of a loan repaid in equal monthly instalments, and what it costs in all.

    `term` is the variable with the number of instalments, `terms` those that are lent for, so that the all-in annual
    rate of every loan that can be made is known when the policy is read. `fee` is a share of the amount, kept back
    when it is paid out. A term that is unknown or not among `terms` is treated by `on_missing`.
    """

    term: str = Field(min_length=1)
    terms: list[int] = Field(min_length=1)
    fee: float = Field(default=0.0, ge=0, lt=1)

    @model_validator(mode="after")
    def _terms_and_shares(self) -> Self:
        faults = []
        for i, term in enumerate(self.terms):
            if not 1 <= term <= LONGEST:
                faults.append(Fault(("terms", i), f"must be 1 to {LONGEST} instalments, got {term}"))
            if term in self.terms[:i]:
                faults.append(Fault(("terms", i), f"the term {term} stands in the list more than once"))
        for i, line in enumerate(self.lines):
            for band, value in line.value.items() if isinstance(line.value, dict) else [("", line.value)]:
                if value > 1:
                    at: Location = ("lines", i, "value", band) if band else ("lines", i, "value")
                    faults.append(Fault(at, f"must be a share a month, 0.02 for 2 %, got {value:g}"))
        if faults:
            raise Broken(faults)
        return self

    @property
    def variables(self) -> tuple[str, ...]:
        """What the table reads, each once."""
        return tuple(dict.fromkeys(filter(None, (self.by, self.term))))

    def terms_of(self, line: Line) -> list[int]:
        """The terms that a line can price: all, or those in its range where the table itself is by the term."""
        if self.by != self.term or line.lower is None or line.upper is None:
            return self.terms
        return [term for term in self.terms if line.lower <= term < line.upper]
