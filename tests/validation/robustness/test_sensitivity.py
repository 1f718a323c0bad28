"""Cards after other choices, beside the champion."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Thresholds
from riskbench.metrics import auc, delong
from riskbench.validation.robustness.sensitivity import (
    NOBODY,
    _holdout,
    definitions_beside,
    forest,
    not_tried,
    sensitivity_checks,
    sensitivity_table,
    tried,
)
from riskbench.validation.robustness.variants import Variant, variants


def row_of(bench, **changes):
    return sensitivity_table(bench, [Variant("bins", "it", **changes)]).iloc[0]


def test_a_variant_that_changes_nothing_is_the_champion(dated):
    row = row_of(dated, design=dated.design)
    assert (row["cases"], row["bads"]) == (dated.developed.sum(), dated.y[dated.developed].sum())
    assert row["features"] == row["same_features"] == len(dated.champion.points_)
    assert (row["auc_gain"], row["grade_moved"], row["moved"]) == (0, 0, 0)
    assert row["rank_correlation"] == pytest.approx(1)


def test_a_variant_is_judged_by_its_own_label_and_by_the_champions(dated):
    y = np.where(dated.candidates["used"].fillna(0) > 0.8, 1.0, dated.y)  # more are bad
    row = row_of(dated, rows=dated.developed, y=y)
    built = dated.rebuilt(np.flatnonzero(dated.developed & ~np.isnan(y)), y)
    own = dated.judging & ~np.isnan(y)
    assert row["bads"] == np.nansum(y[dated.developed])
    judged, champion = dated.judged, dated.original.score
    assert row["auc"] == auc(y[own], -built.score[own]).value
    assert row["champion_auc"] == auc(y[own], -champion[own]).value
    assert row["own_gain"] == pytest.approx(row["auc"] - row["champion_auc"])
    gain = delong(dated.y[judged], -built.score[judged], -champion[judged])
    assert (row["auc_gain"], row["auc_gain_lower"]) == (gain.value, gain.lower)
    assert row["rank_correlation"] == pytest.approx(spearmanr(built.score[dated.judging], champion[dated.judging])[0])


def test_another_level_alone_moves_nobody(dated):
    lifted = _holdout(dated, dated.original.score + 30, dated.y)
    assert (lifted["grade_moved"], lifted["moved"], lifted["auc_gain"]) == (0, 0, 0)


def test_another_spread_moves_those_who_change_their_grade_or_side(dated):
    score, who = dated.original.score, dated.judging
    wider = _holdout(dated, 2 * score - 500, dated.y)
    assert wider["rank_correlation"] == pytest.approx(1)
    assert wider["grade_moved"] > 0.2
    assert wider["moved_lower"] < wider["moved"] < wider["moved_upper"] < np.mean(score[who] < 520)


def test_what_cannot_be_built_says_why_and_is_not_shown_among_the_cards(dated):
    noise = np.where(np.arange(len(dated.y)) % 4 == 0, 1.0, 0.0)
    table = sensitivity_table(
        dated,
        [
            Variant("window", "no dates", reason="the study has no decision dates"),
            Variant("definition", "all good", rows=dated.developed, y=np.zeros(len(dated.y))),
            Variant("definition", "noise", rows=dated.developed, y=noise),
            Variant("bins", "as it is", design=dated.design),
        ],
    )
    assert table["reason"].tolist()[0] == "the study has no decision dates"
    assert "bad and good" in table["reason"][1]
    assert table["reason"].tolist()[2:] == [NOBODY, ""]
    assert tried(table)["change"].tolist() == ["noise", "as it is"]
    assert forest(table)["change"].tolist() == ["as it is"]
    assert not_tried(table).startswith("Not evaluated, no dates: the study has no decision dates. ")


def test_without_a_cut_off_no_decision_moves_or_stays(dated):
    assert np.isnan(row_of(replace(dated, cut_off=None), design=dated.design)["moved"])


def test_definitions_stand_beside_the_champion_by_their_own_label(dated):
    variants = [
        Variant("definition", "same label", rows=dated.developed, y=dated.y),
        Variant("bins", "as it is", design=dated.design),
    ]
    beside = definitions_beside(sensitivity_table(dated, variants))
    assert beside["change"].tolist() == ["same label"]
    assert (beside["auc"] == beside["champion_auc"]).all()


def test_what_has_nothing_to_show_says_why(undated):
    table = sensitivity_table(undated, [Variant("definition", "another", reason="a plain column")])
    with pytest.raises(NotEvaluated, match="a plain column"):
        definitions_beside(table)
    with pytest.raises(NotEvaluated, match="no card after another choice"):
        forest(table)


def checked(*rows):
    names = ["family", "change", "auc_gain", "auc_gain_lower", "auc_gain_upper", "rank_correlation", "reason"]
    table = pd.DataFrame(rows, columns=names).assign(moved=np.nan)
    table["own_gain"] = table["auc_gain"]
    return {c.name: c for c in sensitivity_checks(table, "test", Thresholds())}


def test_the_largest_gain_is_judged_over_choices_that_keep_the_label():
    found = checked(
        ("definition", "a", 0.30, 0.2, 0.4, 0.85, ""),
        ("bins", "b", 0.015, 0.01, 0.02, 0.99, ""),
        ("window", "c", -0.2, -0.3, -0.1, 0.5, ""),
    )
    gain, alike = found["variants.largest_gain.test"], found["definitions.least_rank_correlation.test"]
    assert (gain.estimate.value, gain.estimate.upper, gain.status) == (0.015, 0.02, "amber")
    assert found["variants.largest_loss.test"].estimate.value == -0.2
    assert (alike.estimate.value, alike.status) == (0.85, "amber")
    assert found["definitions.largest_own_gain.test"].estimate.value == 0.30


def test_without_variants_the_checks_are_not_evaluated_and_say_why():
    found = checked(("definition", "a", None, None, None, None, "a plain column"))
    assert {c.status for c in found.values()} == {"not_evaluated"}
    assert found["definitions.least_rank_correlation.test"].reason == "a plain column"


def test_all_families_run_on_a_bench_without_dates(undated):
    table = sensitivity_table(undated, variants(undated, pd.DataFrame()))
    assert set(table.loc[table["reason"] != "", "family"]) == {"definition", "window"}
    assert table.loc[table["reason"] == "", "rank_correlation"].gt(0.5).all()
