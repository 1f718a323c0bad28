"""What the parts of a study must agree on: each rule raises `ValueError` that names the key and the column."""

from riskbench.core.errors import StudyError
from riskbench.core.thresholds import Thresholds
from riskbench.data.features.function import AS_OF
from riskbench.data.study.description import Description
from riskbench.data.study.reserved import RESERVED
from riskbench.data.study.schema import LEFT_OUT

_SUMMARISED = ("feature", "date", "context")  # the roles that the formula of an aggregate may read
_REPORTED = ("feature", "context", "price")  # the roles that reach the applications of a run


def check(study: Description) -> None:
    """Raise `ValueError` with the first rule that the parts of `study` break between them."""
    for rule in (
        _one_base_table,
        _names_are_used_once,
        _named_columns_play_their_roles,
        _joins,
        _formulas,
        _no_name_is_reserved,
        _aggregates,
        _dates,
        _repayments,
        _calibration,
        _loan,
    ):
        rule(study)
    try:
        Thresholds(study.thresholds)
    except StudyError as error:
        raise ValueError(f"thresholds: {error}") from None


def _one_base_table(study: Description) -> None:
    if sum(table.join == "base" for table in study.tables.values()) != 1:
        raise ValueError("exactly one table has join 'base'")


def _names_are_used_once(study: Description) -> None:
    seen: dict[str, tuple[str, str]] = {}
    for name, table in study.tables.items():
        for column in table.joined:
            if column.casefold() in seen:  # SQL takes names that differ by case alone for one
                other, where = seen[column.casefold()]
                same = f"column {column!r} stands" if other == column else f"columns {other!r} and {column!r} stand"
                raise ValueError(f"{same} in tables {where} and {name}: rename one")
            seen[column.casefold()] = column, name
    for name in study.features:
        if name.casefold() in seen:
            raise ValueError(f"features.{name}: engineered column {name!r} has the name of a raw column")


def _named_columns_play_their_roles(study: Description) -> None:
    base, outcome = study.base, study.outcome
    named: list[tuple[str, str | None, tuple[str, ...]]] = [
        ("base.key", base.key, ("key",)),
        ("base.customer", base.customer, ("key",)),
        ("base.as_of", base.as_of, ("date",)),
        ("base.amount", base.amount, _REPORTED),
        ("base.decision", base.decision, _REPORTED),
        *[("base.segments", column, _REPORTED) for column in base.segments],
    ]
    if outcome.kind == "column":
        named.append(("outcome.column", outcome.column, ("outcome",)))
    else:
        named.append(("outcome.booked", outcome.booked, ("outcome",)))
    for key, column, roles in named:
        if column is None:
            continue
        if column not in study.columns:
            raise ValueError(f"{key}: column {column!r} is named but stands in no table")
        if (role := study.columns[column].role) not in roles:
            raise ValueError(f"{key}: column {column!r} must be of role {' or '.join(roles)}, it is {role}")
    for key, column in (("base.key", base.key), ("base.customer", base.customer)):
        if column not in study.tables[study.base_table].columns:
            raise ValueError(f"{key}: column {column!r} must stand in table {study.base_table}")


def _joins(study: Description) -> None:
    own = study.tables[study.base_table].columns
    single = {name for table in study.tables.values() if table.join == "one" for name in table.columns}
    for name, table in study.tables.items():
        if table.join in ("base", "outcome") or table.on is None:
            continue
        if table.on not in own and (table.through or table.on not in single):
            raise ValueError(f"tables.{name}.on: column {table.on!r} must stand in table {study.base_table}")
        if table.on in study.columns and study.columns[table.on].role in LEFT_OUT:
            raise ValueError(f"tables.{name}.on: column {table.on!r} is not read at intake, so it cannot join")


def _formulas(study: Description) -> None:
    """Features read what may enter a model, context and dates; protected groups whatever is read at intake."""
    try:
        features, protected = study.feature_columns, study.protected_columns
    except StudyError as error:
        raise ValueError(str(error)) from None
    candidates = {*study.raw_candidates, *study.with_role("context", "date")}
    for name, columns in features.items():
        _refuse(study, columns - candidates, f"features.{name}: reads columns that may not enter a model")
    joined = {name for name, column in study.columns.items() if column.role not in LEFT_OUT}
    for name, columns in protected.items():
        _refuse(study, columns - joined, f"protected.{name}: reads columns that are not read at intake")


def _loan(study: Description) -> None:
    """What is read of a loan reaches the applications of a run; what was lost stands in the table of applications."""
    for key, column in study.loan.read.items():
        if column not in study.columns:
            raise ValueError(f"loan.{key}: column {column!r} is named but stands in no table")
        if (role := study.columns[column].role) not in _REPORTED:
            raise ValueError(f"loan.{key}: column {column!r} must be of role {' or '.join(_REPORTED)}, it is {role}")
    own = study.tables[study.base_table].columns
    for key, column in (study.loan.losses.columns if study.loan.losses else {}).items():
        if column not in own or own[column].type not in ("number", "integer"):
            raise ValueError(f"loan.losses.{key}: column {column!r} must be a number of table {study.base_table}")


def _refuse(study: Description, columns: set[str], rule: str) -> None:
    if columns:
        roles = {name: study.columns[name].role if name in study.columns else "not declared" for name in columns}
        raise ValueError(f"{rule}: {', '.join(f'{name} ({roles[name]})' for name in sorted(columns))}")


def _no_name_is_reserved(study: Description) -> None:
    """Lest a column stand in for the label of a run, or a formula read it."""
    shown = [*study.with_role("feature", "context", "price"), *study.dates_read, *study.features, *study.protected]
    if taken := sorted(name for name in shown if name.casefold() in RESERVED):
        raise ValueError(f"these column names are reserved, since every run uses them: {', '.join(taken)}")


def _aggregates(study: Description) -> None:
    """Formulas of aggregates read what was known of their own row, and nothing that a model may not see."""
    for table, spec in study.tables.items():
        try:
            formulas = spec.formulas
        except StudyError as error:
            raise ValueError(f"tables.{table}.aggregates: {error}") from None
        if formulas and AS_OF in spec.columns:
            raise ValueError(f"tables.{table}: a column named {AS_OF!r} would hide the moment of the decision")
        for name, aggregate in spec.aggregates.items():
            for column in sorted(spec.reads(name) - {aggregate.column}):
                role = spec.columns[column].role if column in spec.columns else "not declared"
                if role not in _SUMMARISED:
                    raise ValueError(
                        f"tables.{table}.aggregates.{name}: column {column!r} is {role}, it may not be read"
                    )


def _dates(study: Description) -> None:
    as_of = study.base.as_of
    if as_of is None:
        if any(table.join in ("latest", "aggregate") for table in study.tables.values()):
            raise ValueError("tables joined as of the decision need base.as_of")
        if study.samples.development or study.outcome.kind == "repayments":
            raise ValueError("periods of samples and labels from repayments need base.as_of")
    elif not any(as_of in table.columns for table in study.tables.values() if table.join in ("base", "one")):
        raise ValueError(f"base.as_of: column {as_of!r} stands in a table that is itself joined by date")


def _repayments(study: Description) -> None:
    outcome = study.outcome
    if outcome.kind != "repayments":
        return
    table = study.tables.get(outcome.table)
    if table is None or table.join != "outcome":
        raise ValueError(f"outcome.table: {outcome.table!r} is not a table of join 'outcome'")
    for column in (study.base.key, outcome.month, outcome.dpd, outcome.past_due, outcome.status):
        if column not in table.columns:
            raise ValueError(f"outcome: table {outcome.table} declares no column {column!r}")
    if outcome.dated is not None and (dated := table.columns.get(outcome.dated)) is not None:
        if not dated.is_moment:
            raise ValueError(f"outcome.dated: column {outcome.dated!r} must be a date, it is of type {dated.type}")
    elif outcome.dated is not None:
        raise ValueError(f"outcome.dated: table {outcome.table} declares no column {outcome.dated!r}")


def _calibration(study: Description) -> None:
    if study.calibration is None or study.calibration.kind == "target":
        return
    if study.base.as_of is None:
        raise ValueError(f"calibration: bad rates by period ({study.calibration.kind}) need base.as_of")
    if study.oversampling is not None:
        raise ValueError(
            "calibration: bads are oversampled, so the data show no rate of the population: state a target"
        )
    if "out_of_time" in study.calibration.samples and study.samples.out_of_time is None:
        raise ValueError("calibration.samples: the study has no out_of_time sample")
