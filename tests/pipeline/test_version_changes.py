"""From one version to the next: what went in, the card, and the key figures."""

import pytest

from riskbench.core.errors import CannotRun
from riskbench.core.evidence import Evidence, Table
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.pipeline.version_changes import changes


def figure(name: str, value: float) -> Evidence:
    limit = Thresholds()["validation.auc"] if name.startswith("champion.auc") else None
    return Evidence.of("validation", CheckResult(name, name.split(".")[1], Estimate(value), limit))


def evidence(auc: float = 0.71, later: float = 0.7, gini: float = 0.42) -> list[Evidence]:
    keys = Table(columns=["id"], rows=[["validation.champion.auc.test"]])
    led = Evidence(id="validation.page.key_figures", stage="validation", kind="table", title="Key figures", value=keys)
    figures = {"champion.auc.test": auc, "champion.auc.out_of_time": later, "champion.gini.test": gini}
    return [*(figure(name, value) for name, value in figures.items()), led]


@pytest.fixture
def told(sealed_run, tmp_path):
    def rows(before: dict, after: dict) -> list[tuple]:
        folders = [
            sealed_run(tmp_path / name, given.pop("evidence", evidence()), **given)
            for name, given in (("one", before), ("two", after))
        ]
        return [tuple(row) for row in changes(*folders).itertuples(index=False)]

    return rows


def test_two_runs_alike_have_no_change(told):
    assert told({}, {}) == []


@pytest.mark.parametrize(
    ("before", "after", "row"),
    [
        ({}, {"settings": {"features": {"max_bins": 5}}}, ("setting features.max_bins", "none", "5")),
        ({"settings": {"features": {"max_bins": 5}}}, {}, ("setting features.max_bins", "5", "none")),
        ({"seeds": {"scorecard": 0}}, {"seeds": {"scorecard": 7}}, ("seed of scorecard", "0", "7")),
        ({"data": {"a.parquet": "aa"}}, {"data": {"a.parquet": "bb"}}, ("data a.parquet", "aa", "bb")),
        ({"notebooks": {"10_intake.ipynb": "aa"}}, {}, ("notebook 10_intake.ipynb", "aa", "none")),
        ({"code_sha256": "a" * 64}, {"code_sha256": "b" * 64}, ("code of the package", "a" * 12, "b" * 12)),
        ({"lock_sha256": ""}, {"lock_sha256": "b" * 64}, ("lock of the environment", "none", "b" * 12)),
        ({}, {"study_sha256": "b" * 64}, ("study.toml", ..., "b" * 12)),
        (
            {"points": {"income": [1, 2]}},
            {"points": {"income": [1, 2], "age": [3]}},
            ("feature age", "not in the card", "in the card"),
        ),
        (
            {"points": {"income": [10, 20]}},
            {"points": {"income": [10, 25, 31]}},
            ("points of income", "2 bins, 10 to 20", "3 bins, 10 to 31"),
        ),
    ],
)
def test_each_thing_that_went_in_is_told_with_what_was_and_what_is(told, before, after, row):
    [found] = told(before, after)
    assert [was for was, expected in zip(found, row, strict=True) if expected not in (..., was)] == []


def test_key_figures_that_differ_are_told_and_the_others_counted(told):
    found = told({}, {"evidence": evidence(auc=0.72, gini=0.44)})
    assert found == [
        ("auc (validation.champion.auc.test)", "0.710", "0.720"),
        ("figures that differ", "of 4", "2"),
    ]


def test_a_check_whose_light_changed_is_told_though_no_page_leads_with_it(told):
    found = told({}, {"evidence": evidence(later=0.55)})
    assert found[0] == ("auc (validation.champion.auc.out_of_time)", "0.700", "0.550")


def test_a_difference_within_the_tolerance_is_none(told):
    assert told({}, {"evidence": evidence(auc=0.71 + 1e-12)}) == []


def test_a_manifest_that_was_changed_is_not_compared(sealed_run, tmp_path):
    one, two = (sealed_run(tmp_path / name, evidence()) for name in ("one", "two"))
    (two / "manifest.json").write_text("{}")
    with pytest.raises(CannotRun, match=r"manifest.json was changed"):
        changes(one, two)
