from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.row import RowDecider

FEATURES = ("burden", "enquiries_6m", "delinquencies_12m", "employment", "night_share")
SAME = ("action", "band", "rule", "amount")


@pytest.fixture(scope="module")
def bundle(lender) -> Bundle:
    """A card on a formula, numbers and texts, with the policy of the study."""
    return lender.bundle(*FEATURES)


@pytest.fixture(scope="module")
def decider(bundle) -> RowDecider:
    """What decides one application at a time."""
    return RowDecider(bundle)


@pytest.fixture(scope="module")
def inputs(lender, bundle) -> list[dict[str, Any]]:
    """The applications as whoever asks for a decision hands them over."""
    terms = np.resize([1.0, 3, 6, 9, 0, np.nan], len(lender.applications))  # two of them out of range
    return rows_of(lender.applications.assign(term_months=terms)[[column.name for column in bundle.inputs.columns]])


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def frame_of(bundle: Bundle, rows: list[dict[str, Any]]) -> pd.DataFrame:
    kinds = {c.name: "float" if c.type in ("number", "integer") else "str" for c in bundle.inputs.columns}
    return pd.DataFrame(rows).astype(kinds)


def assert_alike(decider: RowDecider, rows: list[dict[str, Any]]) -> None:
    """Every application has the outcome that the bundle gives it in a frame."""
    bundle, frame = decider.bundle, frame_of(decider.bundle, rows)
    outcomes = [decider(row) for row in rows]
    scored, decided = bundle.score(frame), bundle.decide(frame)
    assert [o.score for o in outcomes] == scored["score"].tolist()
    assert [o.pd for o in outcomes] == scored["pd"].tolist()
    for name in SAME:
        assert [getattr(o.decision, name) for o in outcomes] == decided[name].tolist()
    told = bundle.scorecard.reasons(bundle.completed(frame)[list(bundle.scorecard.points_)]).to_numpy().tolist()
    assert [[name for name, _ in o.reasons] for o in outcomes] == [[n for n in row if n] for row in told]


def test_every_application_is_decided_as_in_the_frame_of_the_bundle(decider, inputs):
    assert decider.slow == {}
    assert_alike(decider, inputs)
