from copy import deepcopy

import numpy as np
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.validation.attack import replication
from riskbench.validation.attack.replication import replication_checks


def statuses(document, tables):
    found = replication_checks(document, tables[1], tables[2], Thresholds())
    return {check.name.removeprefix("replication."): check.status for check in found}


def test_a_card_is_found_again_from_its_export(card, tables):
    assert set(statuses(card.to_dict(), tables).values()) == {"green"}


def test_a_card_that_starts_from_zero_is_found_again(card):
    card = type(card)(card.binning_, from_zero=True)._keep(card.binning_, card.logit_)
    assert replication.points_astray(card.to_dict()).value == 0


@pytest.mark.parametrize(
    ("forge", "noticed"),
    [
        (lambda d: d["points"][0]["points"].__setitem__(0, d["points"][0]["points"][0] + 1), {"points", "scores"}),
        (lambda d: d["logit"]["coefficients"].__setitem__(1, d["logit"]["coefficients"][1] + 1e-3), {"coefficients"}),
        (lambda d: d["binning"]["features"][0]["goods"].__setitem__(0, 1), {"bins", "woe"}),
        (lambda d: d["binning"]["features"][0]["woe"].__setitem__(0, 0.5), {"woe", "coefficients", "pds", "points"}),
        (lambda d: d["correction"].__setitem__(0, 0.2), {"pds", "points"}),
    ],
    ids=["points", "coefficient", "counts", "weight", "level"],
)
def test_what_was_forged_is_named(card, tables, forge, noticed):
    document = deepcopy(card.to_dict())
    forge(document)
    found = statuses(document, tables)
    assert noticed <= {name for name, status in found.items() if status == "red"}


def test_only_the_bin_that_was_edited_is_counted(card):
    document = deepcopy(card.to_dict())
    document["points"][1]["points"][0] -= 3
    assert replication.points_astray(document).value == 1


def test_a_card_moved_as_a_whole_is_astray_once(card):
    document = deepcopy(card.to_dict())
    document["points"][0]["points"] = [points + 5 for points in document["points"][0]["points"]]
    assert replication.points_astray(document).value == 1


def test_statsmodels_finds_a_slope_worked_out_by_hand(desk):
    # one feature of WoE 0 and 1, odds of bad 1:2 and 2:1: intercept −ln 2, slope 2 ln 2
    document = {
        "binning": {"features": [{"name": "x", "woe": [0.0, 1.0]}]},
        "logit": {"names": ["x"], "coefficients": [-np.log(2), 2 * np.log(2)]},
    }
    codes = desk.codes.iloc[:6, :1].set_axis(["x"], axis=1).assign(x=[0, 0, 0, 1, 1, 1])
    assert replication.coefficient_gap(document, codes, [0, 0, 1, 0, 1, 1]).value < 1e-9
