"""What a page says of the battery's evidence."""

import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.evidence import Evidence
from riskbench.report.prose import prose
from riskbench.validation import battery
from riskbench.validation.battery.summary import counted, part_points, sample_table, verdict


def recorded(*families_and_cases):
    return [Evidence.of("validation", r) for family, *cases in families_and_cases for r in battery.run(family, *cases)]


@pytest.fixture
def wrong(case, portfolio):
    """Five checks on a test sample whose PDs are too low, three of which fail, and an empty sample."""
    low, empty = case(*portfolio(shift=0.5)), case([], [], "out_of_time")
    asked = {"champion.auc", "champion.spiegelhalter", "champion.calibration_slope", "portfolio.jeffreys"}
    found = recorded(("discrimination", low, empty), ("calibration", low))
    return [e for e in found if e.id.split(".", 1)[1].rsplit(".", 1)[0] in asked]


def test_figures_stand_in_one_row_a_sample_bounds_beside_them(wrong):
    table = sample_table(wrong, {"auc": "champion.auc", "jeffreys_p": "portfolio.jeffreys"})
    assert list(table) == ["sample", "n", "auc", "auc_lower", "auc_upper", "jeffreys_p"]
    assert table["sample"].tolist() == ["test", "out-of-time"]
    assert table["n"].tolist() == [3000, 0]
    assert table.notna().to_numpy()[:, 2:].tolist() == [[True] * 4, [False] * 4]


def test_a_sample_and_its_parts_are_drawn_the_whole_first(whole):
    case = whole()
    (auc,) = (e for e in recorded(("discrimination", case)) if e.id == "validation.champion.auc.test")
    points = part_points(recorded(("segments", case), ("vintages", case)), auc)
    assert points["label"].tolist() == ["all", "channel: app", "channel: branch", *(f"2025 Q{q}" for q in (1, 2, 3, 4))]
    assert points["n"].tolist() == [3000, 1500, 1500, 750, 750, 750, 750]


def test_a_sample_that_is_not_divided_is_not_drawn(case, portfolio):
    undivided = case(*portfolio())
    (auc, *_) = recorded(("discrimination", undivided))
    with pytest.raises(NotEvaluated, match="no segment and no quarter of decision"):
        part_points(recorded(("segments", undivided), ("vintages", undivided)), auc)


def test_a_count_is_told_with_what_was_counted_or_why_nothing_was(case, whole, portfolio):
    low = counted(recorded(("segments", whole(shift=0.6))), "segments.too_low")
    assert low.startswith("Segments whose mean PD is too low beyond chance: 2, of 2 segments")
    assert low.endswith("segment channel: app, segment channel: branch.")
    none = counted(recorded(("segments", case(*portfolio()))), "segments.too_low")
    assert none == "Segments whose mean PD is too low beyond chance: the study names no segments."


def test_the_verdict_counts_checks_and_names_those_that_fail(wrong):
    sentence, named = verdict(wrong)
    assert [e.id for e in named.values()] == [
        "validation.champion.spiegelhalter.test",
        "validation.portfolio.jeffreys.test",
    ]
    assert sentence == (
        "By the limits of this page the card is not fit for use until what fails is answered: of 5 checks on samples "
        "that lent no labels, 2 meet the limit, 0 are on watch, 2 fail, and 1 was not evaluated. Failing: "
        "Test that PDs are the true probabilities (p-value), test ({failing_1:value}); "
        "Test that the mean PD is not too low (p-value), test ({failing_2:value})."
    )


def test_samples_that_lent_labels_are_not_counted(wrong):
    sentence, named = verdict(wrong, fitted=("test",))
    assert (named, "of 1 checks" in sentence) == ({}, True)
    assert sentence.startswith("Whether the card is fit for use is not known")


def test_a_card_whose_checks_all_meet_is_fit_for_use(case, portfolio):
    found = recorded(("discrimination", case(*portfolio())), ("calibration", case(*portfolio())))
    evaluated = [e for e in found if e.status != "not_evaluated"]
    assert verdict(evaluated)[0].startswith("By the limits of this page the card is fit for use: of ")


def test_fitness_holds_as_far_as_it_was_evaluated(case, portfolio):
    families = ("discrimination", "calibration", "segments")
    found = recorded(*((family, case(*portfolio())) for family in families))  # there are no segments
    assert "fit for use as far as it was evaluated: of " in verdict(found)[0]


@pytest.mark.parametrize("y", [[0] * 400, [None] * 400])
def test_where_ranking_could_not_be_evaluated_nobody_says_fit(case, y):
    sample = case(y, [0.01, 0.3] * 200)
    sentence, failed = verdict(recorded(*((family, sample) for family in battery.FAMILIES if family != "grades")))
    assert sentence.startswith("Whether the card is fit for use is not known") or failed


@pytest.mark.parametrize(
    ("fitted", "told"), [((), "Whether the card is fit for use is not known"), (("out_of_time",), "By")]
)
def test_the_sample_that_judges_must_have_been_asked_unless_it_lent_its_labels(case, portfolio, fitted, told):
    whole, few = case(*portfolio()), case([0, 1], [0.1, 0.2], "out_of_time")
    found = recorded(("discrimination", whole, few), ("calibration", whole, few))
    assert verdict(found, fitted, "out_of_time")[0].startswith(told)
    assert verdict(found, fitted, "test")[0].startswith("By the limits of this page the card is fit for use")


def test_the_sentence_can_be_concluded_with(wrong):
    sentence, named = verdict(wrong)
    assert prose(sentence, named).count("<a ") == 2
