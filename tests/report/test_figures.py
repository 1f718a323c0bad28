import base64
import re

import matplotlib
import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Threshold
from riskbench.report import figures
from riskbench.report.figures.canvas import svg
from riskbench.report.figures.columns import bounds_of
from riskbench.report.figures.months import spread

ROWS = pd.DataFrame(
    {
        "label": ["A", "B", "C"],
        "share": [0.5, 0.3, 0.2],
        "bad_rate": [0.02, 0.05, 0.11],
        "value": [0.71, 0.75, np.nan],
        "predicted": [0.02, 0.05, 0.1],
        "observed": [0.021, 0.048, 0.11],
        "lower": [0.01, 0.04, 0.08],
        "upper": [0.03, 0.06, 0.14],
    }
)
LONG = ["car, holiday, home, medical, other, wedding and a few more", "B", "C"]
X = np.linspace(0, 1, 21)
CURVES = pd.concat([pd.DataFrame({"series": s, "x": X, "y": X**p}) for s, p in (("champion", 0.3), ("forest", 0.35))])
MONTHS = pd.DataFrame(
    {
        "month": ["2026-02", "2026-01"] * 2,
        "series": ["a", "a", "b", "b"],
        "value": [0.2, 0.1, 0.1, 0.05],
        "critical": 0.08,
    }
)
SCORES = pd.DataFrame({"score": [500, 520, 540], "good": [10, 50, 90], "bad": [20, 15, 5]})
PROFIT = pd.DataFrame({"cut_off": X, "profit": 1 - (X - 0.6) ** 2, "lower": X * 0, "upper": X * 0 + 1})
HOUSE = pd.DataFrame(  # columns named as the house's tables name them; the last bin has no cases
    {
        "bin": ["A", "B", "C"],
        "share": [0.6, 0.4, 0.0],
        "bad_rate": [0.02, 0.05, np.nan],
        "bad_rate_lower": [0.01, 0.04, np.nan],
        "bad_rate_upper": [0.03, 0.06, np.nan],
        "iv": [0.2, 0.1, 0.0],
        "lower": 7.0,  # of some other column
        "upper": 9.0,
    }
)
LIMIT = Threshold(key="psi", direction="at_most", green=0.1, amber=0.25, basis="convention", source="s")

STATES = pd.DataFrame(
    {
        "rule": ["approved", "approved", "moved"],
        "month": ["2026-01", "2026-02", "2026-01"],
        "state": ["quiet", "signal", "not_evaluated"],
    }
)

DRAWN = {
    "bins": (lambda: figures.bin_plot(ROWS, overall=0.06), ["A", "50.0 %", "all 6.0 %", "bad rate, with interval"]),
    "bins with WoE": (lambda: figures.bin_plot(ROWS.assign(woe=[0.9, 0.1, -0.8])), ["+0.90", "−0.80", "WoE, safer →"]),
    "bins of levels": (
        lambda: figures.bin_plot(ROWS.assign(label=LONG)),
        ["car, holiday, home,", "medical, other, …", "B"],
    ),
    "intervals": (lambda: figures.interval_plot(ROWS, ("limit", 0.7), title="AUC"), ["A", "C", "limit", "AUC"]),
    "roc": (
        lambda: figures.roc_plot(CURVES),
        ["champion", "forest", "share of goods flagged", "share of bads flagged"],
    ),
    "bins as the card's table has them": (
        lambda: figures.bin_plot(HOUSE, label="bin"),
        ["A", "B", "bad rate, with interval"],
    ),
    "intervals of a named column": (
        lambda: figures.interval_plot(HOUSE, label="bin", value="bad_rate"),
        ["A", "4 %"],
    ),
    "estimates without intervals": (lambda: figures.interval_plot(HOUSE, label="bin", value="iv"), ["A", "C"]),
    "calibration of named columns": (
        lambda: figures.calibration_plot(HOUSE, label="bin", predicted="share", observed="bad_rate"),
        ["A", "B", "predicted PD", "observed bad rate, with interval"],
    ),
    "months against a threshold": (
        lambda: figures.months_plot(HOUSE, month="bin", value="bad_rate", limit=LIMIT),
        ["watch above 10 %", "fails above 25 %", "20 %"],
    ),
    "calibration": (lambda: figures.calibration_plot(ROWS), ["A", "observed = predicted", "predicted PD"]),
    "calibration with a line": (
        lambda: figures.calibration_plot(ROWS, line=ROWS[["predicted", "observed", "lower", "upper"]]),
        ["A", "observed bad rate, with interval; shaded: fitted line with band"],
    ),
    "cap": (lambda: figures.cap_plot(CURVES, 0.2), ["champion", "perfect", "chance", "share of cases, riskiest first"]),
    "calibration, log": (lambda: figures.calibration_plot(ROWS, log=True), ["A", "5 %", "10 %"]),
    "months": (lambda: figures.months_plot(MONTHS, {"watch": 0.1}), ["a", "b", "watch", "critical value", "2026-01"]),
    "one series": (lambda: figures.months_plot(MONTHS.iloc[:2][["month", "value"]], unit="%"), ["10.0 %", "2026-02"]),
    "scores": (lambda: figures.distribution_plot(SCORES, ("cut-off 520", 520)), ["good", "bad", "cut-off 520"]),
    "lines": (
        lambda: figures.lines_plot(CURVES, ("this policy", 0.6), x="x", y="y"),
        ["champion", "forest", "this policy"],
    ),
    "states": (
        lambda: figures.states_plot(STATES),
        ["signal", "quiet", "not evaluated", "approved", "moved", "2026-01"],
    ),
    "profit": (
        lambda: figures.curve_plot(PROFIT, ("best", 0.6), x="cut_off", y="profit", unit_y="EUR"),
        ["best", "cut off", "profit, EUR"],
    ),
}


@pytest.mark.parametrize(("draw", "labels"), DRAWN.values(), ids=DRAWN)
def test_a_figure_names_what_it_shows_beside_it(draw, labels):
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg(draw()))
    assert set(labels) <= set(texts)


@pytest.mark.parametrize("draw", [draw for draw, _ in DRAWN.values()], ids=DRAWN)
def test_equal_data_give_equal_bytes_without_a_date(draw):
    first, second = svg(draw()), svg(draw())
    assert first == second
    assert "dc:date" not in first


def test_drawing_leaves_the_readers_settings_alone():
    before = dict(matplotlib.rcParams)
    svg(figures.calibration_plot(ROWS))
    assert dict(matplotlib.rcParams) == before


def test_the_frame_is_not_changed_by_drawing():
    before = MONTHS.copy()
    figures.months_plot(MONTHS)
    pd.testing.assert_frame_equal(MONTHS, before)


def test_a_figure_on_a_page_carries_picture_alt_caption_and_data():
    html = figures.figure_html(
        figures.interval_plot(ROWS), 'AUC "high"', ROWS[["label", "value"]], "AUC by <grade>", formats={"value": ".2f"}
    )
    assert '<img alt="AUC &quot;high&quot;"' in html
    assert "<figcaption>AUC by &lt;grade&gt;</figcaption>" in html
    assert '<details class="data"><summary>Data, 3 rows</summary>' in html
    picture = base64.b64decode(re.search(r"base64,([^\"]+)", html)[1]).decode()
    assert picture.startswith("<svg ")


def test_long_data_are_marked_so_that_paper_leaves_them_out():
    assert 'class="data long"' in figures.figure_html(figures.roc_plot(CURVES), "alt", CURVES, "c")


def test_a_figure_without_an_alt_text_is_refused():
    with pytest.raises(ValueError, match="needs an alt text"):
        figures.figure_html(figures.interval_plot(ROWS), " ", ROWS, "caption")


def test_a_plot_names_the_columns_it_needs():
    with pytest.raises(ValueError, match="columns label, share, bad_rate, lower, upper, got 2 rows with month, value"):
        figures.bin_plot(MONTHS.iloc[:2][["month", "value"]])


def test_bounds_are_those_of_the_value_before_those_of_no_name():
    assert bounds_of(HOUSE, "bad_rate") == {"lower": "bad_rate_lower", "upper": "bad_rate_upper"}
    assert bounds_of(HOUSE, "iv") == {"lower": "lower", "upper": "upper"}


def test_bins_without_cases_and_grades_without_an_outcome_are_left_out():
    bins = svg(figures.bin_plot(HOUSE, label="bin"))
    grades = svg(figures.calibration_plot(HOUSE, label="bin", predicted="share", observed="bad_rate"))
    assert ">B<" in bins
    assert ">C<" not in bins
    assert ">C<" not in grades
    assert "C" not in figures.bins_alt("age", HOUSE, label="bin")


def test_months_before_the_first_and_after_the_last_value_are_left_out():
    months = pd.DataFrame({"month": list("abcde"), "value": [np.nan, 0.1, np.nan, 0.2, np.nan]})
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg(figures.months_plot(months)))
    assert [text for text in texts if text.isalpha()] == ["b", "c", "d"]


HEAT = pd.DataFrame(
    {
        "month": ["2026-01", "2026-01", "2026-02", "2026-02"],
        "age": [1, 2, 1, 2],
        "observed": [0.051, 0.102, 0.0634, np.nan],
        "beyond": ["", "above", "below", ""],
    }
)


def test_a_cell_of_a_heat_plot_holds_its_rate_and_a_mark_where_it_lies_beyond():
    written = [text.get_text() for text in figures.heat_plot(HEAT).axes[0].texts]
    assert written == ["5.1", "10.2 ▲", "6.3 ▼"]  # in percent; a pair without a value is an empty place


def test_a_heat_plot_without_any_value_gives_a_figure_that_says_so():
    assert "nothing to draw" in svg(figures.heat_plot(HEAT.assign(observed=np.nan)))


def test_the_newest_month_is_named_with_its_days_where_it_is_not_whole():
    months = [*(f"2025-{month:02d}" for month in range(1, 12)), "2025-12 (1–14)"]
    axes = figures.months_plot(pd.DataFrame({"month": months, "value": 0.1})).axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()][-1] == "2025-12\n(1–14)"


def test_months_without_any_value_give_a_figure_that_says_so():
    assert "nothing to draw" in svg(figures.months_plot(pd.DataFrame({"month": ["a"], "value": [np.nan]})))


@pytest.mark.parametrize(
    ("direction", "green", "amber", "names"),
    [
        ("at_least", 0.7, 0.6, ["watch below 0.7", "fails below 0.6"]),
        ("at_most", 0.7, 0.7, ["fails above 0.7"]),
        (
            "between",
            (0.9, 1.1),
            (0.8, 1.2),
            ["watch below 0.9", "watch above 1.1", "fails below 0.8", "fails above 1.2"],
        ),
    ],
)
def test_a_threshold_is_drawn_where_watch_and_failure_begin(direction, green, amber, names):
    limit = Threshold(key="k", direction=direction, green=green, amber=amber, basis="rule", source="s")
    drawn = svg(figures.months_plot(MONTHS, limit=limit))
    assert re.findall(r">((?:watch|fails) [^<]*)<", drawn) == names


def test_labels_that_would_touch_are_spread_evenly_about_their_mean():
    # 1, 1.1 and 1.2 need a gap of .5: they stand about their mean 1.1; 3 stays where it is
    assert spread([3.0, 1.2, 1.0, 1.1], 0.5) == [3.0, 1.6, 0.6, 1.1]


@pytest.mark.parametrize(
    "draw", [figures.interval_plot, figures.bin_plot, figures.calibration_plot, figures.months_plot]
)
def test_a_table_without_rows_gives_a_figure_that_says_so(draw):
    columns = ["label", "share", "bad_rate", "value", "predicted", "observed", "lower", "upper", "month"]
    assert "nothing to draw" in svg(draw(pd.DataFrame(columns=columns)))


def test_a_name_with_dollars_or_letters_that_the_font_lacks_is_drawn_as_it_is():
    drawn = svg(figures.interval_plot(ROWS.assign(label=["$a_b$ and $", "性别", "{x}"])))
    for label in ("$a_b$ and $", "性别", "{x}"):
        assert label in drawn


def test_panels_show_one_curve_each_in_the_order_of_their_names():
    curves = pd.DataFrame(
        [(r, c, x, x**2) for r in ("sex", "age_band") for c in ("ratio", "difference") for x in X],
        columns=["row", "column", "x", "value"],
    ).assign(lower=0.0, upper=1.0)
    figure = figures.panels_plot(curves, {"ratio": 0.8})
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["ratio", "difference", "", ""]
    assert [axes.get_ylabel() for axes in figure.axes] == ["sex", "", "age band", ""]
    assert [len(axes.lines) for axes in figure.axes] == [2, 1, 2, 1]  # the limit is drawn in its own column alone
    assert svg(figure) == svg(figures.panels_plot(curves, {"ratio": 0.8}))


def test_a_panel_without_a_value_says_so_and_has_no_limit():
    curves = pd.DataFrame({"row": ["sex", "age"] * 2, "column": "ratio", "x": [0, 0, 1, 1], "value": [0.9, np.nan] * 2})
    figure = figures.panels_plot(curves, {"ratio": 0.8})
    assert [len(axes.lines) for axes in figure.axes] == [2, 1]
    assert [text.get_text() for text in figure.axes[1].texts] == ["not evaluated"]


def test_panels_without_rows_say_so():
    assert "nothing to draw" in svg(figures.panels_plot(pd.DataFrame(columns=["row", "column", "x", "value"])))
