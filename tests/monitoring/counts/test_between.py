"""Two frames side by side give what their counts would, day by day counted and added up."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.monitoring.counts.between import PIECE, psi_between
from riskbench.monitoring.counts.drift import drift_of
from riskbench.monitoring.counts.from_frame import Seen, count_frame
from riskbench.monitoring.counts.yardstick import Yardstick
from tests.examples import examples

from .conftest import Lender

APPLICATION = st.fixed_dictionaries(
    {
        "burden": st.sampled_from([None, 0.0, -0.0, 0.1, 0.1 + 0.2, 0.55, 1.0, 3.0, 1e9, float("inf"), -float("inf")]),
        "enquiries": st.sampled_from([None, -999.0, 0.0, 1.0, 2.5, 7.0]),
        "channel": st.sampled_from([None, "app", "branch", "web", "fax", "missing", "other"]),
        "score": st.sampled_from([None, 400.0, 500.0, 501.0, 540.0, 600.0]),
    }
)
TYPES = {"burden": float, "enquiries": float, "channel": "str", "score": float}
SAME = ["subject", "n", "reference_n", "psi", "critical", "p_value", "reason"]


def frame(applications: list[dict]) -> pd.DataFrame:
    return pd.DataFrame(applications, columns=list(TYPES)).astype(TYPES)


def by_counts(now: pd.DataFrame, before: pd.DataFrame, of: Yardstick) -> pd.DataFrame:
    def counted(rows: pd.DataFrame):
        days = pd.Series(pd.Timestamp("2026-03-01"), index=rows.index)
        return count_frame(Seen(days, rows, rows[["score"]].assign(pd=0.1)), of)

    return drift_of(counted(now), counted(before), "all").astype({"n": "int64"})[SAME]


@pytest.fixture(scope="module")
def of(lender: Lender) -> Yardstick:
    return Yardstick(model="m", edges=(500.0, 540.0)).for_bundle(lender.bundle)


@settings(max_examples=examples(4))
@given(
    applications=st.lists(st.lists(APPLICATION, min_size=1, max_size=60), min_size=2, max_size=2), arrow=st.booleans()
)
def test_what_frames_say_is_what_their_counts_say(of: Yardstick, applications: list[list[dict]], arrow: bool):
    now, before = map(frame, applications)
    expected = by_counts(now, before, of).set_index("subject")
    rows = [pa.Table.from_pandas(side) for side in (now, before)] if arrow else [now, before]
    found = psi_between(*rows, of).set_index("subject").loc[expected.index]  # no score at all: no row of counts
    pd.testing.assert_frame_equal(found, expected, rtol=1e-12)


def test_a_column_of_several_pieces_is_counted_whole(of: Yardstick):
    rng = np.random.default_rng(1)
    rows = [
        pd.DataFrame({"enquiries": rng.choice([-999, 0, 1, 2, 3, 5], 2 * PIECE + 7, p=p), "score": 1.0})
        for p in ([0.1, 0.5, 0.1, 0.1, 0.1, 0.1], [0.2, 0.4, 0.1, 0.1, 0.1, 0.1])
    ]
    found = psi_between(*rows, of).set_index("subject")
    expected = by_counts(*rows, of).set_index("subject")
    pd.testing.assert_frame_equal(found.loc[expected.index], expected, rtol=1e-12)


@pytest.mark.parametrize("kind", ["int16", "float32", "Int64", "object", "bool"])
def test_numbers_count_alike_in_whatever_type_they_come(of: Yardstick, kind: str):
    column = pd.Series([0, 1, 1, 0, 1, 0, 0]).astype(kind)
    rows = pd.DataFrame({"burden": column, "enquiries": column, "channel": pd.Series(["app"] * 7, dtype="category")})
    other = rows.iloc[:5]
    found = psi_between(rows.assign(score=1.0), other.assign(score=1.0), of)
    pd.testing.assert_frame_equal(
        found.sort_values("subject", ignore_index=True),
        by_counts(rows.assign(score=1.0), other.assign(score=1.0), of).sort_values("subject", ignore_index=True),
        rtol=1e-12,
    )


def test_a_column_that_one_side_lacks_has_a_reason_and_a_wrong_kind_is_refused(of: Yardstick):
    rows = frame([{"burden": 0.2, "enquiries": 1.0, "channel": "app", "score": 510.0}] * 5)
    found = psi_between(rows, rows.drop(columns="burden"), of).set_index("subject")
    assert found.loc["feature:burden", "reason"] == "one of the two samples is empty"
    with pytest.raises(ValueError, match="column 'burden' must hold numbers"):
        psi_between(rows.assign(burden="much"), rows, of)
