"""The types of SQL that closures know, and how Python holds a value of each.

DOUBLE is a float, integers are int, a DECIMAL is an int that counts its last place, BOOLEAN bool, VARCHAR str, DATE
`datetime.date` and TIMESTAMP a `datetime.datetime` without a zone. NULL is None everywhere.
"""

from dataclasses import dataclass

INTEGERS = {
    name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    for name, bits in (("TINYINT", 8), ("SMALLINT", 16), ("INTEGER", 32), ("BIGINT", 64))
}
OF_STUDY = {
    "number": "DOUBLE",
    "integer": "DOUBLE",  # one missing value makes floats of a column of integers, so all tables hold floats
    "boolean": "VARCHAR",  # "yes" or "no"
    "category": "VARCHAR",
    "text": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


class NotCompiled(ValueError):
    """A formula has a part that no closure gives exactly; the text names the part."""


class Beyond(ArithmeticError):
    """The cells of one case lie where a closure is not certain, such as an overflow or a text of another alphabet."""


@dataclass(frozen=True)
class SqlType:
    """A type by its name; `width` and `scale` are digits in all and after the point, of a DECIMAL alone."""

    name: str
    width: int = 0
    scale: int = 0

    @classmethod
    def of(cls, text: str) -> "SqlType":
        """The type that DuckDB calls so.

        >>> SqlType.of("DECIMAL(12,1)"), SqlType.of("DOUBLE").integer
        (SqlType(name='DECIMAL', width=12, scale=1), False)
        """
        name, _, digits = text.partition("(")
        if name != "DECIMAL":
            return cls(text)
        width, scale = digits.rstrip(")").split(",")
        return cls(name, int(width), int(scale))

    @property
    def integer(self) -> bool:
        """Whether it is one of the integers that a closure computes with."""
        return self.name in INTEGERS

    @property
    def exact(self) -> bool:
        """Whether it is a number without rounding: an integer, or a DECIMAL."""
        return self.integer or self.name == "DECIMAL"

    @property
    def temporal(self) -> bool:
        """Whether it is a day or a moment."""
        return self.name in ("DATE", "TIMESTAMP")


DOUBLE, BOOLEAN, VARCHAR, NULL = SqlType("DOUBLE"), SqlType("BOOLEAN"), SqlType("VARCHAR"), SqlType("NULL")
DATE, TIMESTAMP = SqlType("DATE"), SqlType("TIMESTAMP")
