"""Why pydantic refuses what was written, as faults: in plain words, with what was probably meant."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from riskbench.core.written.faults import Broken, Fault, Location
from riskbench.core.written.text import Node

KINDS = {bool: "true or false", int: "the number", float: "the number", str: "the text"}
WANTED = {  # by pydantic's type of an error
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "a text; a number or true stands in quotes there",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a value for each band",
    "model_type": "a section with keys",
    "model_attributes_type": "a section with keys",
    "finite_number": "a finite number",
}
BOUNDS = {"greater_than": ("gt", "above"), "greater_than_equal": ("ge", "at least"), "less_than": ("lt", "below"),
          "less_than_equal": ("le", "at most")}  # fmt: skip

SIGNS = {"=": "==", "=>": ">=", "=<": "<=", "<>": "!=", "≥": ">=", "≤": "<=", "≠": "!=", "＞": ">", "＜": "<"}


def meant(word: object, among: Iterable[str]) -> str:
    """The question whether a word that is near was meant, to be put behind a sentence; empty where none is."""
    among = list(among)
    if SIGNS.get(str(word)) in among:
        return f"; did you mean {SIGNS[str(word)]}?"
    near = difflib.get_close_matches(str(word), among, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def faults_of(error: ValidationError, model: type[BaseModel], root: Node) -> list[Fault]:
    """The faults that pydantic found, each at the key of the text `root` that it is about; one a key and rule."""
    found: dict[Location, list[Fault]] = {}
    for details in error.errors(include_url=False):
        at = _in_text(details["loc"], details["type"], root)
        for fault in _faults(details, at, model):
            found.setdefault(fault.at, []).append(fault)
    corrected = {(*at[:-1], name) for at, of in found.items() for fault in of if (name := _did_you_mean(fault))}
    return [fault for at, of in found.items() if at not in corrected for fault in _joined(of)]


def _in_text(loc: Location, kind: str, root: Node) -> Location:
    """A location without pydantic's own steps, such as the name of a type that was tried; a missing key stays."""
    way, _ = root.followed(loc)
    if kind.startswith("union_tag"):
        return (*way, "kind")  # of several kinds of a section, the key that says which
    return (*way, loc[-1]) if kind == "missing" else way


def _faults(details: Mapping[str, Any], at: Location, model: type[BaseModel]) -> Iterable[Fault]:
    inner = details.get("ctx", {}).get("error")
    if isinstance(inner, Broken):
        return [Fault(at + fault.at, fault.rule, tuple(at + also for also in fault.also)) for fault in inner.faults]
    return [Fault(at, _told(details, model))]


def _told(details: Mapping[str, Any], model: type[BaseModel]) -> str:
    kind, got, ctx = details["type"], details["input"], details.get("ctx", {})
    if kind in ("missing", "union_tag_not_found"):
        return "this key is missing"
    if kind == "union_tag_invalid":
        tags = re.findall(r"'([^']*)'", ctx["expected_tags"])
        return f"no {ctx['tag']} is known{meant(ctx['tag'], tags) or ', only ' + ', '.join(tags)}"
    if kind == "extra_forbidden":
        known = keys_at(model, details["loc"][:-1])
        return "no such key is known here" + (meant(details["loc"][-1], known) or f", only {', '.join(known)}")
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", ctx["expected"])
        expected = ctx["expected"].replace("'", "")
        return f"must be {expected}, got {_got(got)}{meant(got, choices)}"
    if kind in BOUNDS:
        key, word = BOUNDS[kind]
        share = f"; a share is meant, {got / 100:g} for {got:g} %" if ctx[key] == 1 < got and word != "above" else ""
        return f"must be {word} {ctx[key]:g}, got {got:g}{share}"
    if kind in ("too_short", "string_too_short"):
        return "must not be empty"
    if kind in WANTED:
        return f"must be {WANTED[kind]}, got {_got(got)}{_in_figures(got) if 'number' in WANTED[kind] else ''}"
    return str(details["msg"]).removeprefix("Value error, ")


def _got(got: Any) -> str:
    if isinstance(got, Mapping):
        return "keys"
    if isinstance(got, list):
        return "a list"
    return f"{KINDS.get(type(got), 'the value')} {str(got).lower() if isinstance(got, bool) else got}"


def _in_figures(got: Any) -> str:
    """How a number that was written as people write it is written here: 60 % and 0,6 are 0.6; 1,000 could be either."""
    if not isinstance(got, str):
        return ""
    if not (found := re.fullmatch(r"(-?\d+)(?:(?:\.|,(?!\d{3}\b))(\d+))?( ?%)?", got)):
        return ""
    number = float(f"{found[1]}.{found[2] or 0}")
    return f". What to do: write {number / 100 if found[3] else number:g}"


def _did_you_mean(fault: Fault) -> str:
    found = re.fullmatch(r"no such key is known here; did you mean (.*)\?", fault.rule)
    return found[1] if found else ""


def _joined(faults: list[Fault]) -> list[Fault]:
    """The faults at one key; where a value may be of several kinds and each of them refused it, one for all."""
    parts = [fault.rule.removeprefix("must be ").rpartition(", got ") for fault in faults]
    if len(parts) == 1 or not all(
        fault.rule.startswith("must be ") and part[1] for fault, part in zip(faults, parts, strict=True)
    ):
        return faults
    wanted = " or ".join(dict.fromkeys(part[0] for part in parts))
    return [Fault(faults[0].at, f"must be {wanted}, got {parts[0][2]}")]


def keys_at(model: type[BaseModel], loc: Location) -> list[str]:
    """The keys that a section of a model may have, by the location of the section."""
    here = [model]
    for part in loc:
        fields = [of for section in here for name, of in section.model_fields.items() if (of.alias or name) == part]
        here = [section for of in fields for section in _sections(of.annotation)] or _tagged(here, part)
    return [of.alias or name for section in here for name, of in section.model_fields.items()]


def _tagged(sections: list[type[BaseModel]], tag: str | int) -> list[type[BaseModel]]:
    """Of several kinds of a section the one that a tag names, or all where it names none."""
    kinds = [(section, section.model_fields.get("kind")) for section in sections]
    return [section for section, of in kinds if of and tag in get_args(of.annotation)] or sections


def _sections(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [section for part in get_args(annotation) for section in _sections(part)]
