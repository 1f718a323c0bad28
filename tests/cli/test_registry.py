"""The commands of the inventory: what they print, and with which exit code they refuse."""

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TODAY = dt.datetime.now(dt.UTC).date()
REGISTER = ("inventory", "register")


def test_an_inventory_without_models_says_what_comes_first(call, home):
    assert "Next: riskbench inventory register RUN --owner NAME --by NAME" in call("inventory")
    assert not (home / "reports" / "registry").exists()


def test_registering_tells_version_tier_reasons_drafts_and_reviews(call):
    said = call(*REGISTER, "reports/loans-1", "--by", "li", "--owner", "wang")
    assert said.startswith(
        "loans-1 is version 1 of microloan, tier 2 (as the rule proposes):\n  - Not known: decisions"
    )
    assert "F-0001 [draft, medium] Area under the curve\n" in said
    assert "Review planned (annual): " in said


def test_the_inventory_is_one_line_a_model(registered):
    registered(*REGISTER, "reports/loans-2", "--by", "li", "--model", "repeat_loans", "--owner", "wang")
    heads, *lines = registered("inventory").splitlines()
    assert heads.split("  ")[0] == "model"
    assert [line.split()[0] for line in lines] == ["microloan", "repeat_loans"]
    assert "in development  1 candidate  1 medium" in lines[0]


def test_the_second_version_is_linked_and_the_log_says_what_changed(registered):
    said = registered(*REGISTER, "reports/loans-2", "--by", "li")
    assert "F-0001 [draft, medium] Area under the curve: fails in this version too" in said
    log = registered("inventory", "log", "microloan")
    assert "version 2: candidate, by li: the run loans-2 is registered" in log
    assert "From version 1 to version 2\n  setting features.max_bins: none -> 5\n" in log


def test_a_log_says_which_run_is_not_here(registered, home):
    registered(*REGISTER, "reports/loans-2", "--by", "li")
    (home / "reports" / "loans-1").rename(home / "elsewhere")
    assert "not compared: the run loans-1 is not below reports/" in registered("inventory", "log", "microloan")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("reports/loans-1", "--by", "li"), 1, "is registered already: version 1 of microloan"),
        (("reports", "--by", "li"), 2, "is not a finished run"),
        (("reports/loans-2", "--by", "Li Wei"), 2, "a name has small letters, digits and _ only"),
        (("reports/loans-2",), 2, "Missing option '--by'"),
        (("reports/loans-2", "--by", "li", "--model", "cards"), 1, "a new model has an owner"),
        (("reports/loans-2", "--by", "li", "--tier", "1"), 1, "tier 1 takes a reason: --because TEXT"),
        (("reports/loans-2", "--by", "li", "--tier", "4"), 2, "4 is not in the range 1<=x<=3"),
    ],
)
def test_what_cannot_be_registered_is_refused_with_its_reason(registered, words, code, told):
    assert told in registered(*REGISTER, *words, code=code)


def test_a_model_is_shown_and_changed(registered):
    said = registered(
        "inventory", "set", "microloan", "--by", "chen", "--because", "audit", "--tier", "1", "--owner", "zhao",
        "--depends-on", "model: income",
    )  # fmt: skip
    assert "owner from wang to zhao" in said
    shown = registered("inventory", "show", "microloan")
    assert "owner zhao, tier 1 (the rule proposes 2)" in shown
    assert "  Set by chen: audit\n" in shown
    assert "  model: income\n" in shown


def test_changing_nothing_is_told(registered):
    words = ("inventory", "set", "microloan", "--by", "li", "--because", "x")
    assert "nothing to change" in registered(*words, code=2)
    assert registered(*words, "--owner", "wang") == "microloan is so already.\n"


def test_a_model_is_retired_by_its_owner_alone(registered):
    words = ("inventory", "set", "microloan", "--because", "sold", "--retire", "--by")
    assert "only its owner may, wang" in registered(*words, "li", code=1)
    registered(*words, "wang")
    assert " retired " in registered("inventory")


def test_the_calendar_is_shown_done_and_planned(registered):
    assert " annual: Full review" in registered("inventory", "review", "microloan")
    done = registered("inventory", "review", "microloan", "--done", "--outcome", "fit for use", "--by", "chen")
    assert f" annual: done on {TODAY} by chen: fit for use\nNext: " in done
    planned = registered("inventory", "review", "microloan", "--plan", "2030-01-31", "--what", "a complaint")
    assert planned == "2030-01-31 ad_hoc: a complaint\n"
    assert "--done needs --outcome TEXT and --by NAME" in registered(
        "inventory", "review", "microloan", "--done", code=2
    )
    assert "a day is written as 2027-03-31, got '31.1.2030'" in registered(
        "inventory", "review", "microloan", "--plan", "31.1.2030", code=2
    )


def test_what_is_overdue_is_said(registered):
    registered("inventory", "review", "microloan", "--plan", "2020-01-31")
    assert "2020-01-31, overdue" in registered("inventory")


def test_the_states_are_printed_for_one_kind_or_all(call):
    assert call("inventory", "states", "finding").startswith("A finding begins as draft or open.")
    assert call("inventory", "states").count(" begins as ") == 4


def test_records_are_checked_and_an_edit_by_hand_is_sealed_under_a_name(registered, home):
    whole = "4 records are whole, and agree with each other.\n"
    assert registered("inventory", "check") == whole
    path = home / "reports" / "registry" / "findings" / "F-0001.yaml"
    path.write_text(path.read_text("utf-8").replace("severity: medium", "severity: low"), "utf-8")
    assert "F-0001.yaml: seal: the content is not what a command wrote" in registered("inventory", "check", code=2)
    registered("inventory", "seal", str(path), "--by", "chen", "--because", "few loans")
    assert registered("inventory", "check") == whole
    assert "by chen: edited by hand: few loans" in registered("finding", "show", "F-0001")


def test_records_that_disagree_are_listed_and_the_command_fails(registered, home):
    words = ("finding", "new", "microloan", "--title", "x", "--severity", "low", "--by", "li", "--version", "1")
    registered(*words)
    path = home / "reports" / "registry" / "findings" / "F-0002.yaml"
    path.write_text(path.read_text("utf-8").replace("version: 1\ntitle", "version: 9\ntitle"), "utf-8")
    registered("inventory", "seal", str(path), "--by", "li", "--because", "a slip")
    assert registered("inventory", "check", code=1) == "1 disagreement(s) between the records\n"


def test_the_registry_is_committed_and_runs_are_not(registered, home):
    shutil.copy(ROOT / ".gitignore", home)
    subprocess.run(["git", "init", "-q"], cwd=home, check=True)
    ask = ["git", "status", "--porcelain", "--untracked-files=all", "reports"]
    status = subprocess.run(ask, cwd=home, capture_output=True, text=True, check=True).stdout
    assert "reports/registry/models/microloan.yaml" in status
    assert "loans-1/" not in status


def test_cleaning_up_leaves_the_registry(registered, home):
    shutil.copy(ROOT / "Makefile", home)
    (home / "reports" / "draft").mkdir()
    subprocess.run(["make", "clean"], cwd=home, check=True, capture_output=True)
    left = sorted(path.name for path in (home / "reports").iterdir())
    assert left == ["loans-1", "loans-2", "registry"]
