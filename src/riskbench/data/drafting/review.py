"""What a person must look at before a drafted study is used, and what it is worth until then, as sentences."""

from collections.abc import Sequence

from riskbench.data.drafting.content import Content
from riskbench.data.drafting.facts import special_values
from riskbench.data.drafting.roles import Guess

MOST_CODES = 12  # different whole numbers that may be codes
LISTED = 8  # columns named in a sentence


def to_review(content: Content) -> list[str]:
    """What a person must look at before the study is used, as sentences."""
    leakage, personal, price, protected = (content.of(role) for role in ("leakage", "identifier", "price", "protected"))
    codes = [g for g in content.of("feature") if g.kind == "integer" and 2 < g.facts.distinct <= MOST_CODES]
    dates = [g for g in content.of("context") if g.kind == "date"]
    settled = [g for g in content.guesses if "as other columns" in g.facts.how]
    unread = [g for g in content.guesses if "but not rows" in g.facts.how]
    sentences = [
        f"What bad means: in {content.target.name}, {content.target.told}. State days past due, amount and months in "
        f"[outcome]; horizon_months is a placeholder.",
        content.target.assumed and f"The target's other values: {content.target.assumed}.",
        content.repeated and _repeats(content),
        settled and f"Read as other columns of the file are written, else open to two readings: {_named(settled)}.",
        unread
        and f"Nearly numbers or dates, but for some cells that are said there ({len(unread)}): {_named(unread)}.",
        "Owner, purpose, lawful basis, licence, population and currency.",
        leakage and f"Suspected leakage, left out ({len(leakage)}): {_named(leakage)}. Was it known at the decision?",
        personal and f"Personal data, left out ({len(personal)}): {_named(personal)}.",
        price and f"Prices and grades of the lender, no candidates ({len(price)}): {_named(price)}.",
        f"Protected attributes, tested and never used ({len(protected)}): {_named(protected) or 'none was found'}. "
        "Are these all?",
        not content.date and dates and f"No decision date was named; dates in the table: {_named(dates)}.",
        codes
        and f"Whole numbers of few values, taken as measures ({len(codes)}): {_named(codes)}. If they are codes, make "
        "them categories.",
        content.of("feature", "price") and _special(content),
        "The credit policy in policy.yaml: bands, rules and economics are placeholders.",
    ]
    return [sentence for sentence in sentences if sentence]


def limitations(content: Content) -> list[str]:
    """What a reader of the study must know of it as long as nobody has confirmed the draft, as sentences."""
    out = content.of("leakage", "identifier")
    few = content.target.bads < 100
    sentences = [
        "Roles were guessed by name and value, and nobody has confirmed them: a column written after the decision may "
        "still be among the features.",
        f"What bad means is not documented: {content.target.name} is taken as it came, and {content.target.told}.",
        content.target.assumed and f"Values of {content.target.name}, confirmed by nobody: {content.target.assumed}.",
        content.repeated and _repeats(content),
        out and f"{len(out)} columns are left out unreviewed, as suspected leakage or personal data.",
        not content.periods.out_of_time and "There is no out-of-time sample: no stability over time can be shown.",
        few and f"Only {content.target.bads:,} bad cases: figures are uncertain, and some cannot be had.",
        content.customer == content.key
        and "Repeat customers cannot be told: one may stand in development and in test.",
        "The policy and its economics are illustrative: nobody has decided them.",
    ]
    return [sentence for sentence in sentences if sentence]


def _repeats(content: Content) -> str:
    return (
        f"{content.repeated:,} rows are an earlier row once more, cell by cell: remove them, lest one stand in "
        "development and its twin in test."
    )


def _named(guesses: Sequence[Guess]) -> str:
    """The names of some columns, the first few in full."""
    shown = ", ".join(guess.name for guess in guesses[:LISTED])
    return f"{shown} and {len(guesses) - LISTED} more" if len(guesses) > LISTED else shown


def _special(content: Content) -> str:
    """Values that look as if they stood for an absent one: far from all others, and in many rows."""
    found = [(g.name, v) for g in content.of("feature", "price") if g.facts.numeric for v in special_values(g.facts)]
    if not found:
        return ""
    shown = ", ".join(f"{name} {value:g}" for name, value in found[:LISTED])
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    return f"Values that may stand for an absent one ({shown}{more}): declare them with special = [...]."
