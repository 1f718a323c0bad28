"""Where in a table the reader of a page is: under headings such as "column" or "who" stands a name, not a word."""

import re
from dataclasses import dataclass, field

NAMED = frozenset(
    {"column", "columns", "table", "file", "files", "who", "done", "asked for, granted", "factor", "rule"}
)
MEANT = {  # words with another meaning below some headings: the headings, and the unit that stands for the word
    "limit": (frozenset({"action", "in force", "this policy"}), "limit (the action)"),
    "champion": (frozenset({"section", "of", "arm", "policy"}), "champion (the policy)"),
    "in force": (frozenset({"policy"}), "in force (the policy)"),
    "challenger": (frozenset({"section", "of", "arm", "policy"}), "challenger (the policy)"),
}
LIMIT_OF_AMOUNTS = "limit (of amounts)"
BESIDE = {  # headings with another meaning where a certain one stands before them: that one, and the unit they are
    "by": ("of", "by (a column)"),  # elsewhere: by whom
    "level": ("by", "level (of a column)"),  # elsewhere: of protection
}
QUOTED = "English"  # what stands in this column is quoted, in its own language
_NAMES = re.compile(r"(?!\s*(?:none|modeller|validator|approver)\s*$)\s*[A-Za-z_]\w*(?:,\s*[A-Za-z_]\w*)*\s*")


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
        if not 0 <= self.column < len(self.headings):
            return False
        heading = self.headings[self.column]
        return heading == QUOTED or (heading in NAMED and bool(_NAMES.fullmatch(text)))

    def meant(self, text: str) -> str:
        """The unit of a cell, or a heading, whose word has another meaning here than elsewhere, or "".

        >>> grid = Grid(["band", "action"], column=1)
        >>> grid.meant("limit"), grid.meant("approve")
        ('limit (the action)', '')
        >>> Grid(["of", "by"], heading=True).meant("by"), Grid(["time", "by"], heading=True).meant("by")
        ('by (a column)', '')
        """
        word = text.strip()
        if word == "limit" and self.heading and "value" not in self.headings:  # no table of checks
            beside_actions = any(heading.startswith("decline") for heading in self.headings)
            return MEANT["limit"][1] if beside_actions else LIMIT_OF_AMOUNTS
        if self.heading and word in BESIDE and BESIDE[word][0] in self.headings[:-1]:
            return BESIDE[word][1]
        below, unit = MEANT.get(word, (frozenset(), ""))
        inside = not self.heading and 0 <= self.column < len(self.headings)
        return unit if inside and self.headings[self.column] in below else ""

    @property
    def quotes(self) -> bool:
        """Whether the cell quotes English, which a page in another language says of it."""
        return not self.heading and 0 <= self.column < len(self.headings) and self.headings[self.column] == QUOTED
