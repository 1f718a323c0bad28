"""A rollback, rehearsed on two real versions of one model: what it shows, and that it leads back."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from riskbench.core.errors import CannotRun
from riskbench.core.evidence import Evidence
from riskbench.core.files import digest, sha256
from riskbench.decision.bundle.bundle import BundleError, load_bundle
from riskbench.decision.standstill import standstill
from riskbench.governance.manifest import read_manifest
from riskbench.pipeline.bundles import read_bundle
from riskbench.pipeline.run_folder import read_evidence
from riskbench.pipeline.switching import effect_html, effect_of_switch, effect_text

BUNDLE = Path("artifacts/policy/bundle.json")


@pytest.fixture(scope="module")
def versions(finished, made_once, riskbench) -> tuple[Path, Path]:
    """The finished small run, and a second version of its card with fewer bins. Only read them."""

    def make(project: Path) -> None:
        shutil.copytree(finished.project, project, ignore=shutil.ignore_patterns("reports"))
        done = riskbench(
            "run", "--only", "policy", "--set", "features.max_bins=3", "--out", "reports/second", cwd=project
        )
        assert done.returncode == 0, done.stderr

    return finished.folder, made_once("second_version", make) / "reports" / "second"


@pytest.fixture(scope="module")
def applications(finished) -> pd.DataFrame:
    return pd.read_parquet(finished.folder / "artifacts" / "intake" / "applications.parquet")


def evidence(run: Path) -> dict[str, Evidence]:
    return {e.id: e for e in read_evidence(run / "evidence.json")}


def test_a_run_writes_its_bundle_and_records_its_address(finished):
    told = evidence(finished.folder)
    assert (
        told["policy.bundle.address"].value == sha256(finished.folder / BUNDLE) == read_bundle(finished.folder).address
    )
    assert told["policy.bundle.differences"].status == "green"


def test_the_bundle_decides_as_the_run_did_to_the_row(finished, applications):
    decisions = pd.read_parquet(finished.folder / "artifacts" / "policy" / "decisions.parquet")
    scores = pd.read_parquet(finished.folder / "artifacts" / "scorecard" / "scores.parquet")
    bundle = read_bundle(finished.folder)
    pd.testing.assert_frame_equal(bundle.decide(applications, assume_fresh=True), decisions.drop(columns="application"))
    assert bundle.score(applications)["score"].tolist() == scores["score"].tolist()
    assert bundle.score(applications)["pd"].tolist() == scores["pd_applied"].tolist()


def test_the_bundle_names_the_hashes_of_the_manifest_and_neither_run_nor_time(finished):
    manifest, bundle = read_manifest(finished.folder), read_bundle(finished.folder)
    assert bundle.made_from.model_dump() == {
        "study": manifest.study_sha256,
        "code": manifest.code_sha256,
        "data": digest(manifest.data),
    }
    text = (finished.folder / BUNDLE).read_text("utf-8")
    assert manifest.run_id not in json.loads(text).values()
    assert manifest.created[:10] not in text


def test_a_promotion_and_its_rollback_have_the_same_effect_with_the_other_sign(versions):
    first, second = versions
    there, back = effect_of_switch(first, second), effect_of_switch(second, first)
    assert there.population == back.population == second.name
    assert there.applications == back.applications > 1_000
    moved = [change.change for change in there.effect.changes]
    assert any(change.value for change in moved)
    for change, again in zip(moved, (c.change for c in back.effect.changes), strict=True):
        assert change.bounded == (-again.value, -again.upper, -again.lower)


def test_after_a_rollback_everybody_is_decided_as_before_the_promotion_to_the_row(versions, applications):
    approved = [read_bundle(run).address for run in versions]  # what the promotions bind
    live = []
    for address in (approved[0], approved[1], approved[0]):  # in use, promoted, rolled back
        run = versions[approved.index(address)]
        live.append(load_bundle(run / BUNDLE, address).decide(applications, assume_fresh=True))
    assert not live[1].equals(live[0])
    pd.testing.assert_frame_equal(live[2], live[0])


def test_while_stopped_the_same_applications_are_all_referred(versions, applications):
    decided, stopped = read_bundle(versions[0]).decide(applications, assume_fresh=True), standstill(applications)
    assert [*stopped, "rate", "all_in_rate"] == list(decided)  # nothing is lent, so nothing has a price
    assert (stopped["action"] == "refer").all()


def test_the_wrong_bundle_cannot_take_the_place_of_the_approved_one(versions):
    with pytest.raises(BundleError, match="not the bundle that was asked for"):
        load_bundle(versions[1] / BUNDLE, read_bundle(versions[0]).address)


def test_the_command_shows_the_effect_and_writes_its_page(versions, riskbench, tmp_path):
    first, second = versions
    done = riskbench("effect", str(first), str(second), "--report", str(tmp_path / "effect.html"), cwd=first.parents[1])
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(effect_text(effect_of_switch(first, second)))
    assert (tmp_path / "effect.html").read_text("utf-8") == effect_html(effect_of_switch(first, second))


def test_another_sample_may_be_asked_and_an_unknown_one_is_refused(versions):
    assert effect_of_switch(*versions, sample="test").sample == "test"
    with pytest.raises(CannotRun, match="no applications in the sample 'nobody'; there are development, test"):
        effect_of_switch(*versions, sample="nobody")


@pytest.mark.parametrize(
    "name", ["artifacts/policy/bundle.json", "artifacts/intake/applications.parquet", "study.toml"]
)
def test_a_run_in_which_a_file_was_changed_is_refused(versions, tmp_path, name):
    changed = Path(shutil.copytree(versions[1], tmp_path / "changed"))
    (changed / name).write_bytes((changed / name).read_bytes() + b"\n")
    with pytest.raises(CannotRun, match=f"changed: {name}"):
        effect_of_switch(versions[0], changed)


def test_a_run_without_a_bundle_and_a_folder_that_is_no_run_are_refused(versions, tmp_path):
    with pytest.raises(CannotRun, match="not a finished run"):
        effect_of_switch(versions[0], tmp_path)
    changed = Path(shutil.copytree(versions[1], tmp_path / "changed"))
    (changed / "manifest.json").write_bytes(
        (changed / "manifest.json").read_bytes().replace(b"bundle.json", b"bundle.jsom")
    )
    with pytest.raises(CannotRun, match=r"changed was changed: manifest\.json"):
        effect_of_switch(changed, versions[0])
