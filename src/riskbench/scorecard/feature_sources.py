"""Where a feature comes from: its dimension, the tables it is read from, what they cost, and how far they intrude."""

from riskbench.data.features.expressions import columns_of
from riskbench.data.study import Study
from riskbench.data.study.schema import Dimension, TableSpec

# From the lawful basis that a study declares to how much a use intrudes, and the dimensions that intrude whatever the
# basis. The more intrusive of the two counts.
INTRUSION = ("public", "low", "medium", "high")
BY_BASIS = {
    "public": "public",  # says nothing of a person
    "contract": "low",  # GDPR Art. 6(1)(b): the customer expects it
    "steps before a contract": "low",  # the same
    "legal obligation": "low",  # Art. 6(1)(c)
    "legitimate interest": "medium",  # Art. 6(1)(f): to be weighed, and may be objected to
    "consent": "high",  # Art. 6(1)(a): may be withdrawn, and then the feature is missing
}
BY_DIMENSION = {
    "social": "high",  # Directive (EU) 2023/2225, Art. 18(3): no social networks in an assessment of creditworthiness
    "device": "high",  # behaviour that nobody thinks of as an application
}
NOT_DECLARED = "not declared"


def dimension_of(study: Study, feature: str) -> Dimension:
    """The dimension that the study declares for a candidate."""
    return (study.features[feature] if feature in study.features else study.columns[feature]).dimension


def columns_behind(study: Study, feature: str) -> set[str]:
    """The columns that a candidate is made from; the moment of the decision is none of them."""
    read = columns_of(feature, study.feature_sql[feature]) if feature in study.features else {feature}
    return read - {study.base.as_of}


def cost(study: Study, features: list[str]) -> float:
    """What the tables behind some features cost an application; a table that two dimensions read counts in both."""
    return float(sum(table.cost for table in _tables(study, features)))


def intrusion(study: Study, features: list[str]) -> str:
    """How far the most intrusive source of some features intrudes: one of `INTRUSION`, or "not declared".

    Empty where there are no features.
    """
    if not features:
        return ""
    dimensions = {dimension_of(study, name) for name in features}
    found = {BY_DIMENSION[name] for name in dimensions if name in BY_DIMENSION}
    found |= {BY_BASIS.get(table.lawful_basis, NOT_DECLARED) for table in _tables(study, features)}
    known = [name for name in INTRUSION if name in found]
    return known[-1] if known and (known[-1] == "high" or NOT_DECLARED not in found) else NOT_DECLARED


def _tables(study: Study, features: list[str]) -> list[TableSpec]:
    """The tables that some features are computed from."""
    read = {column for name in features for column in columns_behind(study, name)}
    return [
        table
        for table in study.tables.values()
        if table.join != "outcome" and read & set(table.aggregates or table.columns) - {table.on, table.known_at}
    ]
