"""The bundle: it scores and decides as what it was made of, and nothing but itself is ever taken for it."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.errors import DataError
from riskbench.core.files import canonical_json
from riskbench.data.candidates import candidates_of
from riskbench.decision.bundle.bundle import BundleError, load_bundle
from riskbench.decision.decide import decide
from riskbench.decision.policy_frame import policy_frame


@pytest.fixture(scope="module")
def bundle(lender):
    return lender.bundle("amount_to_income", "employment", "night_share", level=0.25)


@pytest.fixture(scope="module")
def read_back(written):
    return load_bundle(written)


@pytest.fixture(scope="module")
def written(bundle):
    return canonical_json(bundle.document).encode()


def changed(written, **parts):
    return canonical_json(json.loads(written) | parts).encode()


def test_it_scores_to_the_point_as_the_card_does(bundle, lender):
    X = candidates_of(lender.study, lender.applications)[list(bundle.scorecard.points_)]
    scored = bundle.score(lender.applications)
    assert scored["score"].tolist() == bundle.scorecard.points(X).tolist()
    assert scored["pd"].tolist() == bundle.scorecard.predict_proba(X)[:, 1].tolist()


def test_it_decides_as_a_run_does_from_its_tables_of_features_and_scores(bundle, lender):
    features = candidates_of(lender.study, lender.applications).assign(application=0)
    scores = bundle.score(lender.applications).rename(columns={"pd": "pd_applied"})
    applications = lender.applications.assign(customer_decision="approved", decision="approved")
    by_run = decide(bundle.credit_policy, policy_frame(lender.study, applications, features, scores))
    pd.testing.assert_frame_equal(bundle.decide(lender.applications), by_run)


def test_read_back_it_is_the_same_and_known_by_the_hash_of_its_bytes(bundle, written, tmp_path):
    (tmp_path / "bundle.json").write_bytes(written)
    assert bundle.address == hashlib.sha256(written).hexdigest()
    assert load_bundle(tmp_path / "bundle.json", bundle.address) == load_bundle(written) == bundle


# cells that a real table may hold: ordinary, extreme, special, missing, and levels nobody has seen
NUMBERS = st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.sampled_from([0.0, -999.0, 1e300]))


@given(st.lists(st.tuples(NUMBERS, NUMBERS, st.sampled_from(["public", "sailor", None])), min_size=1, max_size=20))
def test_whatever_the_cells_hold_it_scores_as_the_card_it_was_made_of(bundle, read_back, rows):
    frame = pd.DataFrame(rows, columns=["amount_to_income", "night_share", "employment"])
    frame = frame.astype({"employment": object})
    expected = bundle.scorecard.points(frame[list(bundle.scorecard.points_)])
    assert read_back.score(frame)["score"].tolist() == expected.tolist()


@given(st.data())
def test_any_byte_that_is_changed_is_found(bundle, written, data):
    at = data.draw(st.integers(0, len(written) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != written[at]))
    with pytest.raises(BundleError, match="not the bundle that was asked for"):
        load_bundle(written[:at] + bytes([other]) + written[at + 1 :], bundle.address)


@pytest.mark.parametrize(
    ("alter", "message"),
    [
        (lambda w: w[:-200], "cut off"),
        (lambda w: b"[" * 100_000, "cut off"),
        (lambda w: b"[]", "schema version None"),
        (lambda w: changed(w, schema_version=3), "schema version 3, and 2.*newer riskbench"),
        (lambda w: changed(w, pickle="gASV"), "pickle: no such key"),
        (lambda w: changed(w, study=7), "study: Input should be a valid string"),
        (lambda w: changed(w, card_address="0" * 64), "card_address must be that of the card"),
        (lambda w: changed(w, card=json.loads(w)["card"] | {"hook": "import os"}), "holds something else"),
        (lambda w: changed(w, card={}), "card cannot be read|Field required"),
        (lambda w: changed(w, policy={"schema_version": 2, "bands": 3}), "valid list"),
        (lambda w: changed(w, reasons={"features": [], "rules": [], "bands": {}}), "one text a bin"),
        (lambda w: changed(w, inputs={"columns": [], "engineered": []}), "lack amount_to_income"),
        (lambda w: changed(w, calibration=json.loads(w)["calibration"] * 2), "must lead to the line of the card"),
        (lambda w: w.replace(b'"study"', b'"study" '), "canonical form"),
        (lambda w: w.replace(b'  "study": "microloan"', b'  "study": "x",\n  "study": "microloan"'), "canonical form"),
    ],
)  # fmt: skip
def test_what_is_no_bundle_is_refused_in_a_sentence(written, alter, message):
    with pytest.raises(BundleError, match=message):
        load_bundle(alter(written))


def test_points_moved_in_favour_of_somebody_are_refused_even_with_a_fresh_address(written):
    content = json.loads(written)
    content["card"]["points"][0]["points"][0] += 40
    with pytest.raises(BundleError, match="points of a card must follow"):
        load_bundle(canonical_json(content).encode())


def test_a_bundle_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(BundleError, match=r"there is no bundle .*gone\.json"):
        load_bundle(tmp_path / "gone.json")


def test_columns_that_are_lacking_are_named(bundle, lender):
    with pytest.raises(DataError, match="column monthly_income"):
        bundle.score(lender.applications.drop(columns=["monthly_income"]))
    assert bundle.lacking(pd.Index(["amount_to_income", "night_share", "employment"]), of="card") == []


def test_an_engineered_feature_that_is_handed_over_is_taken_as_it_is(bundle, lender):
    few = lender.applications.head(3).assign(amount_to_income=[np.nan, 0.0, 1e6])
    points = bundle.scorecard.points(few[list(bundle.scorecard.points_)])
    assert bundle.score(few)["score"].tolist() == points.tolist()
