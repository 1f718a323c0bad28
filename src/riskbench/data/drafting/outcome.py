"""The target: which of its values are bad, which are good, and the label of every row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from riskbench.core.errors import DataError
from riskbench.data.drafting import names
from riskbench.data.drafting.facts import Facts

MOST_OUTCOMES = 30  # different values of a target


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


GOOD_NAMES = _set("good paid repaid performing performed success successful ok settled cured gut bezahlt")
OPEN = _set("current open active unknown pending ongoing grace undetermined laufend offen aktiv unbekannt")
TRUTH = {
    "true": _set("1 true t yes y ja j si sí oui sim да"),
    "false": _set("0 false f no n nein non não нет"),
}


@dataclass(frozen=True, eq=False)
class Target:
    """Bad and good values as the study writes them, what is bad, what was assumed, and y by row (1 bad, 0 good)."""

    name: str
    bad: list[int | str]
    good: list[int | str]
    told: str
    assumed: str
    y: np.ndarray

    @property
    def bads(self) -> int:
        """Bad cases."""
        return int((self.y == 1).sum())

    @property
    def labelled(self) -> int:
        """Cases with a known outcome."""
        return int((~np.isnan(self.y)).sum())

    @property
    def bad_rate(self) -> float:
        """Bad cases among those with a known outcome."""
        return self.bads / self.labelled


def find_target(facts: Facts, bad: Sequence[str], good: Sequence[str], file: str) -> Target:
    """Read the target: `bad` and `good` name its values.

    Without `bad`, 1 and true are bad where nothing speaks against it. Without `good`, every other value is good, except
    those that say that the outcome is still open: they are neither. Raises `DataError` with the values that exist, for
    a target with one class, and where a guess would be a gamble: most rows would be bad, the name is that of a good
    outcome, or another value reads like the bad one.
    """
    if not facts.distinct:
        raise DataError("the target must have values, all its cells are empty", file=file, column=facts.name)
    if facts.distinct > MOST_OUTCOMES or facts.kind == "date":
        rule = f"a target has a few values, this one has {facts.distinct:,} ({facts.kind})"
        raise DataError(rule, file=file, column=facts.name, remedy="name the column of the outcome")
    counts = {_plain(text): n for text, n in facts.counts}
    told = _rows(counts)
    if len(counts) == 1:
        raise _one_class(facts.name, told, file)
    bads = [_value(text, "--bad", counts, facts, file) for text in bad] or [_obvious(counts, facts, file)]
    goods = [_value(text, "--good", counts, facts, file) for text in good]
    if both := set(bads) & set(goods):
        raise DataError(f"a value is bad or good, not both: {', '.join(sorted(both))}", file=file, column=facts.name)
    others = sorted(value for value in counts if value not in bads)
    if not good:
        goods = [value for value in others if not _is_open(value)]
        for value in goods:
            if alike := next((b for b in bads if _folded(b) in _folded(value) and not facts.numeric), None):
                rule = f"the value {value!r} ({counts[value]:,} rows) reads like {alike!r}"
                raise DataError(rule, file=file, column=facts.name, remedy="name it too, with --bad or with --good")
    neither = [value for value in others if value not in goods]
    if not goods:
        raise _one_class(facts.name, told, file)
    label = dict.fromkeys(bads, 1.0) | dict.fromkeys(goods, 0.0)
    by_code = np.array([*(label.get(_plain(text), np.nan) for text in facts.texts), np.nan])
    assumed = ""
    if len(goods) > 1 and not good:
        assumed = f"counted as good without having been named: {_listed(goods, counts)}"
    if neither:
        assumed += f"{'; ' if assumed else ''}neither good nor bad: {_listed(neither, counts)}"
    typed_bad, typed_good = ([_typed(value, facts) for value in chosen] for chosen in (bads, goods))
    return Target(facts.name, typed_bad, typed_good, f"bad is {_listed(bads, counts)}", assumed, by_code[facts.codes])


def _obvious(counts: Mapping[str, int], facts: Facts, file: str) -> str:
    """The value that means bad of a target that speaks for itself."""
    told = _rows(counts)
    value = "true" if facts.kind == "boolean" else "1"
    phrase = next((word for word in names.words(facts.name) if word in GOOD_NAMES), None)
    if set(counts) != {"0", "1"} and facts.kind != "boolean":
        rule = f"the target is not 0/1; its values are {told}"
    elif phrase:
        rule = f"the target's name has {phrase!r}, so its {value} may mean good; its values are {told}"
    elif counts[value] * 2 > sum(counts.values()):
        rule = f"most rows would be bad, which a portfolio does not survive; its values are {told}"
    else:
        return value
    raise DataError(rule, file=file, column=facts.name, remedy="say which value is bad with --bad VALUE")


def _value(text: str, option: str, counts: Mapping[str, int], facts: Facts, file: str) -> str:
    """The value of the target that an option names: as it stands, or in other letters where that leaves no doubt."""
    if text in counts:
        return text
    if facts.kind == "boolean" and (truth := next((t for t, words in TRUTH.items() if _folded(text) in words), None)):
        return truth
    alike = [value for value in counts if _folded(value) == _folded(text)]
    if len(alike) == 1:
        return alike[0]
    told = _rows(counts)
    rule = f"the target has no value {text!r}; its values are {told}"
    raise DataError(rule, file=file, column=facts.name, remedy=f"name one of them with {option} VALUE")


def _is_open(value: str) -> bool:
    return bool(set(names.words(value)) & OPEN)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _rows(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{value} ({n:,} rows)" for value, n in counts.items())


def _listed(values: Sequence[str], counts: Mapping[str, int]) -> str:
    whole = sum(counts.values())
    return ", ".join(f"{value} ({counts[value]:,} rows, {counts[value] / whole:.1%})" for value in values)


def _one_class(column: str, told: str, file: str) -> DataError:
    return DataError(
        f"the target must have both classes, its values are {told}",
        file=file,
        column=column,
        remedy="bring rows of both, or name another target",
    )


def _plain(text: str) -> str:
    """`1` for `1.0`: a column of whole numbers with gaps may have been read as floats."""
    return text.removesuffix(".0")


def _typed(value: str, facts: Facts) -> int | str:
    if facts.kind == "boolean":
        return int(value == "true")
    if not facts.textual:
        return int(value) if value.lstrip("-").isdigit() else value
    return value
