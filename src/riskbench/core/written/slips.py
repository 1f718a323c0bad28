"""What was probably meant where a text is no YAML: the slips that are made most, each with its line and what to do.

A parser stumbles where it can no longer go on, which is often a line below the slip, and says so in its own terms.
"""

import re

import yaml

FOREIGN = {
    "：": ":",
    "，": ",",
    "｛": "{",
    "｝": "}",
    "［": "[",
    "］": "]",
    "\u00a0": " ",
    "\u202f": " ",
    "\u3000": " ",
}
CLOSES = {"{": "}", "[": "]"}
ALIGN = "What to do: begin the keys of a section, and the dashes of a list, in one column"


def slip(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    """The line of the slip, from 1 up, and what to do; where none is recognised, what the parser says."""
    lines = text.splitlines()
    stumbled, began = (_place(mark, lines) for mark in (error.problem_mark or error.context_mark, error.context_mark))
    told = " ".join(filter(None, (error.context, error.problem)))
    at, column = stumbled
    if "\t" in _line(lines, at)[: column + 1]:
        return at, "a tab stands here. What to do: indent with spaces"
    if re.search(r"\bop: *[<>=!]", _line(lines, at)):
        return at, f'operators stand in quotes, as in op: ">=" ({told})'
    within = began[0] if "simple key" in told else at
    for near in dict.fromkeys((within, at, at - 1)):
        if found := _on(_line(lines, near), "flow" in told):
            return near, found
    if "quoted scalar" in told:
        return began[
            0
        ], "a text in quotes begins here and does not end. What to do: close it by the sign that opened it"
    if "parsing a flow" in told and began[0] != at:
        opened = _line(lines, began[0])[began[1] : began[1] + 1]
        return began[0], f"{opened} opens here and is not closed. What to do: write {CLOSES.get(opened, 'its end')}"
    if "mapping values" in told and re.search(r"^[ -]*[^\s:]+: .*\S: ", _line(lines, at)):
        return at, 'a text that holds a colon and a space stands in quotes, as in reason: "note: late"'
    if "mapping values" in told or "block" in told:
        return at, f"the line is indented otherwise than those it belongs to. {ALIGN}"
    return at, f"this is not valid YAML: {told}"


def _place(mark: yaml.Mark | None, lines: list[str]) -> tuple[int, int]:
    return (min(mark.line + 1, max(len(lines), 1)), mark.column) if mark else (1, 0)


def _line(lines: list[str], number: int) -> str:
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _on(line: str, in_braces: bool) -> str:
    """A slip that a line shows by itself; signs that a text may hold count only before the value or in braces."""
    before = line if in_braces else line[: len(line) - len(line.lstrip()) + 1] + line.split(": ")[0]
    if foreign := next((sign for sign in before if sign in FOREIGN), ""):
        if FOREIGN[foreign] == " ":
            return f"the space here is no plain one (U+{ord(foreign):04X}). What to do: write a plain space"
        return f"{foreign} stands here, and YAML knows {FOREIGN[foreign]} only. What to do: write {FOREIGN[foreign]}"
    if dash := re.match(r"\s*([–—−])", line):
        return f"{dash[1]} begins no item of a list. What to do: write - and a space"
    if re.match(r"\s*-[^\s-]", line):
        return "a space is missing after the dash"
    if key := re.match(r"[ -]*([A-Za-z_]+):[^\s:]", line):
        return f"a space is missing after the colon of {key[1]}"
    return ""
