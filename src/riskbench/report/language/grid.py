"""Where in a table the reader of a page is: under headings such as "column" or "who" stands a name, not a word."""

import re
from dataclasses import dataclass, field

NAMED = frozenset({"column", "columns", "table", "file", "files", "who", "done", "asked for, granted"})
_NAMES = re.compile(r"(?!\s*none\s*$)\s*[A-Za-z_]\w*(?:,\s*[A-Za-z_]\w*)*\s*")


@dataclass
class Grid:
    """The headings of the table that is being read, and the column of the cell."""

    headings: list[str] = field(default_factory=list)
    column: int = -1
    heading: bool = False

    def enter(self, token: str, name: str) -> None:
        """Take notice of a tag of the page."""
        if name == "table":
            self.headings, self.column, self.heading = [], -1, False
        elif name == "tr":
            self.column = -1
        elif name in ("td", "th") and not token.startswith("</"):
            self.column += 1
            self.heading = 'scope="col"' in token
            if self.heading:
                self.headings.append("")
        elif name == "th":
            self.heading = False

    def hear(self, text: str) -> bool:
        """Take notice of a cell's text; whether it is a name, which no language changes.

        >>> grid = Grid(["role", "column"], column=1)
        >>> grid.hear("purpose"), grid.hear("read only to build the label")
        (True, False)
        """
        if self.heading and self.headings:
            self.headings[-1] += text.strip()
            return False
        here = 0 <= self.column < len(self.headings)
        return here and self.headings[self.column] in NAMED and bool(_NAMES.fullmatch(text))
