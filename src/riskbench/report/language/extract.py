"""The units of finished runs, for those who translate: `python -m riskbench.report.language.extract RUN…`.

Every unit lands in the catalogue of its area: `common` where several pages say it, else the page that says it; what one
study alone says, of several that were read, in a catalogue of the study. Translations that stand already are kept; a
unit that no page says any more is dropped, unless it has wildcards or stands in `standing.po` or `live.po`.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from riskbench.report.language.catalogue import (
    FOLDER,
    WILD,
    Catalogue,
    canonical,
    chinese,
    fold,
    inner,
    joints,
    to_be_said,
    to_translate,
)
from riskbench.report.language.page import rewrite
from riskbench.report.language.po import empty, read
from riskbench.report.language.po import write as save
from riskbench.report.language.unit import LEFT_ENGLISH

EVERYWHERE = ("evidence", "index")  # pages that repeat what others say
KEPT = ("standing.po", "live.po")  # what a fresh run does not say: what people decide of one, what its watch says live
_REUSED = 3  # units that share a piece, from which it is worth an entry of its own
_LABEL = 14  # words of a label that may be cut into pieces


@dataclass
class Listener:
    """A voice that says everything as it is, and counts."""

    marks: str = ""
    heard: Counter[str] = field(default_factory=Counter)

    def say(self, msgid: str) -> str | None:
        """The unit itself."""
        self.heard[msgid] += 1
        return msgid

    def number(self, raw: str) -> str:
        """The number itself."""
        return raw


Where = Counter[tuple[str, str]]  # (study, page) of a unit, and how often


def units_of(runs: Iterable[Path]) -> dict[str, Where]:
    """The units of all pages of runs: where each stands, and how often. A page is `<run>/<page>.html`."""
    found: dict[str, Where] = defaultdict(Counter)
    for run in runs:
        for path in sorted(run.glob("*.html")):
            listener = Listener()
            rewrite(path.read_text("utf-8"), listener)
            for unit, count in listener.heard.items():
                found[canonical(unit)[0]][run.name.split("-")[0], path.stem] += count
    return found


def entries(units: Mapping[str, Where], catalogue: Catalogue) -> dict[str, Where]:
    """What has to be translated so that every unit is: units, wildcards and the pieces that labels share."""
    pieces: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        for cut, _ in joints(unit) if _may_be_cut(unit) else ():
            for piece in cut:
                pieces[fold(canonical(piece)[0])].add(unit)
    spoken = {fold(unit) for unit in units}
    shared = spoken | {piece for piece, holders in pieces.items() if len(holders) >= _REUSED}
    known: dict[str, list[str]] = {}
    needed: dict[str, Where] = defaultdict(Counter)
    for unit, where in units.items():
        for entry in _needs(unit, catalogue, shared, known):
            needed[entry].update(where)
    return _one_case(needed, catalogue)


def _needs(unit: str, catalogue: Catalogue, shared: set[str], known: dict[str, list[str]]) -> list[str]:
    unit = canonical(unit)[0]
    if not to_translate(unit):
        return []
    if unit not in known:
        known[unit] = [unit]  # a unit that holds itself ends here
        known[unit] = _parts(unit, catalogue, shared, known)
    return known[unit]


def _parts(unit: str, catalogue: Catalogue, shared: set[str], known: dict[str, list[str]]) -> list[str]:
    if (entry := catalogue.entry(unit)) is not None:
        return [entry]
    for cut, _ in joints(unit) if "; " in unit else ():
        if all(_translated(piece, catalogue) for piece in cut):
            return [need for piece in cut for need in _needs(piece, catalogue, shared, known)]
    for wildcard, caught in catalogue.wild(unit):
        texts = [text for name, text in caught.items() if to_be_said(name)]
        return [wildcard.msgid, *(need for text in texts for need in _needs(text, catalogue, shared, known))]
    if (core := inner(unit)) != unit and (unit[-1] not in ".?" or fold(core) in shared):
        return _needs(core, catalogue, shared, known)
    for cut, _ in joints(unit):
        if all(_translated(piece, catalogue) for piece in cut) or (
            _may_be_cut(unit) and all(_made_of(piece, catalogue, shared) for piece in cut)
        ):
            return [need for piece in cut for need in _needs(piece, catalogue, shared, known)]
    return [unit]


def _translated(piece: str, catalogue: Catalogue) -> bool:
    text = catalogue.translate(piece)
    return text is not None and LEFT_ENGLISH[0] not in text


def _may_be_cut(unit: str) -> bool:
    """Whether a label is short enough, or its pieces are marked as such."""
    return " · " in unit or unit.startswith(("<", "in words: <")) or len(unit.split()) <= _LABEL


def _made_of(piece: str, catalogue: Catalogue, shared: set[str]) -> bool:
    """Whether a piece is an entry, is shared by labels, has no words, or is itself made of such pieces."""
    plain = canonical(piece)[0]
    if not to_translate(plain) or fold(plain) in shared or catalogue.entry(plain) is not None:
        return True
    cuts = joints(plain) if _may_be_cut(plain) else ()
    return any(all(_made_of(part, catalogue, shared) for part in cut) for cut, _ in cuts)


def _one_case(needed: Mapping[str, Where], catalogue: Catalogue) -> dict[str, Where]:
    """Entries that differ in the case of the first letter alone are one, as it is met most often.

    Unless both are translated: then they were told apart, as "Default" of a loan and "default" of a setting.
    """
    names: dict[str, str] = {}
    for entry in sorted(needed, key=lambda entry: -sum(needed[entry].values())):
        names.setdefault(fold(entry), entry)
    merged: dict[str, Where] = defaultdict(Counter)
    for entry, where in needed.items():
        merged[entry if catalogue.texts.get(entry) else names[fold(entry)]].update(where)
    return merged


def area_of(where: Where, studies: int) -> str:
    """The catalogue of an entry: a page, a study ("study_taiwan"), or "common"."""
    told = {study for study, _ in where}
    pages = {page for _, page in where if page not in EVERYWHERE} or {page for _, page in where}
    if len(told) == 1 and studies > 1:
        return f"study_{told.pop()}"
    return pages.pop() if len(pages) == 1 else "common"


def write(needed: Mapping[str, Where], folder: Path = FOLDER) -> dict[str, int]:
    """Write the catalogues, with the translations that stand already; the number of entries of each."""
    standing = chinese(folder).texts
    studies = len({study for where in needed.values() for study, _ in where})
    areas: dict[str, list[str]] = defaultdict(list)
    for entry, where in needed.items():
        areas["wildcards" if WILD.search(entry) else area_of(where, studies)].append(entry)
    kept = {Path(name).stem: _entries(folder / name) for name in KEPT if (folder / name).is_file()}
    stay = {text for texts in kept.values() for text in texts}
    areas = defaultdict(list, {area: [text for text in texts if text not in stay] for area, texts in areas.items()})
    areas["wildcards"] += [text for text in standing if WILD.search(text) and text not in needed and text not in stay]
    areas.update(kept)
    for old in folder.glob("*.po"):
        if old.stem not in areas:
            old.unlink()
    for area, texts in areas.items():
        catalog = empty(area)
        if area in ("common", "wildcards"):  # the words met most often first; those of a page as the page says them
            texts.sort(key=lambda text: (-sum(needed.get(text, {}).values()), text))
        for text in texts:
            pages = sorted({page for _, page in needed.get(text, {})})
            times = sum(needed.get(text, {}).values())
            catalog.add(
                text,
                standing.get(text, ""),
                locations=[(page, 0) for page in pages],
                auto_comments=[f"{times} times"],
            )
        save(folder / f"{area}.po", catalog)
    chinese.cache_clear()
    return {area: len(texts) for area, texts in sorted(areas.items())}


def _entries(path: Path) -> list[str]:
    return [str(message.id) for message in read(path) if message.id]


def main(runs: Sequence[str]) -> int:
    """Bring the catalogues up to what the pages of these runs say."""
    units = units_of(map(Path, runs))
    needed = entries(
        units, Catalogue({text: told for text, told in chinese().texts.items() if told or WILD.search(text)})
    )
    for area, count in write(needed).items():
        print(f"{area}: {count} entries")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
