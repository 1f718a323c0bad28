"""A proposal from the data to its page: what it rests on, what it leaves alone, and what it never does."""

import datetime as dt
import json
from dataclasses import replace

import click
import numpy as np
import pandas as pd
import pytest

from riskbench.cli import commands as cli
from riskbench.core.errors import CannotRun
from riskbench.core.files import digest, sha256
from riskbench.core.words import format_number
from riskbench.governance.registry.states import Refused
from riskbench.pipeline.bundles import read_bundle
from riskbench.pipeline.proposing.comparison import largest_fall
from riskbench.pipeline.proposing.proposal import Wanted, propose
from riskbench.pipeline.proposing.recalibrated import Line, recalibrated_bundle
from riskbench.pipeline.proposing.written import caveats, commands, consequence, lines, write_proposal
from riskbench.pipeline.verify import check_hashes

AS_OF = dt.date(2025, 12, 31)


def document(proposal) -> dict:
    return json.loads((proposal.folder / "proposal.json").read_text("utf-8"))


def never(file, folder):
    raise AssertionError("nothing was to be run")


def test_the_candidate_is_a_whole_run_of_the_months_of_the_window(proposal):
    verdict, manifest = check_hashes(proposal.candidate.folder)
    assert not verdict.broken
    assert manifest.study == "microloan"
    months = pd.read_parquet(proposal.candidate.folder / "artifacts/intake/applications.parquet").groupby("sample")[
        "month"
    ]
    assert months.agg(["min", "max"]).loc["out_of_time"].tolist() == ["2025-01", "2025-06"]
    assert months.min()["development"] == "2023-07"


def test_where_outcomes_do_not_tell_a_change_there_is_nothing_to_sign(proposal):
    # 438 loans, of which only those from May 2025 on have other odds: the interval of the level holds 0
    level = proposal.recommendation.rule("level")
    assert level.estimate.lower < 0 < level.estimate.upper
    assert level.holds
    assert proposal.proposed is None
    assert document(proposal)["commands"] == []


def test_what_is_proposed_comes_with_all_that_people_have_to_type(proposal):
    found = replace(proposal.recommendation, verdict="rebuild")
    asked = commands(replace(proposal, recommendation=found), "riskbench")
    assert [line.split()[1] for line in asked] == [
        "inventory",
        "sign",
        "verify",
        "sign",
        "effect",
        "approve",
        "promote",
    ]
    assert all(proposal.candidate.folder.name in line for line in asked)
    for line in asked:  # each is a command as it stands: no option is unknown, and none that is asked for is left out
        assert_can_be_typed(line.replace("DATE", "2027-06-30").lower().split()[1:])


def assert_can_be_typed(words):
    command, context = cli, click.Context(cli, **cli.context_settings)
    while isinstance(command, click.Group):
        name, command, words = command.resolve_command(context, words)
        context = click.Context(command, info_name=name, parent=context)
    command.parse_args(context, words)


def test_what_a_proposed_run_would_change_is_said_with_the_group_that_loses_most(proposal):
    found = replace(proposal.recommendation, verdict="rebuild")
    said = consequence(replace(proposal, recommendation=found))
    approval = next(c for c in proposal.comparison.effect.changes if c.name == "approval_rate")
    assert (
        f"would approve {format_number(approval.after.value, approval.after.lower, approval.after.upper, '%')}" in said
    )
    group, fall = largest_fall(proposal.comparison.effect)
    told = f"would fall most for {group}, by" if fall.value else "No protected group would be approved less often."
    assert told in said
    assert consequence(proposal) == ""  # nothing is proposed, and nothing would change


def test_a_recalibrated_run_that_is_another_card_is_said_to_be(proposal):
    told = caveats(replace(proposal, recalibrated=proposal.candidate, same_card=False))
    assert any("has other bins or coefficients than the champion" in line for line in told)


def test_the_document_names_both_runs_by_their_hashes_and_seals_itself(proposal):
    told = document(proposal)
    for of in ("champion", "candidate"):
        made = getattr(proposal, of)
        assert told[of]["manifest_sha256"] == sha256(made.folder / "manifest.json")
        assert told[of]["bundle_sha256"] == read_bundle(made.folder).address
    assert told.pop("sha256") == digest(told)


def test_every_rule_stands_in_the_document_and_in_the_page(proposal):
    page = (proposal.folder / "proposal.html").read_text("utf-8")
    for rule in document(proposal)["rules"]:
        assert rule["asks"].split(" (")[0] in page
    assert "The data are synthetic" in page
    assert "registered, signed, approved or promoted by it" in page


def test_nothing_is_put_into_use(championed, proposal):
    assert not championed.project.registry.exists()
    found = replace(proposal.recommendation, verdict="rebuild")
    told = list(lines(replace(proposal, recommendation=found), "riskbench"))
    assert "Nothing is put into use by this. People sign, approve and promote:" in told


def test_no_key_of_an_application_is_in_what_is_written(proposal):
    name = pd.read_parquet(proposal.candidate.folder / "artifacts/intake/applications.parquet")["application"].iloc[0]
    for file in ("proposal.json", "proposal.html"):
        assert name not in (proposal.folder / file).read_text("utf-8")


def test_the_same_outcomes_give_the_same_document(proposal):
    before = (proposal.folder / "proposal.json").read_bytes()
    write_proposal(proposal)
    assert (proposal.folder / "proposal.json").read_bytes() == before


def test_at_equal_approval_as_many_are_swapped_in_as_out(proposal):
    swapped = proposal.comparison.swaps.set_index("swap")["n"]
    assert swapped["swapped in"] == swapped["swapped out"] > 0


def test_a_bundle_at_another_level_decides_by_the_same_ranking(championed, proposal):
    before = read_bundle(championed.champion)
    after = recalibrated_bundle(before, Line(0.5, 0.9), "for a test")
    columns = proposal.comparison.held.applicants.columns
    first, second = (of.score(columns)["pd"].to_numpy() for of in (before, after))
    assert np.allclose(Line(0.5, 0.9).applied(first), second)
    assert after.address != before.address


def test_without_a_version_in_use_a_champion_must_be_named(championed):
    with pytest.raises(Refused, match="no version of microloan is in use"):
        propose(championed.project, Wanted("microloan", AS_OF), never)


def test_what_cannot_be_done_is_said_before_anything_is_made(championed, tmp_path):
    (tmp_path / "there").write_text("", "utf-8")
    for wanted, why in (
        (Wanted("microloan", dt.date(2023, 6, 1), 12, championed.champion, tmp_path / "new"), "fewer than two months"),
        (Wanted("microloan", dt.date(2024, 1, 31), 12, championed.champion, tmp_path / "new"), "cannot judge it"),
        (Wanted("microloan", AS_OF, 12, championed.champion, tmp_path), "a proposal never overwrites"),
    ):
        with pytest.raises(CannotRun, match=why):
            propose(championed.project, wanted, never)
    assert not (tmp_path / "new").exists()
