import csv
import io
import json
from typing import Any

import pytest

from riskbench.scorecard import Scorecard
from riskbench.scorecard.card import BASE
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.points_csv import COLUMNS, points_csv
from riskbench.scorecard.export.rules import Rule, in_words


def read(card: Scorecard) -> list[dict[str, str]]:
    """The table as any reader of RFC 4180 reads it."""
    return list(csv.DictReader(io.StringIO(points_csv(card, Edition("t")), newline=""), strict=True))


def test_a_row_a_bin_tells_what_the_card_says_of_it(card: Scorecard) -> None:
    rows, told = read(card), card.points_table()
    assert list(rows[0]) == COLUMNS
    assert [(row["feature"], row["bin"], int(row["points"]), float(row["woe"])) for row in rows] == [
        tuple(line) for line in told[["feature", "bin", "points", "woe"]].itertuples(index=False)
    ]
    assert {(row["cases"], row["bad_rate"]) for row in rows} == {("40", "0.25")}


def test_points_that_everybody_has_are_the_first_row(card_from_zero: Scorecard) -> None:
    base, *others = read(card_from_zero)
    assert (base["feature"], base["rule"], base["points"]) == (BASE, "everybody", str(card_from_zero.base_))
    assert (base["woe"], base["cases"], base["bad_rate"]) == ("", "", "")
    assert len(others) == len(card_from_zero.points_table())


def test_every_bin_says_which_values_it_holds(card: Scorecard) -> None:
    rules = {(row["feature"], row["bin"]): row["rule"] for row in read(card)}
    assert [rules["late", f"bin {i}"] for i in range(6)] == [
        "below 1", "from 1 to below 2.5", "at 2.5 or above", "is -1", "is 99.9", "missing",
    ]  # fmt: skip
    strange = list(card.points_)[2]
    assert rules[strange, "bin 0"] == """is "car" or "it's" or "\\\\n\""""
    assert [rules[strange, f"bin {i}"] for i in (2, 3, 4)] == ["any other value", 'is "?"', "missing"]


def test_a_bin_that_holds_two_kinds_of_values_says_both(make: tuple) -> None:
    feature, make_card = make
    card = make_card([feature("t", "categorical", [0.5, -0.5, 0.1], levels=["a"], groups=[1], unseen=1)])
    assert [row["rule"] for row in read(card)] == ["", 'is "a", or any other value', "missing"]


def test_a_bin_without_cases_has_no_bad_rate(card: Scorecard) -> None:
    document: dict[str, Any] = json.loads(json.dumps(card.to_dict()))
    document["binning"]["features"][0] |= {"goods": [0, 60, 30, 30, 30], "bads": [0, 20, 10, 10, 10]}
    first = read(Scorecard.from_dict(document))[0]
    assert (first["cases"], first["bad_rate"]) == ("0", "")


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (Rule(0, "missing"), "missing"),
        (Rule(0, "rest"), "any other value"),
        (Rule(0, "values", (-1.0, 0.1)), "is -1 or 0.1"),
        (Rule(0, "interval"), "any number"),
        (Rule(0, "interval", lower=0.1 + 0.2), "at 0.30000000000000004 or above"),
    ],
)
def test_a_rule_is_said_exactly(rule: Rule, told: str) -> None:
    assert in_words(rule) == told
