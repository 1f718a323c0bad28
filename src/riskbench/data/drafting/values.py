"""What a column's values look like, whatever its name says: addresses, numbers of persons, free text, a sex."""

import re
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskbench.data.drafting.facts import MOST_LEVELS, Facts
from riskbench.data.drafting.names import fold
from riskbench.privacy.identifiers import valid_national_ids
from riskbench.privacy.scan import INTEGERS_ARE_IDS, scan_text

LOOKED_AT = 20_000  # different texts, evenly spaced over all
MOST = 0.5  # share of the texts that must have a form before the column is said to have it
NEARLY_UNIQUE = 0.9  # different values per filled cell
ROWS_PER_LEVEL = 20  # fewer, and a level says more of single applications than of risk
ENOUGH = 20  # filled cells below which near-uniqueness means nothing
TEN_DIGITS = 10**9

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_FORMS = {
    "addresses of the net": re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"),
    "addresses of web pages": re.compile(r"https?://\S+"),
    "pairs of coordinates": re.compile(r"-?[0-9]{1,3}\.[0-9]{3,}[,; ]+-?[0-9]{1,3}\.[0-9]{3,}"),
    "phone numbers": re.compile(r"\+?[0-9(][0-9 ()/.-]{7,18}[0-9]"),
}
_NUMBERED = re.compile(r"\+[0-9 ()/.-]{8,19}|[0-9]{10,15}")  # a phone number where amounts and dates stand as well

# Sexes and forms of address, one vocabulary between semicolons or on a line. M and W are left out: months and weeks.
SEXES = """
m f; male female; man woman; men women; mr mrs ms miss mx dr prof; herr frau; mann frau; mannlich weiblich
masculino femenino feminino; hombre mujer; homem mulher; senor senora senorita; sr sra srta
homme femme; masculin feminin; monsieur madame mademoiselle; m mme mlle; h f
maschio femmina; uomo donna; man vrouw; mezczyzna kobieta; muz zena; erkek kadin kadın
mand kvinde; mann kvinne; man kvinna; laki-laki perempuan; pria wanita
м ж; муж жен; мужской женский; мужчина женщина; 男 女; 男性 女性; 남 여; 남성 여성; ذكر أنثى انثى
"""
NEITHER = "x u d unknown other divers diverse unbekannt xna n/a"
YES_OR_NO = "yes no y n true false t f none ja nein j si s oui non o sim nao да нет 是 否 0 1"


def personal(facts: Facts) -> str:
    """Why the values look as if they named persons, as a sentence; empty where they do not."""
    if facts.kind == "integer":
        return _personal_numbers(facts)
    if not facts.textual or not facts.distinct:
        return ""
    texts = _sample(facts.values)
    if said := _formed(texts, _FORMS):
        return said
    if facts.distinct > MOST_LEVELS and _share(texts, lambda text: len(text.split()) >= 4) > MOST:
        return "its values are sentences, in which anything can be written"
    return _too_many(facts)


def personal_among_numbers(facts: Facts) -> str:
    """As `personal`, of a text that nearly is a number or a date: that its values differ says nothing."""
    return _formed(_sample(facts.values), {**_FORMS, "phone numbers": _NUMBERED})


def _formed(texts: list[str], forms: Mapping[str, re.Pattern[str]]) -> str:
    found = scan_text("\n".join(texts))
    if found:
        return f"{found[0].count:,} of its values look like {_NAMED[found[0].kind]}"
    if _share(texts, is_iban) > MOST:
        return "its values are valid IBANs"
    for what, form in forms.items():
        if len(texts) > 1 and _share(texts, partial(_has, form)) > MOST:
            return f"its values look like {what}"
    return ""


def of_a_sex(facts: Facts) -> bool:
    """Whether the values are those of one vocabulary of sexes: two of its words, or one that is no abbreviation."""
    if not facts.textual or not 0 < facts.distinct <= MOST_LEVELS:
        return False
    found = {_plain(str(value)) for value in facts.values.to_pylist()} - _NEITHER
    return (len(found) > 1 or any(len(word) > 2 for word in found)) and any(found <= words for words in _SEXES)


def yes_or_no(facts: Facts) -> bool:
    """Whether every text begins with a yes or a no: it says that there is something, and not what."""
    if not facts.textual or not 0 < facts.distinct <= MOST_LEVELS:
        return False
    return all(re.split(r"\W", _plain(str(value)))[0] in _YES_OR_NO for value in facts.values.to_pylist())


def is_iban(text: str) -> bool:
    """Whether a text is an IBAN with the right check digits (ISO 13616: the number modulo 97 is 1).

    >>> is_iban("GB82 WEST 1234 5698 7654 32"), is_iban("GB83 WEST 1234 5698 7654 32")
    (True, False)
    """
    plain = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(plain):
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _personal_numbers(facts: Facts) -> str:
    numbers = np.asarray(facts.values.cast(pa.int64()))
    if numbers.size and valid_national_ids(numbers).mean() >= INTEGERS_ARE_IDS:
        return "its values are valid national numbers"
    filled = facts.rows - facts.missing
    if filled >= ENOUGH and facts.distinct > NEARLY_UNIQUE * filled and numbers.min() >= TEN_DIGITS:
        return "its values are nearly unique numbers of ten digits and more"
    return ""


def _too_many(facts: Facts) -> str:
    filled = facts.rows - facts.missing
    if filled >= ENOUGH and facts.distinct > max(ENOUGH, NEARLY_UNIQUE * filled):
        return f"nearly every value is different ({facts.distinct:,} in {filled:,} rows)"
    if facts.distinct > MOST_LEVELS and filled < ROWS_PER_LEVEL * facts.distinct:
        return (
            f"{facts.distinct:,} levels, {filled / facts.distinct:.1f} rows each: freely entered texts can name persons"
        )
    return ""


_NAMED = {"national_id": "national numbers", "phone": "phone numbers", "email": "e-mail addresses"}


def _sample(values: pa.Array) -> list[str]:
    ordered = values.take(pc.sort_indices(values))
    places = np.unique(np.linspace(0, len(ordered) - 1, min(len(ordered), LOOKED_AT)).astype(int))
    return [str(value) for value in ordered.take(pa.array(places)).to_pylist()]


def _has(form: re.Pattern[str], text: str) -> bool:
    return bool(form.fullmatch(text.strip()))


def _share(texts: list[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, texts)) / len(texts)


def _plain(text: str) -> str:
    return fold(text.strip()).removesuffix(".")


_SEXES = [{_plain(word) for word in line.split()} for line in re.split("[;\n]", SEXES) if line.strip()]
_NEITHER = {_plain(word) for word in NEITHER.split()} | {""}
_YES_OR_NO = {_plain(word) for word in YES_OR_NO.split()}
