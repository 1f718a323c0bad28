"""The drafted `study.toml`: what was guessed, section by section, as its editor will read it."""

from collections.abc import Iterable, Sequence
from typing import Any

from riskbench.core import toml
from riskbench.data.drafting.content import Content
from riskbench.data.drafting.facts import MOST_LEVELS
from riskbench.data.drafting.groups import quoted
from riskbench.data.drafting.review import limitations, to_review
from riskbench.data.drafting.roles import Guess
from riskbench.data.study.schema import Role

TABLE = "applications"
TO_STATE = "to be stated"
HORIZON = 12  # months, until the real one is stated
TEST_SHARE = 0.3

SECTIONS: Sequence[tuple[Role, str]] = (
    ("key", "keys"),
    ("date", "the day of the decision"),
    ("outcome", "what is to be predicted"),
    ("feature", "features: may enter the model"),
    ("protected", "protected: kept apart, only to test fairness"),
    ("price", 'prices: set by the lender itself, and no candidate unless `because = "..."` says why'),
    ("context", "context: kept for reporting, and no candidate"),
    ("leakage", "suspected leakage: left out until reviewed; what was known at the decision becomes a feature"),
    ("identifier", "personal data: left out until reviewed; what names nobody and is worth it becomes a feature"),
)


def write_study(content: Content) -> str:
    """The text of `study.toml`."""
    blocks: list[list[str]] = [
        _opening(content),
        _head(content),
        _base(content),
        _outcome(content),
        _samples(content),
        *_protected(content),
        *_features(content),
        _table(content),
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _opening(content: Content) -> list[str]:
    return [
        *toml.comment(
            f"A draft of the study {content.name!r}, made from {content.source}. Roles and types were guessed by name "
            "and value; each guess stands with its reason behind its line. It runs as it is, and is meant to be edited."
        ),
        "#",
        "# To review before this study is used:",
        *toml.comment(*(f"- {sentence}" for sentence in to_review(content))),
        *(
            ["#", "# How the source was read:", *toml.comment(*(f"- {how}" for how in content.tape.how))]
            if content.tape.how
            else []
        ),
    ]


def _head(content: Content) -> list[str]:
    rate, labelled = content.target.bad_rate, content.target.labelled
    description = (
        f"{content.rows:,} rows of {content.source}; {labelled:,} have a known outcome, of which {rate:.2%} are bad."
    )
    again = content.customer != content.key
    return [
        toml.line("schema_version", 1),
        toml.line("name", content.name),
        toml.line("title", f"{content.name}: a draft"),
        toml.line("description", description),
        toml.line("purpose", f"Application score: the risk of {_bad(content)} ({TO_STATE})."),
        toml.line("population", "booked", 'a guess: outcomes are known of booked loans; else "through_the_door"'),
        toml.line("customers", "mixed" if again else "unknown", content.reasons["customer"]),
        toml.line("currency", "units", TO_STATE),
        toml.line("licence", f"the user's own data; {TO_STATE}"),
        toml.line("policy", "policy.yaml"),
        *toml.items("limitations", limitations(content)),
        "",
        "[source]",
        toml.line("kind", "files"),
    ]


def _base(content: Content) -> list[str]:
    optional = [("as_of", content.date, "named with --date"), ("amount", content.amount, content.reasons["amount"])]
    return [
        "[base]",
        toml.line("key", content.key, content.reasons["key"]),
        toml.line("customer", content.customer, content.reasons["customer"]),
        *(toml.line(name, column, why) for name, column, why in optional if column),
        *toml.comment(*(f"{name}: {why}" for name, column, why in optional if not column and name == "amount")),
    ]


def _outcome(content: Content) -> list[str]:
    target = content.target
    definition = (
        f"Bad: {_bad(content)}, as recorded by the source. Days past due, materiality, indeterminates, horizon, early "
        f"settlement and fraud are {TO_STATE}."
    )
    return [
        "[outcome]",
        toml.line("kind", "column"),
        toml.line("column", target.name),
        toml.line("bad", target.bad),
        toml.line("good", target.good, target.assumed),
        toml.line("horizon_months", HORIZON, "a placeholder"),
        toml.line("definition", definition),
    ]


def _bad(content: Content) -> str:
    return f"{content.target.name} = {' or '.join(map(str, content.target.bad))}"


def _samples(content: Content) -> list[str]:
    periods = {"development": content.periods.development, "out_of_time": content.periods.out_of_time}
    open_labels = (
        f"The out-of-time sample is retrospective: when it begins, outcomes of the last {HORIZON} months before it "
        "were still open."
    )
    return [
        *toml.comment(f"{content.periods.why[:1].upper()}{content.periods.why[1:]}."),
        *(toml.comment(open_labels) if content.periods.out_of_time else []),
        "[samples]",
        toml.line("salt", f"{content.name}-1"),
        toml.line("test_share", TEST_SHARE),
        *(toml.line(name, {"first": p.first, "last": p.last}) for name, p in periods.items() if p),
        "",
        "[scaling]",
        *(toml.line(name, number) for name, number in (("pdo", 20), ("base_score", 600), ("base_odds", 50))),
    ]


def _protected(content: Content) -> Iterable[list[str]]:
    if content.groups:
        yield [toml.heading("protected attributes: groups for the fairness tests")]
    for name, (formula, column) in content.groups.items():
        yield [
            f"[protected.{toml.key(name)}]",
            toml.line("formula", formula),
            toml.line("description", f"Groups of {column}"),
        ]


def _features(content: Content) -> Iterable[list[str]]:
    if content.ages:
        yield [toml.heading("engineered features")]
    for name, column in content.ages.items():
        yield [
            f"[features.{toml.key(name)}]",
            toml.line("formula", f"date_diff('day', {quoted(column)}, {quoted(content.date or '')})"),
            toml.line("description", f"Days from {column} to the decision"),
            toml.line("unit", "days"),
        ]


def _table(content: Content) -> list[str]:
    lines = [
        toml.heading("the table"),
        f"[tables.{TABLE}]",
        toml.line("file", f"{TABLE}.parquet"),
        toml.line("join", "base"),
        toml.line("owner", TO_STATE),
        toml.line("purpose", TO_STATE),
        toml.line("lawful_basis", TO_STATE),
        "",
        f"[tables.{TABLE}.columns]",
    ]
    for role, title in SECTIONS:
        if guesses := content.of(role):
            lines += [f"# {title} ({len(guesses)})", *(_column(guess, content) for guess in guesses)]
    return lines


def _column(guess: Guess, content: Content) -> str:
    facts = guess.facts
    declared: dict[str, Any] = {"role": guess.role, "type": guess.kind, "description": facts.source_name}
    if levels := _levels(guess):
        declared["levels"] = levels
    named_by = "key" if guess.name == content.key else "customer"
    why = guess.reason or content.reasons[named_by]
    return toml.line(guess.name, declared, "; ".join(filter(None, (why, facts.how))))


def _levels(guess: Guess) -> list[str]:
    facts = guess.facts
    few = guess.kind == "category" and 0 < facts.distinct <= MOST_LEVELS
    return facts.levels if few and guess.role not in ("leakage", "identifier") else []
