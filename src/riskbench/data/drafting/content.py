"""Everything that a drafted study says, guessed from a tape."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from riskbench.core.errors import DataError
from riskbench.core.thresholds import Thresholds
from riskbench.data.drafting.facts import Facts, facts_of
from riskbench.data.drafting.groups import group_formula
from riskbench.data.drafting.outcome import Target, find_target
from riskbench.data.drafting.request import Request
from riskbench.data.drafting.roles import Guess, Known, find_amount, find_customer, find_key, guess_roles
from riskbench.data.drafting.sampling import Periods, decision_days, propose_periods
from riskbench.data.reading import ReadColumn, Tape
from riskbench.data.study.reserved import RESERVED
from riskbench.data.study.schema import Role

ROW_KEY = "row_number"
NO_DATES = Periods(None, None, "no decision date was named: development and test are split by customer alone")


@dataclass(frozen=True)
class Content:
    """The name of the study and of its source, the table, and every guess."""

    name: str
    source: str
    tape: Tape
    guesses: Sequence[Guess]
    key: str
    customer: str
    date: str | None
    amount: str | None
    target: Target
    periods: Periods
    repeated: int = 0  # rows that are an earlier row once more
    groups: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # formula and column by group
    ages: Mapping[str, str] = field(default_factory=dict)  # column by engineered feature
    reasons: Mapping[str, str] = field(default_factory=dict)  # why key, customer and amount are what they are

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return self.tape.table.num_rows

    def of(self, *roles: Role) -> list[Guess]:
        """The guesses of some roles."""
        return [guess for guess in self.guesses if guess.role in roles]


def guess_content(name: str, source: str, tape: Tape, request: Request) -> Content:
    """Guess what a study `name` says of a tape read from the file `source`.

    `request` goes by the tape's own names. Raises `DataError` where the outcome or the decision date cannot be used,
    and where no column is left as a feature.
    """
    facts = facts_of(tape)
    target = find_target(facts[request.target], request.bad, request.good, source)
    decided = decision_days(facts[request.date], source) if request.date else None
    key, why_key = find_key(facts, request.columns)
    customer, why_customer = find_customer(facts, request.columns | ({key} if key else set()))
    guesses = guess_roles(facts, Known(request, target.y, decided, key, customer, Thresholds()))
    repeated = int(tape.table.to_pandas().duplicated().sum())
    ages = _ages(guesses, request.date)
    if not ages and not any(guess.role == "feature" for guess in guesses):
        rule = f"a study needs a feature, and none of {len(guesses)} columns is left as one"
        raise DataError(rule, file=source, remedy="bring columns that were known at the decision")
    if key is None:
        key = _free(ROW_KEY, facts)
        tape = _numbered(tape, key)
        guesses = [Guess(facts_of(tape)[key], "key", "integer", ""), *guesses]
    amount, why_amount = find_amount(guesses)
    return Content(
        name=name,
        source=source,
        tape=tape,
        guesses=guesses,
        key=key,
        customer=customer or key,
        date=request.date,
        amount=amount,
        target=target,
        periods=NO_DATES if decided is None else propose_periods(decided, target.y),
        groups=_groups(guesses, request.date),
        ages=ages,
        repeated=repeated,
        reasons={"key": why_key, "customer": why_customer, "amount": why_amount},
    )


def _groups(guesses: Sequence[Guess], date: str | None) -> dict[str, tuple[str, str]]:
    """Formula and column of every protected attribute that has groups, under a name that evidence can carry."""
    groups: dict[str, tuple[str, str]] = {}
    for guess in guesses:
        if guess.role == "protected" and (formula := group_formula(guess.facts, date)):
            plain = re.sub(r"[^a-z0-9]+", "_", guess.name.lower()).strip("_") if guess.name.isascii() else ""
            wanted = plain if re.match("[a-z]", plain) else guess.attribute or "attribute"
            groups[_free(wanted, {*groups, *RESERVED})] = formula, guess.name
    return groups


def _ages(guesses: Sequence[Guess], date: str | None) -> dict[str, str]:
    """The engineered feature of every date before the decision: its name, and the column."""
    ages: dict[str, str] = {}
    for guess in guesses:
        if date and guess.role == "context" and guess.kind == "date" and guess.facts.distinct:
            ages[_free(f"days_since_{guess.name}", {*ages, *(g.name for g in guesses)})] = guess.name
    return ages


def _numbered(tape: Tape, key: str) -> Tape:
    """The tape with a first column that numbers its rows from 1."""
    numbers = pa.array(range(1, tape.table.num_rows + 1), pa.int64())
    column = ReadColumn(key, key, "integer", "added when the study was drafted")
    return Tape(tape.table.add_column(0, key, numbers), (column, *tape.columns), tape.how)


def _free(name: str, taken: Collection[str] | Mapping[str, Facts]) -> str:
    """`name`, or with a number behind it where it is taken in any case."""
    folded = {other.casefold() for other in taken}
    choices = (name, *(f"{name}_{n}" for n in range(2, len(folded) + 3)))
    return next(choice for choice in choices if choice.casefold() not in folded)
