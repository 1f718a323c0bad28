from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard import WoeBinning
from riskbench.validation.population.segments import segments, segments_of

CODES = pd.DataFrame({"a": [0, 1, 1, 2], "b": [0, 0, 1, 1]})
LABELS = {"a": ["x", "y", "z"], "b": ["low", "high"]}


def test_the_sums_are_those_of_plain_counting_for_single_bins_and_for_pairs():
    found = segments(CODES, LABELS)
    weights = np.array([1.0, 10.0, 100.0, 1000.0])
    sums = dict(zip(map(found.told, zip(*found.pairs, strict=True)), found.sums(weights), strict=True))
    assert sums["a: y"] == 110
    assert sums["a: y; b: high"] == 100
    assert sums["a: x; b: high"] == 0
    assert len(sums) == 5 + 3 * 2  # no two bins of one column are a pair


def test_every_column_holds_every_row_once():
    found = segments(CODES, LABELS)
    singles = found.sums(np.ones(4))[found.pairs[0] == found.pairs[1]]
    assert (singles[:3].sum(), singles[3:].sum()) == (4, 4)


def test_who_is_inside_agrees_with_the_sums_on_any_rows():
    rows = np.array([True, False, True, True])
    found = segments(CODES, LABELS).of(rows)
    for place, pair in enumerate(zip(*found.pairs, strict=True)):
        assert found.inside(pair).sum() == found.sums(np.ones(3))[place]


def test_grades_segments_of_the_study_and_all_candidates_divide_and_no_protected_attribute(applicants):
    made = applicants(channel=["app", None, "agent"] * 1000)
    columns = {name.split(": ")[0] for name in segments_of(made).names}
    assert columns == {"grade", "product", "channel", "utilisation", "employment", "contacts"}
    assert "channel: missing" in segments_of(made).names


def test_a_feature_of_the_card_has_the_cards_own_bins(applicants):
    made = applicants()
    own = [f"utilisation: {label}" for label in made.card.binning_.features_["utilisation"].labels]
    assert [name for name in segments_of(made).names if name.startswith("utilisation")] == own


def test_a_code_without_a_label_is_refused():
    with pytest.raises(ValueError, match="code 9 of column a has no label"):
        segments(pd.DataFrame({"a": [9]}), {"a": ["x"]})


def test_a_candidate_with_one_bin_for_everybody_divides_nobody(applicants):
    made = applicants()
    one_bin = WoeBinning(max_bins=1).fit(made.features[made.developing], made.applications["y"][made.developing])
    columns = {name.split(": ")[0] for name in segments_of(replace(made, binning=one_bin)).names}
    assert "contacts" not in columns
    assert "utilisation" in columns  # of the card, whose bins are its own
