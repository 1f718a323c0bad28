"""The catalogues of a language: which text stands for which unit, read from the `.po` files and checked.

A unit is looked up as it is; then by the entries with wildcards, `Bins of {feature}`, whose caught words are units of
their own; then piece by piece, where a label is made of pieces ("age band: 26 to 40"). What is not found stays English.
"""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from riskbench.report.language.opaque import speaks
from riskbench.report.language.po import read
from riskbench.report.language.unit import LEFT_ENGLISH

FOLDER = Path(__file__).parents[1] / "locale" / "zh" / "LC_MESSAGES"
AS_IS = "as_is"  # a wildcard whose name begins so catches a citation, which is not translated
REST = "{as_is_rest}"  # what is cited goes on to the end, whatever marks are in it
NAME = "name"  # and one of these a name, or several with commas between them
_NUMBERED = re.compile(r"\{(\d+)\}|<(\d+)>|</(\d+)>")
_NAME = r"(?:evidence of )?(?:[\w.-]+|\{\d+\})(?: \{\d+\})?"
_NAMES = rf"{_NAME}(?:, {_NAME})*"
WILD = re.compile(r"\{([a-z]\w*)\}")
_PLACE = re.compile(r"\{\w+\}|</?\d+>")
_JOINTS = ((" · ", " · "), ("; ", "；"), (": ", "："), (", ", "，"))
STOPS = {".": "。", ":": "：", ";": "；", "?": "？", ",": "，", "": ""}
_LIST = re.compile(r"\{\d+\}(?:, \{\d+\})+")
_LINKS = re.compile(r"<\d+>[^<]+</\d+>(?:, <\d+>[^<]+</\d+>)+")
_ENDS = re.compile(r"([,;:]?)\s*(.+?)\s*([.,;:?]?)\s*", re.DOTALL)
_LONGEST_LABEL = 60  # words; a longer text is prose, and put together from pieces only as a list with semicolons
_MOST_FOUND = 2**16  # units remembered
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class BadTranslation(ValueError):
    """A translation that loses, repeats or invents a placeholder, with the file and the line where it stands."""


def check_places(msgid: str, msgstr: str) -> str:
    """Why a translation cannot stand for its unit, or "".

    >>> check_places("{1} of {2} loans", "共{2}笔贷款，其中{1}笔"), check_places("{1} of {2} loans", "{1}笔贷款")
    ('', '{2} stands 1 times in the unit and 0 times in its translation')
    """
    wanted, given = _PLACE.findall(msgid), _PLACE.findall(msgstr)
    for place in sorted({*wanted, *given}):
        once, told = wanted.count(place), given.count(place)
        if once != told:
            return f"{place} stands {once} times in the unit and {told} times in its translation"
    if (around := _around(msgstr)) is None or around != _around(msgid):
        return "its elements do not open and close as in the unit"
    return ""


def _around(text: str) -> dict[str, str] | None:
    """The element that each element of a text stands in ("" for none); None where they do not close in turn."""
    around, opened = {}, [""]
    for place in re.finditer(r"<(/?)(\d+)>", text):
        if place[1] and opened.pop() != place[2]:
            return None
        if not place[1]:
            around[place[2]] = opened[-1]
            opened.append(place[2])
    return around if opened == [""] else None


@dataclass(frozen=True)
class Wildcard:
    """An entry with named wildcards: its pattern over units, and the names in their order."""

    msgid: str
    pattern: "re.Pattern[str]"

    @classmethod
    def of(cls, msgid: str) -> "Wildcard":
        """The wildcard entry of a msgid. Its placeholders match any of the same kind."""
        pieces, at = [], 0
        for place in re.finditer(r"\{\w+\}|</?\d+>", msgid):
            pieces.append(re.escape(msgid[at : place.start()]))
            name = place[0].strip("{}")
            if WILD.fullmatch(place[0]):
                pieces.append(f"(?P<{name}>{_NAMES if name.startswith(NAME) else '.+?'})")
            elif place[0].startswith("{"):
                pieces.append(rf"\{{(?P<n{name}>\d+)\}}")
            elif place[0].startswith("</"):
                pieces.append(rf"</(?P=n{place[0][2:-1]})>")
            else:
                pieces.append(rf"<(?P<n{place[0][1:-1]}>\d+)>")
            at = place.end()
        return cls(msgid, re.compile("".join([*pieces, re.escape(msgid[at:])])))


@dataclass
class Catalogue:
    """The units of a language and their translations; `wildcards` are tried in their order, the longest text first."""

    texts: Mapping[str, str]
    wildcards: list[Wildcard] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._folded = {fold(msgid): msgid for msgid in self.texts}
        wild = [Wildcard.of(msgid) for msgid in self.texts if WILD.search(msgid)]
        self.wildcards = sorted(wild, key=lambda w: -len(WILD.sub("", w.msgid)))
        self._citing = [wildcard for wildcard in self.wildcards if wildcard.msgid.endswith(REST)]
        self._found: dict[str, str | None] = {}

    def translate(self, unit: str) -> str | None:
        """The translation of a unit with its own placeholders, or None.

        >>> catalogue = Catalogue({"bad rate": "坏账率", "{label}, n = {1}": "{label}，n={1}"})
        >>> catalogue.translate("Bad rate"), catalogue.translate("bad rate, n = {3}"), catalogue.translate("other")
        ('坏账率', '坏账率，n={3}', None)
        """
        plain, numbers = canonical(unit)
        try:
            found = self._found[plain]
        except KeyError:
            found = self._look_up(plain)
            if len(self._found) >= _MOST_FOUND:  # sentences of a watch that runs for months have no end
                self._found.clear()
            self._found[plain] = found
        return None if found is None else _renumbered(found, numbers)

    def entry(self, unit: str) -> str | None:
        """The msgid that stands for a unit as a whole, its first letter in either case, or None."""
        plain, _ = canonical(unit)
        return plain if plain in self.texts else self._folded.get(fold(plain))

    def wild(self, unit: str) -> Iterator[tuple[Wildcard, dict[str, str]]]:
        """The wildcard entries that match a unit, each with what it caught."""
        yield from _matching(self.wildcards, unit)

    def _look_up(self, unit: str) -> str | None:
        if not to_translate(unit):
            return unit.replace(", ", "、") if _LIST.fullmatch(unit) else unit
        if (entry := self.entry(unit)) is not None and self.texts[entry]:
            return self.texts[entry]
        for wildcard, caught in _matching(self._citing, unit):
            if text := self.texts[wildcard.msgid]:
                return self._with_caught(text, caught)
        if "; " in unit and (found := self._from_pieces(unit)) is not None and LEFT_ENGLISH[0] not in found:
            return found  # a list of statements, before a wildcard takes them as one
        half = None  # a wildcard that leaves words in English stands only where nothing says all of them
        for wildcard, caught in self.wild(unit):
            if text := self.texts[wildcard.msgid]:
                found = self._with_caught(text, caught)
                if LEFT_ENGLISH[0] not in found:
                    return found
                half = half or found
        if (ends := _ENDS.fullmatch(unit)) and (ends[1] or ends[3]):
            found = self.translate(ends[2])
            whole = None if found is None else f"{STOPS[ends[1]]}{found}{STOPS[ends[3]]}"
        else:
            whole = self._from_pieces(unit)
        return half if whole is None or (half and LEFT_ENGLISH[0] in whole) else whole

    def _with_caught(self, text: str, caught: Mapping[str, str]) -> str:
        def fill(place: "re.Match[str]") -> str:
            name = place[0].strip("{}</>")
            if name.isdigit():
                return place[0].replace(name, caught[f"n{name}"])
            if not to_be_said(name):
                return caught[name]
            return self.translate(caught[name]) or caught[name].join(LEFT_ENGLISH)

        return _PLACE.sub(fill, text)

    def _from_pieces(self, unit: str) -> str | None:
        for pieces, form in joints(unit):
            told = [text for piece in pieces if (text := self.translate(piece)) is not None]
            if len(told) == len(pieces):
                return _put(form, told)
        return None


def _matching(wildcards: Sequence[Wildcard], unit: str) -> Iterator[tuple[Wildcard, dict[str, str]]]:
    for wildcard in wildcards:
        if (match := wildcard.pattern.fullmatch(unit)) and all(
            _whole(text) for name, text in match.groupdict().items() if not re.fullmatch(r"n\d+", name)
        ):
            yield wildcard, match.groupdict()


def inner(unit: str) -> str:
    """A unit without the stops at its ends, which are translated by themselves.

    >>> inner("bad rate;"), inner(", age band")
    ('bad rate', 'age band')
    """
    ends = _ENDS.fullmatch(unit)
    return ends[2] if ends else unit


def to_be_said(wildcard: str) -> bool:
    """Whether what a wildcard of this name catches is a unit of its own, and no name, citation or number."""
    return not (wildcard.startswith((AS_IS, NAME)) or wildcard[1:].isdigit())


def to_translate(unit: str) -> bool:
    """Whether a unit holds words that are not Chinese already; " · " may join both languages."""
    return speaks(_PLACE.sub(" ", unit)) and (" · " in unit or not _CHINESE.search(unit))


def joints(unit: str) -> Iterator[tuple[list[str], str]]:
    """The ways to see a label as pieces: their texts, and the Chinese form that they are put into.

    >>> list(joints("age band: over 60"))
    [(['age band', 'over 60'], '{}：{}')]
    """
    if wrapped := re.fullmatch(r"<(\d+)>(.+)</\1>", unit):
        yield [wrapped[2]], f"<{wrapped[1]}>{{}}</{wrapped[1]}>"
    prose = len(WILD.sub("", _PLACE.sub("", unit)).split()) > _LONGEST_LABEL
    for joint, chinese in _JOINTS[1:2] if prose else _JOINTS:
        for found in re.finditer(re.escape(joint), unit):
            pieces = [unit[: found.start()], unit[found.end() :]]
            if all(pieces) and all(map(_whole, pieces)):
                yield pieces, f"{{}}{'、' if _LINKS.fullmatch(unit) else chinese}{{}}"
    if prose:
        return
    if (inside := re.fullmatch(r"([^()]+) \(([^()]+)\)", unit)) and all(map(_whole, inside.groups())):
        yield list(inside.groups()), "{}（{}）"
    if (inside := re.fullmatch(r"\(([^()]+)\)", unit)) and _whole(inside[1]):
        yield [inside[1]], "（{}）"


def canonical(unit: str) -> tuple[str, list[str]]:
    """A unit with its placeholders numbered from 1 in their order, and their own numbers."""
    numbers: list[str] = []

    def renumber(place: "re.Match[str]") -> str:
        number = place[1] or place[2] or place[3]
        if number not in numbers:
            numbers.append(number)
        return place[0].replace(number, str(numbers.index(number) + 1))

    return _NUMBERED.sub(renumber, unit), numbers


def _renumbered(text: str, numbers: list[str]) -> str:
    def own(place: "re.Match[str]") -> str:
        number = place[1] or place[2] or place[3]
        return place[0].replace(number, numbers[int(number) - 1])

    return _NUMBERED.sub(own, text)


def _put(form: str, pieces: list[str]) -> str:
    rest = iter(pieces)
    return re.sub(r"\{\}", lambda _: next(rest), form)


def _whole(text: str) -> bool:
    """Whether every element that opens in a text closes in it, and brackets too."""
    opened, closed = re.findall(r"<(\d+)>", text), re.findall(r"</(\d+)>", text)
    return sorted(opened) == sorted(closed) and text.count("(") == text.count(")")


def fold(msgid: str) -> str:
    """A msgid with a small first letter: "Bad rate" and "bad rate" have one translation."""
    return msgid[:1].lower() + msgid[1:]


@functools.cache
def chinese(folder: Path = FOLDER) -> Catalogue:
    """The catalogue of Simplified Chinese from all `.po` files of a folder.

    Raises BadTranslation, naming file and line, where a translation does not keep its placeholders.
    """
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.po")):
        for message in read(path):
            msgid, msgstr = str(message.id), str(message.string)
            if not msgid:
                continue
            if msgstr and (wrong := check_places(msgid, msgstr)):
                raise BadTranslation(f"{path.name}, line {message.lineno}: {wrong}: {msgstr!r}")
            texts[msgid] = texts.get(msgid) or msgstr
    return Catalogue(texts)
