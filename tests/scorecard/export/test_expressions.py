"""The card over a table in an engine: to the point what `Scorecard` says of the same rows."""

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.expressions import bins_of, number, points_column, scored

LEVELS = ["car", "it's", " home", "漢字", "ß", "Car", "car "]
EDGES = [-1.0, 0.0, 0.1 + 0.2, 1e-7, 2.0**53, 1e300]
NUMBERS = st.one_of(st.sampled_from([*EDGES, -0.0, -999.0, None, float("inf"), -float("inf")]), st.floats(width=64))
WOE = st.floats(-3, 3).map(lambda value: round(value, 6))


@st.composite
def numeric(draw, name):
    """Bins of a number; codes may share a bin, so that points need not rise or fall."""
    cuts = sorted(draw(st.sets(st.sampled_from(EDGES), max_size=4)))
    specials = draw(st.sampled_from([[], [-999.0], [-999.0, 2.0]]))
    groups = sorted(draw(st.lists(st.integers(0, len(cuts)), min_size=len(cuts) + 1, max_size=len(cuts) + 1)))
    groups = [sorted(set(groups)).index(group) for group in groups]
    bins = max(groups) + 1 + len(specials) + 1
    woe = draw(st.lists(WOE, min_size=bins, max_size=bins))
    return name, "numeric", woe, {"cuts": cuts, "specials": specials, "groups": groups}


@st.composite
def categorical(draw, name):
    levels = draw(st.lists(st.sampled_from(LEVELS), unique=True, min_size=1, max_size=5))
    groups = [at % 2 for at in range(len(levels))]
    bins = max(groups) + 1 + 1 + 1  # a bin for all others, and that of missing values
    woe = draw(st.lists(WOE, min_size=bins, max_size=bins))
    return name, "categorical", woe, {"levels": levels, "groups": groups, "unseen": bins - 2}


@st.composite
def cards_and_rows(draw):
    features = draw(st.lists(st.booleans(), min_size=1, max_size=5))
    made = [draw((numeric if is_number else categorical)(f"x{i}")) for i, is_number in enumerate(features)]
    cells = [NUMBERS if is_number else st.sampled_from([*LEVELS, "sailor", "", None]) for is_number in features]
    rows = draw(st.lists(st.tuples(*cells), min_size=1, max_size=25))
    frame = pd.DataFrame(rows, columns=[name for name, *_ in made])
    kinds = {name: "float64" if kind == "numeric" else "str" for name, kind, *_ in made}
    return made, frame.astype(kinds), draw(st.sampled_from([-0.9, 0.7])), draw(st.booleans())


@settings(max_examples=40)
@given(cards_and_rows())
def test_it_is_the_card_to_the_point_and_the_reasons_in_their_order(make, drawn):
    make_feature, make_card = make
    features, frame, slope, from_zero = drawn
    card = make_card([make_feature(name, kind, woe, **rules) for name, kind, woe, rules in features], slope, from_zero)
    got = scored(card, ibis.memtable(frame), reasons=3).execute()
    assert got["score"].tolist() == card.points(frame).tolist()
    np.testing.assert_allclose(got["pd"], card.predict_proba(frame)[:, 1], rtol=1e-12, atol=0)
    assert got["log_odds"].tolist() == card._log_odds(frame).tolist()  # what the exact PD is made of
    expected = card.reasons(frame, n=3)
    bins = bins_of(card)
    for rank in expected:
        told = [None if pd.isna(at) else bins[int(at)][0] for at in got[rank]]
        assert told == expected[rank].tolist()


def test_a_reason_points_to_the_bin_that_the_row_is_in(card_of_income):
    card, frame = card_of_income
    got = scored(card, ibis.memtable(frame), reasons=1).execute()
    lost = got["reason_1"].dropna().astype(int)
    placed = card.binning_.bins(frame)["income"]
    assert [bins_of(card)[at] for at in lost] == [("income", int(placed[row])) for row in lost.index]


def test_nan_of_a_file_is_missing_and_whole_numbers_are_numbers(card_of_income, tmp_path):
    card, _ = card_of_income
    frame = pd.DataFrame({"income": [np.nan, 900.0, 2_000.0]})
    frame.to_parquet(tmp_path / "rows.parquet")
    engine = ibis.duckdb.connect()
    engine.raw_sql(f"copy (select 'nan'::double as income) to '{tmp_path}/nan.parquet' (format parquet)")
    missing = scored(card, engine.read_parquet(tmp_path / "nan.parquet"), reasons=0).execute()
    assert missing["score"].tolist() == card.points(frame.head(1)).tolist()
    whole = scored(card, ibis.memtable(pd.DataFrame({"income": [900, 2_000]})), reasons=0).execute()
    assert whole["score"].tolist() == card.points(frame.tail(2)).tolist()


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"wage": [1.0]}), "the card reads income, which is not among wage"),
        (pd.DataFrame({"income": ["12"]}), "income must be a column of numbers, got string"),
        (pd.DataFrame({"income": [1.0], "score": [7]}), "got score twice"),
    ],
)
def test_a_table_that_cannot_be_scored_is_refused(card_of_income, frame, message):
    with pytest.raises(ValueError, match=message):
        scored(card_of_income[0], ibis.memtable(frame))


@pytest.mark.parametrize("value", [0.1, 0.1 + 0.2, -1e-300, 2.0**53 + 2, 1.7976931348623157e308, -0.0])
def test_a_number_reaches_the_engine_as_the_very_double(value):
    assert ibis.memtable({"a": [1]}).mutate(x=number(value)).execute()["x"][0].hex() == float(value).hex()


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
def test_a_bin_is_computed_once_and_looked_up_after_that(card_of_income, dialect):
    card, frame = card_of_income
    table = ibis.table(ibis.memtable(frame).schema(), name="rows")
    query = str(ibis.to_sql(scored(card, table), dialect=dialect))
    edges = len(card.binning_.features_["income"].coding.edges)
    assert query.count("< CAST('") == edges


@pytest.fixture(scope="module")
def card_of_income() -> tuple[Scorecard, pd.DataFrame]:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"income": rng.integers(5, 40, 500) * 100.0})
    return Scorecard(WoeBinning(max_bins=4)).fit(frame, rng.random(500) < 300 / frame["income"]), frame


def test_points_by_feature_add_up_to_the_score(card_of_income):
    card, frame = card_of_income
    got = scored(card, ibis.memtable(frame), reasons=0).execute()
    assert (got[points_column("income")] + card.base_).tolist() == got["score"].tolist()
