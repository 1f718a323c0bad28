"""What a translator does not translate: numbers, dates, identifiers, file names, hashes. Each becomes a placeholder."""

import calendar
import functools
import re

MONTHS = {name: number for number, name in enumerate(calendar.month_name) if name}
SHORT_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}
_MONTH = "|".join([*MONTHS, *SHORT_MONTHS])
_WHOLE = r"\d+(?:,\d{3})*(?:\.\d+)*"
_FILES = "html|toml|yaml|yml|json|jsonl|csv|parquet|py|ipynb|sql|xlsx|pmml|txt|md|po|zip|log|lock|pub|pdf"

DATE = re.compile(
    rf"(?:(?P<day>\d{{1,2}})\s)?\b(?P<month>{_MONTH})\s(?P<year>\d{{4}})(?:,\s(?P<time>\d\d:\d\d)(?:\sUTC)?)?(?!\w)"
)
NUMBER = re.compile(
    rf"(?<![\w.#])[−+±-]?{_WHOLE}(?:e[-+−]?\d+)?(?:\s×\s10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?(?:–{_WHOLE})?(?:\s?%)?(?![\w])",
)
_IDENTIFIERS = (
    r"https?://\S+",
    r"\b\d{4}-\d{2}-\d{2}\b",
    r"\b(?!SHA-|MOVER-)[A-Z]{2,}[A-Z0-9]*-[A-Z0-9][\w.]*(?:-[\w.]+)*\b",  # a rule of the catalogue
    r"\briskbench\b",
    r"\bcase when .+? end\b|::\w+",  # SQL
    r"\b[a-z]\w*\((?:[^()]{3,}|[^()]*\([^()]*\)[^()]*)*\)",  # a formula of functions
    r"\b\w+-\d{8}-\d{6}-[0-9a-f]{6}\b",  # a run
    rf"[\w\u200b\u200c./-]*\w\.(?:{_FILES})\b",
    r"(?:[\w\u200b\u200c/-]+\.)*[\w\u200b\u200c/-]*\w_[\w\u200b\u200c]+(?:\.[\w\u200b\u200c]+)*",
    r"\b[a-z]\w*(?:\.[\w\u200b\u200c]*\w){2,}",  # an id of evidence
    r"\b[a-z]{3,}\.[\u200b\u200c]?[a-z]\w{2,}\b",
    r"\b(?=[a-f]*\d)[0-9a-f]{8,}\b",  # a hash
    r"\b[A-Z]{2,}\d+\b",  # a column such as AMT4
)
OPAQUE = re.compile("|".join([DATE.pattern, *_IDENTIFIERS, NUMBER.pattern]))
SPACE = re.compile(r"[\s\u200b\u200c]+")
BREAKS = {"<wbr>": "\u200b", "<wbr/>": "\u200c"}  # where a long name may break: in a text, one letter of no width
WORD = re.compile(r"[A-Za-z]{2,}")


def with_breaks(text: str) -> str:
    """A text whose places to break are elements again."""
    for element, letter in BREAKS.items():
        text = text.replace(letter, element)
    return text


@functools.lru_cache(maxsize=2**15)
def cut(text: str) -> tuple[tuple[str, bool], ...]:
    """A text in its stretches, in their order: each with whether it is opaque.

    >>> cut("bad rate 3 % of loan_id")
    (('bad rate ', False), ('3 %', True), (' of ', False), ('loan_id', True))
    """
    stretches, at = [], 0
    for found in OPAQUE.finditer(text):
        if found.start() > at:
            stretches.append((text[at : found.start()], False))
        stretches.append((found[0], True))
        at = found.end()
    return tuple(stretches) if at == len(text) else (*stretches, (text[at:], False))


@functools.lru_cache(maxsize=2**15)
def speaks(text: str) -> bool:
    """Whether a text holds a word to translate, once what is opaque is taken out.

    >>> speaks("bad rate 3 %"), speaks("2,000 to"), speaks("loan_amount 3.2 × 10⁻⁸")
    (True, True, False)
    """
    return bool(WORD.search(text)) and any(WORD.search(piece) for piece, opaque in cut(text) if not opaque)
