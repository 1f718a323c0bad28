"""What a model depends on, a line each: its data with their owners, features of other than core data, and libraries.

A line reads `kind: what`. Lines of the kinds in `GENERATED` come from a run and are renewed by the next; all others
(`model: ...`, `service: ...`) are a person's, and stay.
"""

from collections.abc import Iterable, Mapping

from riskbench.data.study import Study
from riskbench.scorecard.feature_sources import columns_behind, dimension_of

GENERATED = ("data", "feature", "library")
TRADITIONAL = ("core", "bureau", "income")  # of other dimensions, such as device or social, each feature has a line


def dependencies(
    study: Study, features: Iterable[str], packages: Mapping[str, str], before: Iterable[str]
) -> list[str]:
    """The lines of a model whose card has these features; `before` are those that it had.

    `packages` are the installed ones: of the libraries that its figures rest on, those that are among them.
    """
    own = [line for line in before if line.split(":")[0] not in GENERATED]
    features = sorted(features)
    data = [f"data: {name} ({t.file}) of {t.owner}" for name, t in study.tables.items()]
    other = [f for f in features if dimension_of(study, f) not in TRADITIONAL]
    alternative = [f"feature: {f} ({dimension_of(study, f)} data), from {_tables_behind(study, f)}" for f in other]
    libraries = [f"library: {name}, {what}" for name, what in LIBRARIES.items() if name in packages]
    return [*data, *alternative, *libraries, *own]


def shared(lines: Iterable[str], others: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """For each of the lines, which other models depend on the same; libraries, which all share, are left out."""
    wanted = [line for line in lines if not line.startswith("library:")]
    found = {line: [model for model, theirs in others.items() if line in theirs] for line in wanted}
    return {line: models for line, models in found.items() if models}


def _tables_behind(study: Study, feature: str) -> str:
    columns = columns_behind(study, feature)
    return ", ".join(name for name, table in study.tables.items() if columns & table.joined.keys())


LIBRARIES: Mapping[str, str] = {
    "duckdb": "joins the tables",
    "numpy": "computes the statistics",
    "pandas": "holds the tables",
    "scikit-learn": "fits the card and the challengers",
    "scipy": "gives distributions and tests",
    "statsmodels": "fits the card a second time, to compare",
}
