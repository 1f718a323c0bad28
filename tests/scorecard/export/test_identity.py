"""One card, whichever way it is asked: transform, points, JSON, SQL run by DuckDB and by PostgreSQL."""

import json
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.core.thresholds import Thresholds
from riskbench.data.querying import ask
from riskbench.scorecard import Scorecard
from riskbench.scorecard.export.document import card_document
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.identity import boundary_cases, differences, export_checks, scored
from riskbench.scorecard.export.rules import parts_of
from riskbench.scorecard.export.sql import scoring_query

Rows = list[dict[str, Any]]
Run = Callable[[Scorecard, pd.DataFrame], pd.DataFrame]

# NUL is no character of a database, a lone surrogate none of Unicode
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)
CUTS = st.one_of(
    st.integers(-5, 5).map(float),
    st.decimals(-99, 99, places=2).map(float),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.floats(allow_nan=False, allow_infinity=False),
)
WOE = st.floats(-3, 3)


@st.composite
def cards(draw: st.DrawFn, feature: Callable[..., dict], make_card: Callable[..., Scorecard]) -> Scorecard:
    cuts = sorted(draw(st.sets(CUTS.map(lambda cut: cut + 0.0), max_size=4)))
    specials = draw(st.lists(CUTS, max_size=2, unique=True))
    size = len(cuts) + len(specials) + 2
    number = feature(
        "number",
        "numeric",
        draw(st.lists(WOE, min_size=size, max_size=size)),
        cuts=cuts,
        specials=specials,
        groups=list(range(len(cuts) + 1)),
    )
    levels = draw(st.lists(TEXTS, max_size=5, unique=True))
    words = [level for level in draw(st.lists(TEXTS, max_size=1)) if level not in levels]
    groups = draw(st.lists(st.integers(0, 2), min_size=len(levels), max_size=len(levels)))
    size = 3 + len(words) + 1
    text = feature(
        "text",
        "categorical",
        draw(st.lists(WOE, min_size=size, max_size=size)),
        levels=levels,
        groups=groups,
        unseen=2,
        specials=words,
    )
    return make_card([number, text])


def typed(X: pd.DataFrame) -> pa.Table:
    """NaN stays NaN beside NULL: every other missing number is one, the rest the other."""
    columns = {}
    for name in X:
        values = X[name].tolist()
        if X[name].dtype == float:
            columns[name] = pa.array(
                [None if v != v and i % 2 else v for i, v in enumerate(values)], pa.float64(), from_pandas=False
            )
        else:
            columns[name] = pa.array(values, pa.string(), from_pandas=True)
    return pa.table(columns | {"row_": pa.array(range(len(X)), pa.int64())})


def by_duckdb(card: Scorecard, X: pd.DataFrame) -> pd.DataFrame:
    query = scoring_query(card, "duckdb", key="row_")
    return ask(query, {"features": typed(X)}).sort_values("row_", ignore_index=True)


@pytest.fixture(scope="module")
def by_postgres(postgres: str) -> Iterator[Run]:
    psycopg = pytest.importorskip("psycopg")
    address = postgres.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address, autocommit=True) as connection:

        def run(card: Scorecard, X: pd.DataFrame) -> pd.DataFrame:
            table = typed(X)
            names = ", ".join(f'"{name.replace(chr(34), 2 * chr(34))}"' for name in table.column_names)
            kinds = ["double precision" if pa.types.is_floating(kind) else "text" for kind in table.schema.types[:-1]]
            made = ", ".join(f"{name} {kind}" for name, kind in zip(names.split(", "), [*kinds, "int"], strict=True))
            with connection.cursor() as cursor:
                cursor.execute(f"drop table if exists features; create temp table features ({made})")
                with cursor.copy(f"copy features ({names}) from stdin") as copy:
                    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
                        copy.write_row(row)
                cursor.execute(scoring_query(card, "postgres", key="row_").encode())
                found = pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])
            return found.sort_values("row_", ignore_index=True)

        yield run


def agrees(card: Scorecard, X: pd.DataFrame, run: Run) -> None:
    rows, gap = differences(scored(card, X), run(card, X))
    assert rows == 0
    assert gap < 1e-12


def test_points_that_everybody_has_are_part_of_the_score(card: Scorecard, card_from_zero: Scorecard) -> None:
    X = boundary_cases(card)
    assert card_from_zero.base_ > 0
    assert scored(card_from_zero, X)["score"].tolist() == scored(card, X)["score"].tolist()
    agrees(card_from_zero, X, by_duckdb)


def test_reasons_below_average_risk_are_those_of_the_card(card: Scorecard) -> None:
    X = boundary_cases(card).assign(row_=lambda of: range(len(of)))
    query = scoring_query(card, key="row_", baseline="neutral")
    got = ask(query, {"features": X}).sort_values("row_", ignore_index=True)
    expected = scored(card, X, baseline="neutral")
    assert differences(expected, got)[0] == 0
    assert not expected["reason_1"].equals(scored(card, X)["reason_1"])


def test_points_are_those_of_the_bins_that_transform_uses(card: Scorecard) -> None:
    X = boundary_cases(card)
    weights, got = card.binning_.transform(X), scored(card, X)
    for part in parts_of(card):
        of_points = dict(zip(part.bins.woe, part.points, strict=True))
        assert got[f"{part.feature}_points"].tolist() == [of_points[woe] for woe in weights[part.feature]]
    assert got.filter(like="_points").sum(axis=1).tolist() == got["score"].tolist()


def test_boundary_cases_reach_every_bin(card: Scorecard) -> None:
    bins = card.binning_.bins(boundary_cases(card))
    for name, of in card.binning_.features_.items():
        assert set(bins[name]) == set(range(len(of.labels)))


def test_duckdb_scores_every_boundary_as_the_card_does(card: Scorecard) -> None:
    agrees(card, boundary_cases(card), by_duckdb)


def test_postgresql_scores_every_boundary_as_the_card_does(card: Scorecard, by_postgres: Run) -> None:
    agrees(card, boundary_cases(card), by_postgres)


@settings(max_examples=25)
@given(data=st.data())
def test_any_card_is_itself_in_json_and_duckdb(make: Any, data: st.DataObject) -> None:
    card = data.draw(cards(*make))
    X = boundary_cases(card)
    again = Scorecard.from_dict(json.loads(json.dumps(card.to_dict())))
    assert differences(scored(card, X), scored(again, X)) == (0, 0.0)
    agrees(card, X, by_duckdb)


@settings(max_examples=25)
@given(data=st.data())
def test_any_card_is_itself_in_postgresql(make: Any, by_postgres: Run, data: st.DataObject) -> None:
    card = data.draw(cards(*make))
    agrees(card, boundary_cases(card), by_postgres)


@settings(max_examples=15)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "ratio": st.one_of(
                    st.none(), st.floats(), st.sampled_from([0.1, 0.3, 1e-7]).map(np.float32).map(float)
                ),
                "late": st.one_of(st.none(), st.integers(-3, 2**62).map(float), st.sampled_from([-1.0, 99.9, 2.5])),
                "text": st.one_of(st.none(), TEXTS, st.sampled_from(["car", "CAR", "car ", " home", "ß", "?"])),
                "twin": st.one_of(st.none(), st.booleans().map(float)),
            }
        ),
        min_size=1,
        max_size=20,
    )
)
def test_any_rows_score_alike_in_duckdb_and_postgresql(card: Scorecard, by_postgres: Run, rows: Rows) -> None:
    strange = list(card.points_)[2]
    X = pd.DataFrame(rows).rename(columns={"text": strange})
    X = X.astype(dict.fromkeys(("ratio", "late", "twin"), float)).astype({strange: object})
    agrees(card, X, by_duckdb)
    agrees(card, X, by_postgres)


@pytest.mark.parametrize("kind", ["bigint", "smallint", "float", "decimal(12, 4)", "boolean"])
def test_columns_of_any_numeric_type_are_compared_as_python_compares_them(make: Any, kind: str) -> None:
    feature, make_card = make
    card = make_card([feature("n", "numeric", [0.5, -0.5, 0.1], cuts=[0.1], groups=[0, 1])])
    table = f"(select unnest([1, 0.1, 0, null])::{kind} as n, unnest([0, 1, 2, 3]) as row_)"
    query = scoring_query(card, "duckdb", key="row_", booleans=["n"] if kind == "boolean" else [])
    numbers = ask(f"select n::double as n from {table} order by row_", {})  # 0.1 as float is above 0.1
    got = ask(f"create temp view features as select * from {table}; {query}", {}).sort_values("row_")
    assert differences(scored(card, numbers), got.reset_index(drop=True))[0] == 0


def test_booleans_are_numbers_or_levels_in_postgresql_too(make: Any, postgres: str) -> None:
    psycopg = pytest.importorskip("psycopg")
    feature, make_card = make
    card = make_card(
        [
            feature("n", "numeric", [0.5, -0.5, 0.1], cuts=[1.0], groups=[0, 1]),
            feature("c", "categorical", [0.5, -0.5, 0.1, 0.2], levels=["False", "True"], groups=[0, 1], unseen=2),
        ]
    )
    query = scoring_query(card, "postgres", "flags", "k", booleans=["n", "c"])
    with psycopg.connect(postgres.replace("+psycopg", "")) as connection:
        connection.execute(
            "create temp table flags as select * from (values (1, true, false), (2, null, null)) v (k, n, c)"
        )
        rows = connection.execute(query.encode()).fetchall()
    X = pd.DataFrame({"n": [1.0, None], "c": pd.Series([False, None], dtype=object)})
    assert sorted(row[3] for row in rows) == sorted(scored(card, X)["score"])


def test_the_checks_of_a_true_export_are_green(card: Scorecard) -> None:
    X = boundary_cases(card)
    checks = export_checks(card, card_document(card, "t"), scoring_query(card), X, Thresholds(), Edition("t"))
    assert [(check.status, check.estimate.n) for check in checks] == [("green", 2 * len(X))] * 3


def test_an_export_of_another_card_is_found(card: Scorecard) -> None:
    other, X = card.shifted(1.0), boundary_cases(card)
    checks = export_checks(card, card_document(other, "t"), scoring_query(other), X, Thresholds(), Edition("t"))
    assert [check.status for check in checks] == ["red"] * 3
    assert [check.estimate.value for check in checks[:2]] == [2 * len(X)] * 2


def test_tables_of_different_length_are_not_compared(card: Scorecard) -> None:
    told = scored(card, boundary_cases(card))
    with pytest.raises(ValueError, match=r"both must score the same rows, got \d+ and 1"):
        differences(told, told.head(1))


def test_the_neighbours_of_a_cut_are_one_bit_away(card: Scorecard) -> None:
    below, cut, above = boundary_cases(card)["ratio"][:3]
    bits = [struct.unpack("<q", struct.pack("<d", value))[0] for value in (below, cut, above)]
    assert bits == [bits[1] - 1, bits[1], bits[1] + 1]
