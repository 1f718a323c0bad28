"""Lines of Python as they are written: names that are computed once, and blocks in which a name is known."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from riskbench.data.features.closures.kinds import BOOLEAN, INTEGERS, NULL, NotCompiled, SqlType

DEEPEST = 90  # Python reads no more than 100 levels


@dataclass(frozen=True)
class Value:
    """A value as a name or a constant of Python, with what is known of it before it is computed.

    `nullable`: it may be None; `odd`: a float that may be NaN; `least` and `most`: between which an integer lies.
    """

    code: str
    type: SqlType
    nullable: bool = True
    odd: bool = False
    least: int | None = None
    most: int | None = None

    @property
    def constant(self) -> bool:
        """Whether it is a number that stands in the code."""
        return self.code.lstrip("-")[:1].isdigit()

    @property
    def bounds(self) -> tuple[int, int] | None:
        """Between which integers it lies: those known of it, or those of its type."""
        if self.least is not None and self.most is not None:
            return self.least, self.most
        return INTEGERS.get(self.type.name)


NOTHING = Value("None", NULL)


def truth(code: str, nullable: bool) -> Value:
    """A value that is true or false."""
    return Value(code, BOOLEAN, nullable)


def unless_null(code: str, *values: Value) -> str:
    """Code whose value is None where one of the values is."""
    tests = dict.fromkeys(f"{value.code} is None" for value in values if value.nullable)
    return f"None if {' or '.join(tests)} else {code}" if tests else code


class Lines:
    """The body of a function. `given` are the objects that it names beside what it computes."""

    def __init__(self, given: Mapping[str, Any]):
        self.given = dict(given)
        self._lines: list[str] = []
        self._depth, self._count = 1, 0
        self._known: list[dict[str, Value]] = [{}]

    @property
    def text(self) -> str:
        """The lines so far."""
        return "\n".join(self._lines)

    def known(self, name: str) -> Value | None:
        """What was computed under a name, in this block or around it."""
        return next((block[name] for block in reversed(self._known) if name in block), None)

    def remember(self, name: str, value: Value) -> Value:
        """Make a value known, up to the end of this block."""
        self._known[-1][name] = value
        return value

    def name(self) -> str:
        """A name that is not in use."""
        self._count += 1
        return f"t{self._count}"

    def write(self, line: str) -> None:
        """Write a line."""
        self._lines.append("    " * self._depth + line)

    def store(self, code: str) -> str:
        """Write a line that computes `code`, and give the name of what it gives."""
        name = self.name()
        self.write(f"{name} = {code}")
        return name

    def give(self, thing: Any) -> str:
        """Make an object known to the function, and give its name."""
        name = f"g{len(self.given)}"
        self.given[name] = thing
        return name

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """What is written inside stands below `head`, and is known nowhere else."""
        self.write(head)
        self._depth += 1
        if self._depth > DEEPEST:
            raise NotCompiled(f"it nests {DEEPEST} branches")
        self._known.append({})
        yield
        self._known.pop()
        self._depth -= 1
