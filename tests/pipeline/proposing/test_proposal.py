"""A proposal from the data to its page: what it rests on, what it leaves alone, and what it never does."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import CannotRun
from riskbench.core.files import digest, sha256
from riskbench.governance.registry.states import Refused
from riskbench.pipeline.bundles import read_bundle
from riskbench.pipeline.proposing.proposal import Wanted, propose
from riskbench.pipeline.proposing.recalibrated import Line, recalibrated_bundle
from riskbench.pipeline.proposing.written import lines, write_proposal
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


def test_after_the_odds_have_changed_the_champion_is_not_kept(proposal):
    # from month 29 (May 2025) on the log odds are .50 higher, which is two of the six months held out
    level = proposal.recommendation.rule("level")
    assert level.estimate.lower > 0
    assert proposal.recommendation.verdict in ("recalibrate", "rebuild")
    assert proposal.proposed is not None


def test_a_recalibrated_champion_is_the_same_card_at_another_level(proposal):
    if proposal.recommendation.verdict != "recalibrate":
        pytest.skip("the rules propose another card here")
    assert proposal.same_card
    before, after = (read_bundle(of.folder) for of in (proposal.champion, proposal.recalibrated))
    columns = proposal.comparison.held.applicants.columns
    first, second = before.score(columns)["pd"], after.score(columns)["pd"]
    assert (np.argsort(first, kind="stable") == np.argsort(second, kind="stable")).all()
    assert second.mean() > first.mean()  # the odds have become worse


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
    assert document(proposal)["commands"][-1].startswith("riskbench promote reports/")
    assert any("People sign, approve and promote" in line for line in lines(proposal, "riskbench"))


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
