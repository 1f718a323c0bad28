"""Put a translated list into the catalogues: `python -m riskbench.report.language.merge part-01.json…`.

A list is a JSON object of msgid and translation; an empty translation is left for later. Nothing is written where one
translation of the list breaks its placeholders; what no catalogue asks for any more is named and left out.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from riskbench.report.language.catalogue import FOLDER, check_places, chinese
from riskbench.report.language.po import read, write

_HALF_WIDTH = ((",", "，"), (";", "；"), (":", "："), ("?", "？"), (". ", "。"))


def faults(translated: Mapping[str, str]) -> list[str]:
    """The translations that break their placeholders, and how.

    >>> faults({"{1} loans": "{1}笔贷款", "{1} rows": "行"})
    ["'{1} rows': {1} stands 1 times in the unit and 0 times in its translation: '行'"]
    """
    told = {msgid: check_places(msgid, text) for msgid, text in translated.items() if text}
    return [f"{msgid!r}: {why}: {translated[msgid]!r}" for msgid, why in told.items() if why]


def doubts(translated: Mapping[str, str]) -> list[str]:
    """What looks unlike written Chinese: half-width marks or spaces beside Chinese characters."""
    found = []
    for msgid, text in translated.items():
        for half, full in _HALF_WIDTH:
            at = text.find(half)
            if at > 0 and "\u4e00" <= text[at - 1] <= "\u9fff":
                found.append(f"{msgid!r}: {half!r} where Chinese has {full!r}: {text!r}")
    return found


def merge(translated: Mapping[str, str], folder: Path = FOLDER) -> int:
    """Write the translations into the catalogues that hold their entries; how many changed.

    Raises ValueError with all faults of the list.
    """
    if wrong := faults(translated):
        raise ValueError("\n".join(wrong))
    changed = 0
    for path in sorted(folder.glob("*.po")):
        catalog = read(path)
        before = changed
        for message in catalog:
            text = translated.get(str(message.id), "") if message.id else ""
            if text and message.string != text:
                message.string = text
                changed += 1
        if changed > before:
            write(path, catalog)
    chinese.cache_clear()
    return changed


def main(paths: Sequence[str]) -> int:
    """Check and merge lists; 1 where one has a fault."""
    bad = 0
    for path in paths:
        translated = json.loads(Path(path).read_text("utf-8"))
        for doubt in doubts(translated):
            print(f"look at {doubt}")
        for stale in translated.keys() - chinese().texts.keys():
            print(f"no catalogue asks for {stale!r}")
        try:
            changed = merge(translated)
        except ValueError as error:
            bad = 1
            print(f"{path}: not merged\n{error}")
        else:
            print(f"{path}: {sum(map(bool, translated.values()))} of {len(translated)} translated, {changed} changed")
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
