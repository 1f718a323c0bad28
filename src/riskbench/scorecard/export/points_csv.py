"""The points of a card as a CSV table (RFC 4180), to be read by a spreadsheet or a statistics program: a row a bin.

A spreadsheet may take a level that begins with "=" for a formula; where that matters, the workbook is the safe form.
"""

import pandas as pd

from riskbench.scorecard.card import BASE, Scorecard
from riskbench.scorecard.export.document import address
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.rules import Part, in_words, parts_of

COLUMNS = ["feature", "bin", "rule", "points", "woe", "cases", "bad_rate", "card_sha256"]


def points_csv(card: Scorecard, _edition: Edition) -> str:
    """The table as text with the columns of `COLUMNS`; lines end in CRLF, and an empty field is a missing value.

    A score is the sum of the points of one bin of each feature; points that everybody has are the first row, named
    `(base)`. `rule` says in words which values a bin holds. `cases` and `bad_rate` (a fraction, without a value where
    there were no cases) are those of the sample that the card was fitted on; a larger `woe` is safer.
    """
    parts = parts_of(card)
    bins = pd.concat([part.bins.table() for part in parts], ignore_index=True)
    rules = [rule for part in parts for rule in _rules_by_bin(part)]
    table = card.points_table().assign(rule=rules, cases=bins["count"], bad_rate=bins["bad_rate"]).astype(object)
    if card.base_:
        base = {"feature": BASE, "rule": "everybody", "points": card.base_}
        table = pd.concat([pd.DataFrame([base], dtype=object), table])
    return table.assign(card_sha256=address(card)).to_csv(columns=COLUMNS, index=False, lineterminator="\r\n")


def _rules_by_bin(part: Part) -> list[str]:
    """All that falls into each bin of a feature; nothing, where no value reaches it."""
    told = [[in_words(rule) for rule in part.rules if rule.bin == position] for position in range(len(part.points))]
    return [", or ".join(rules) for rules in told]
