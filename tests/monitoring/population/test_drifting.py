import numpy as np
import pandas as pd
import pytest

from riskbench.monitoring.population.drifting import Drifting, search
from riskbench.monitoring.population.window import Window
from riskbench.validation.population.segments import segments

N = 4000
LABELS = {"channel": ["app", "agent"], "region": ["north", "south", "east"]}


def window() -> Window:
    reference = np.arange(2 * N) < N
    month = pd.Series(np.where(reference, "2024-01", "2024-02"))
    return Window(reference, ~reference, month, ("2024-02",), "", "")


def steady(seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    """Two columns and a score that have nothing to do with time."""
    rng = np.random.default_rng(seed)
    codes = pd.DataFrame({"channel": rng.integers(0, 2, 2 * N), "region": rng.integers(0, 3, 2 * N)})
    return codes, pd.Series(rng.normal(550, 30, 2 * N))


def found(codes: pd.DataFrame, score: pd.Series, smallest: int = 10) -> Drifting:
    return search(segments(codes, LABELS), score, window(), smallest)


def test_a_channel_that_grows_is_found_with_its_shares_and_an_interval():
    codes, score = steady()
    codes.loc[N : N + 799, "channel"] = 0  # half of these 800 are moved from agent to app: .1 of the window
    line = found(codes, score).shares.iloc[0]
    assert line.segment in ("channel: app", "channel: agent")
    assert abs(line.share_now - line.share_before) == pytest.approx(0.1, abs=0.03)
    assert line.lower < line.change < line.upper
    assert line.p_adjusted < 1e-6


def test_of_one_movement_one_segment_is_told_for_each_column_and_pair_of_columns():
    codes, score = steady()
    codes.loc[N : N + 799, "channel"] = 0
    shares = found(codes, score).shares
    assert len(shares) <= 2  # the channel, and at most one pair of channel and region


def test_a_pair_is_told_where_it_moved_more_clearly_than_either_part():
    codes, score = steady()
    moved = np.arange(N, N + 600)
    codes.loc[moved[:300], ["channel", "region"]] = [0, 0]
    codes.loc[moved[300:], ["channel", "region"]] = [1, 1]
    assert found(codes, score).shares.segment[0] in ("channel: app; region: north", "channel: agent; region: south")


def test_a_segment_whose_score_moves_otherwise_than_that_of_others_is_found():
    codes, score = steady()
    score[(codes["region"] == 1) & (np.arange(2 * N) >= N)] += 8
    line = found(codes, score).scores.iloc[0]
    assert line.segment == "region: south"
    assert line.score_change == pytest.approx(8, abs=3)
    assert abs(line.others_change) < 3


def test_a_score_that_moves_for_everybody_alike_makes_no_segment_drift():
    codes, score = steady()
    assert found(codes, score.where(np.arange(2 * N) < N, score + 20)).scores.empty


def test_where_nothing_moves_few_searches_find_anything():
    # either search finds something in at most one portfolio of twenty: of 40, 2 expected; 8 or more has p < .001
    alarms = [found(*steady(seed)) for seed in range(40)]
    assert sum(len(search.shares) > 0 for search in alarms) < 8
    assert sum(len(search.scores) > 0 for search in alarms) < 8


def test_cells_of_few_people_are_neither_looked_at_nor_shown_and_new_ones_are():
    codes, score = steady()
    codes["region"] = np.where(np.arange(2 * N) < N, codes["region"] % 2, codes["region"])  # east is new
    codes.loc[[0, 1, 2], "region"] = 2  # three people had it before
    assert not found(codes, score).shares.segment.str.contains("east").any()
    codes.loc[[0, 1, 2], "region"] = 0
    assert found(codes, score).shares.segment[0] == "region: east"


def test_one_group_of_people_under_two_names_is_told_once():
    codes, score = steady()
    codes.loc[N : N + 799, "channel"] = 0
    twice = segments(codes.assign(via=codes["channel"]), LABELS | {"via": LABELS["channel"]})
    told = search(twice, score, window(), 10).shares.segment
    assert not {"channel: app", "via: app"} <= set(told)
