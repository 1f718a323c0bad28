"""The card as one SQL query: bins, points, score, PDs and reasons of every row of a table."""

import re
from collections.abc import Collection, Sequence
from functools import reduce

from sqlglot import exp

from riskbench.scorecard.card import Baseline, Scorecard
from riskbench.scorecard.export import dialects
from riskbench.scorecard.export.dialects import DATABASES, DIALECTS, NAME_LIMITS, Dialect
from riskbench.scorecard.export.document import address, version_of
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.rules import Part, Rule, base_log_odds, parts_of


def scoring_query(
    card: Scorecard,
    dialect: Dialect = "duckdb",
    table: str = "features",
    key: str = "application",
    reasons: int = 4,
    booleans: Collection[str] = (),
    baseline: Baseline = "best",
) -> str:
    """The SQL that scores `table`, which holds `key` and the features of the card as columns of these names.

    One row comes out for each that goes in: `key`; `<feature>_points`; `score`, the sum of these and the base
    (`Scorecard.points`); `pd` by the exact coefficients (`predict_proba`); `pd_of_score`, which the rounded score
    stands for (`score_to_pd`); `reason_1` and on, the features that lost most points against `baseline`
    (`Scorecard.reasons`), NULL where none is left. `booleans` are the columns that the table holds as BOOLEAN. Columns
    of numbers may hold any numbers; columns of texts are compared by characters, upper and lower case and blanks
    included.

    Needs MySQL 8.0.17, MariaDB 10.4 or SQL Server 2022, or a PostgreSQL, DuckDB or Spark that is still maintained.
    Raises ValueError for an unknown dialect, for fewer than one reason, and for names of columns that the result would
    have twice or that are too long for the database.
    """
    if dialect not in DIALECTS:
        raise ValueError(f"dialect must be one of {', '.join(DIALECTS)}, got {dialect!r}")
    if reasons < 1:
        raise ValueError(f"reasons must be at least 1, got {reasons}")
    parts = parts_of(card, baseline)
    _check_names([key, *_names(parts, reasons)], dialect)
    return _Query(card, parts, dialect, key, min(reasons, len(parts)), booleans).sql(table)


def sql_file(card: Scorecard, edition: Edition, dialect: Dialect) -> str:
    """`scoring_query` below a few lines of comment that say which card it is and what comes out."""
    query = scoring_query(
        card, dialect, edition.table, edition.key, edition.reasons, edition.booleans, edition.baseline
    )
    better = {"best": "their best bin", "neutral": "average risk"}[edition.baseline]
    head = (
        f"{edition.title}, version {edition.version or version_of(card)}, for {DATABASES[dialect]}",
        f"card sha256 {address(card)}",
        f"score is the sum of the points: {card.base_score:g} points are odds of {card.base_odds:g} good to one bad, "
        f"{card.pdo:g} points double them",
        "pd is exact, by the coefficients; pd_of_score is what the rounded score stands for",
        f"reasons are the features that lost most points against {better}",
        f'put the names of your table and of its key in the place of "{edition.table}" and "{edition.key}"',
    )
    return "".join(f"-- {' '.join(line.split())}\n" for line in head) + query


class _Query:
    """The query in layers, each reading the one before: inputs, bins, points, scores, reasons one by one, the names.

    Inside, columns are numbered, so that no name of a feature can meet another: `x1` is the value of the first
    feature, `b1` its bin, `p1` its points, `l1` what it lost.
    """

    def __init__(
        self,
        card: Scorecard,
        parts: Sequence[Part],
        dialect: Dialect,
        key: str,
        reasons: int,
        booleans: Collection[str],
    ):
        self.card, self.parts, self.dialect, self.reasons = card, parts, dialect, reasons
        self.booleans = booleans
        self.key = _column(key)

    def sql(self, table: str) -> str:
        """The query as text."""
        layers = {"inputs": self._inputs().from_(exp.to_table(table, dialect=self.dialect))}
        for name, columns in (
            ("bins", self._bins()),
            ("points", self._points()),
            ("scores", self._scores()),
            *((f"reasons_{rank}", self._reason(rank)) for rank in range(1, self.reasons + 1)),
        ):
            layers[name] = exp.select(*columns).from_(list(layers)[-1])
        query = exp.select(*self._named()).from_(list(layers)[-1])
        for name, layer in layers.items():
            query = query.with_(name, as_=dialects.fenced(layer, self.dialect), copy=False)
        written = query.sql(self.dialect, pretty=True, identify=True) + "\n"
        texts = [self.key.name, *(name for part in self.parts for name in (part.feature, *part.bins.coding.levels))]
        return written if any("\n" in name for name in texts) else re.sub(r"\n +THEN ", " THEN ", written)

    def _inputs(self) -> exp.Select:
        """Each column once, in the type that it is compared in."""
        columns = []
        for i, part in enumerate(self.parts, 1):
            typed = dialects.number_column if part.numeric else dialects.text_column
            columns.append(_as(typed(_column(part.feature), self.dialect, part.feature in self.booleans), f"x{i}"))
        return exp.select(self.key, *columns)

    def _bins(self) -> list[exp.Expr]:
        return [self.key, *(_as(self._bin(part, f"x{i}"), f"b{i}") for i, part in enumerate(self.parts, 1))]

    def _bin(self, part: Part, name: str) -> exp.Expr:
        """Rules in their order; the last one holds for whatever is left."""
        *first, last = part.rules
        ifs = [exp.If(this=self._condition(rule, name), true=exp.Literal.number(rule.bin)) for rule in first]
        return exp.Case(ifs=ifs, default=exp.Literal.number(last.bin))

    def _condition(self, rule: Rule, name: str) -> exp.Expr:
        column = _column(name)
        if rule.kind == "missing":
            return column.is_(exp.null())
        if rule.kind == "interval" and rule.upper is not None:  # what lies below was taken by an earlier rule
            return exp.LT(this=column, expression=dialects.number(rule.upper, self.dialect))
        values = [
            dialects.text(value, self.dialect) if isinstance(value, str) else dialects.number(value, self.dialect)
            for value in rule.values
        ]
        return exp.EQ(this=column, expression=values[0]) if len(values) == 1 else column.isin(*values)

    def _points(self) -> list[exp.Expr]:
        """Points by feature, and the log odds by the exact coefficients."""
        earned = [
            _as(_lookup(_column(f"b{i}"), [exp.Literal.number(int(points)) for points in part.points]), f"p{i}")
            for i, part in enumerate(self.parts, 1)
        ]
        odds = [
            _lookup(_column(f"b{i}"), [dialects.number(float(value), self.dialect) for value in part.log_odds])
            for i, part in enumerate(self.parts, 1)
        ]
        log_odds = reduce(_plus, odds, dialects.number(base_log_odds(self.card), self.dialect))
        return [self.key, *earned, _as(log_odds, "log_odds")]

    def _scores(self) -> list[exp.Expr]:
        """The score, and each loss times the number of features plus a rank among equals: no two can be the same."""
        points, size, lost = self._numbered("p"), len(self.parts), []
        for i, part in enumerate(self.parts, 1):
            rank = size - i
            loss: exp.Expr = exp.Literal.number(part.baseline * size + rank) - _column(f"p{i}") * exp.Literal.number(
                size
            )
            if part.points.max() > part.baseline:  # a bin never seen may earn more than any that was
                loss = dialects.greatest([loss, exp.Literal.number(rank)])
            lost.append(_as(loss, f"l{i}"))
        base = self.card.base_
        score = reduce(_plus, [*([exp.Literal.number(base)] if base else []), *points])
        return [self.key, *points, _column("log_odds"), _as(score, "score"), *lost]

    def _reason(self, rank: int) -> list[exp.Expr]:
        """The largest loss that is smaller than the one before."""
        losses = self._numbered("l")
        if rank > 1:
            before, none = _column(f"r{rank - 1}"), exp.Literal.number(-1)
            worse: list[exp.Expr] = [
                exp.Case().when(exp.LT(this=loss, expression=before), loss).else_(none) for loss in losses
            ]
        else:
            worse = losses
        found = [_column(f"r{earlier}") for earlier in range(1, rank)]
        carried = [self.key, *self._numbered("p"), _column("log_odds"), _column("score"), *losses, *found]
        return [*carried, _as(dialects.greatest(worse), f"r{rank}")]

    def _named(self) -> list[exp.Expr]:
        offset, factor = (dialects.number(value, self.dialect) for value in (self.card.offset, self.card.factor))
        above = exp.paren(_column("score") - offset) / factor
        values = [
            *self._numbered("p"),
            _column("score"),
            _logistic(exp.Neg(this=_column("log_odds"))),
            _logistic(above),
            *(self._feature(f"r{rank}") for rank in range(1, self.reasons + 1)),
        ]
        names = _names(self.parts, self.reasons)
        return [self.key, *(_as(value, name) for value, name in zip(values, names, strict=True))]

    def _feature(self, name: str) -> exp.Expr:
        """The feature that a loss belongs to; NULL where nothing was lost."""
        size, loss = exp.Literal.number(len(self.parts)), _column(name)
        ranked = [dialects.label(part.feature, self.dialect) for part in reversed(self.parts)]
        feature = _lookup(exp.Mod(this=loss, expression=size), ranked)
        return exp.Case().when(exp.GTE(this=loss, expression=size), feature)

    def _numbered(self, letter: str) -> list[exp.Expr]:
        return [_column(f"{letter}{i}") for i in range(1, len(self.parts) + 1)]


def _names(parts: Sequence[Part], reasons: int) -> list[str]:
    ranks = range(1, min(reasons, len(parts)) + 1)
    return [
        *(f"{part.feature}_points" for part in parts),
        "score",
        "pd",
        "pd_of_score",
        *(f"reason_{r}" for r in ranks),
    ]


def _check_names(names: Sequence[str], dialect: Dialect) -> None:
    folded = [name.lower() for name in names]
    if twice := sorted({name for name in names if folded.count(name.lower()) > 1}):
        raise ValueError(f"columns of the result must have names of their own, got {', '.join(twice)} twice")
    limit = NAME_LIMITS.get(dialect)
    if limit and (long := [name for name in names if len(name.encode() if dialect == "postgres" else name) > limit]):
        raise ValueError(f"names in {dialect} must have at most {limit} characters or bytes, got {', '.join(long)}")


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _as(value: exp.Expr, name: str) -> exp.Expr:
    return value if value.name == name else exp.alias_(value, name, quoted=True)


def _plus(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.Add(this=left, expression=right)


def _lookup(position: exp.Expr, values: Sequence[exp.Expr]) -> exp.Expr:
    """The value that stands at a position."""
    ifs = [exp.If(this=exp.Literal.number(i), true=value) for i, value in enumerate(values)]
    return exp.Case(this=position, ifs=ifs)


def _logistic(negative: exp.Expr) -> exp.Expr:
    """1 / (1 + exp(negative))."""
    one = exp.Literal.number(1)
    return exp.Div(this=one, expression=exp.paren(one + exp.Exp(this=negative)), typed=True)
