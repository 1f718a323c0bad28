"""A run becomes a version: what is written, what is refused, and that nothing comes twice."""

import datetime as dt
import json
from dataclasses import replace

import jsonschema
import pytest
import yaml

from riskbench.core.errors import CannotRun
from riskbench.core.evidence import Evidence
from riskbench.core.files import sha256
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.governance.manifest import AlteredRun
from riskbench.governance.registry.consistency import disagreements
from riskbench.governance.registry.states import Refused, amend, move
from riskbench.governance.registry.store import Registry
from riskbench.pipeline.registering import Wanted, register
from riskbench.pipeline.schemas import committed

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
WANTED = Wanted(by="li", at=NOON, owner="wang")
AGAIN = Wanted(by="li", at=NOON + dt.timedelta(1))


def auc(value: float | None, sample: str = "test") -> Evidence:
    estimate = Estimate.missing("no labels") if value is None else Estimate(value)
    limit = Thresholds()["validation.auc"]
    return Evidence.of("validation", CheckResult(f"champion.auc.{sample}", "Area under the ROC curve", estimate, limit))


BAD, GOOD, UNKNOWN = auc(0.5), auc(0.8), auc(None)


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "registry")


@pytest.fixture
def run(sealed_run, tmp_path):
    return lambda name, *checks, **manifest: sealed_run(tmp_path / "reports" / name, checks, **manifest)


def test_a_first_run_makes_the_model_its_version_a_draft_and_a_calendar(registry, run):
    folder = run("loans-1", BAD)
    done = register(registry, folder, WANTED)
    assert (done.model.id, done.model.owner, done.model.state) == ("microloan", "wang", "in_development")
    assert done.model.purpose.startswith("Application score")
    assert (done.version.number, done.version.run, done.version.state) == (1, "loans-1", "candidate")
    assert done.version.manifest_sha256 == sha256(folder / "manifest.json")
    assert [(f.id, f.evidence, f.state) for f in done.opened] == [("F-0001", BAD.id, "draft")]
    assert [(r.kind, r.due) for r in done.reviews] == [("annual", dt.date(2027, 11, 20))]
    assert registry.version_of("loans-1") == done.version
    assert registry.findings("microloan") == done.opened
    assert disagreements(registry, NOON.date()) == []


def test_the_next_run_is_the_next_version_and_links_what_is_still_open(registry, run):
    register(registry, run("loans-1", BAD), WANTED)
    done = register(registry, run("loans-2", BAD, auc(0.5, "out_of_time")), AGAIN)
    assert done.version.number == 2
    assert [(f.id, f.also_in) for f in done.linked] == [("F-0001", [2])]
    assert [f.id for f in done.opened] == ["F-0002"]
    assert done.reviews == []  # planned before
    assert done.model.owner == "wang"


def test_a_check_that_fails_no_more_is_told_and_its_finding_stays_a_persons_to_close(registry, run):
    register(registry, run("loans-1", BAD), WANTED)
    done = register(registry, run("loans-2", GOOD), AGAIN)
    assert ([f.id for f in done.mended], done.opened, done.linked) == (["F-0001"], [], [])
    assert registry.findings()[0].state == "draft"
    assert register(registry, run("loans-3", UNKNOWN), AGAIN).mended == []


def test_a_finding_that_is_done_with_does_not_hide_a_check_that_fails_again(registry, run):
    [first] = register(registry, run("loans-1", BAD), WANTED).opened
    registry.write(move(first, "dismissed", "chen", "a wrong label, mended", NOON))
    assert [f.id for f in register(registry, run("loans-2", BAD), AGAIN).opened] == ["F-0002"]


def test_the_same_check_of_another_model_opens_a_draft_of_its_own(registry, run):
    register(registry, run("loans-1", BAD), WANTED)
    done = register(registry, run("loans-2", BAD), replace(WANTED, model="repeat_loans"))
    assert [(f.id, f.model) for f in done.opened] == [("F-0002", "repeat_loans")]


def test_a_run_is_registered_once(registry, run):
    folder = run("loans-1", BAD)
    register(registry, folder, WANTED)
    for wanted in (AGAIN, replace(WANTED, model="another")):
        with pytest.raises(Refused, match="loans-1 is registered already: version 1 of microloan"):
            register(registry, folder, wanted)


def test_a_registration_cut_short_is_taken_up_again_and_nothing_comes_twice(registry, run):
    folder = run("loans-1", BAD)
    register(registry, folder, WANTED)
    (registry.folder / "versions" / "microloan-1.yaml").unlink()  # as if it had ended before the last write
    listed = registry.folder / "records.txt"
    listed.write_text(listed.read_text().replace("versions/microloan-1.yaml\n", ""))
    done = register(registry, folder, AGAIN)
    assert (done.version.number, [f.id for f in done.opened]) == (1, ["F-0001"])
    assert [f.id for f in registry.findings()] == ["F-0001"]
    assert len(registry.reviews()) == 1


def test_a_run_that_is_not_finished_is_refused(registry, tmp_path):
    with pytest.raises(CannotRun, match=r"is not a finished run: it has no manifest.json"):
        register(registry, tmp_path, WANTED)
    assert not registry.folder.exists()


def test_a_part_of_a_run_is_refused(registry, run):
    with pytest.raises(Refused, match=r"it is a part of a run \(--only intake, features\); a version is a whole one"):
        register(registry, run("loans-1", GOOD, only=["intake", "features"]), WANTED)


def test_a_run_that_was_altered_is_refused_with_the_file(registry, run):
    folder = run("loans-1", GOOD)
    (folder / "evidence.json").write_text("[]")
    (folder / "more.txt").write_text("")
    with pytest.raises(AlteredRun, match=r"evidence.json: changed; more.txt: not in the manifest"):
        register(registry, folder, WANTED)


def test_a_manifest_that_was_altered_is_refused(registry, run):
    path = run("loans-1", GOOD) / "manifest.json"
    path.write_text(path.read_text().replace("loans-1", "loans-9"))
    with pytest.raises(AlteredRun, match=r"manifest.json was changed: it does not match its own seal"):
        register(registry, path.parent, WANTED)


def test_a_new_model_has_an_owner(registry, run):
    with pytest.raises(Refused, match="a new model has an owner: --owner NAME; microloan is not in the inventory yet"):
        register(registry, run("loans-1", GOOD), AGAIN)
    assert registry.models() == []


def test_a_model_belongs_to_one_study(registry, run):
    model = register(registry, run("loans-1", GOOD), WANTED).model
    path = registry.folder / "models" / "microloan.yaml"
    path.unlink()
    registry.put(model.model_copy(update={"study": "cards"}))
    with pytest.raises(Refused, match="microloan is a model of the study cards, and this run is one of microloan"):
        register(registry, run("loans-2", GOOD), AGAIN)


def test_a_retired_model_takes_no_version(registry, run):
    model = register(registry, run("loans-1", GOOD), WANTED).model
    registry.write(move(model, "retired", "wang", "sold", NOON))
    with pytest.raises(Refused, match="microloan is retired; register the run as another model"):
        register(registry, run("loans-2", GOOD), AGAIN)


def test_another_tier_takes_a_reason_and_stays_for_later_versions(registry, run):
    one_less = replace(WANTED, tier=3)
    with pytest.raises(Refused, match="the rule proposes tier 2; tier 3 takes a reason: --because TEXT"):
        register(registry, run("loans-1", GOOD), one_less)
    first = register(registry, run("loans-2", GOOD), replace(one_less, because="a pilot of ten loans")).model
    assert (first.tier, first.tier_proposed, first.tier_because[0]) == (3, 2, "Set by li: a pilot of ten loans")
    second = register(registry, run("loans-3", GOOD), AGAIN).model
    assert (second.tier, second.tier_because[0]) == (3, "Set by li: a pilot of ten loans")
    back = register(registry, run("loans-4", GOOD), replace(AGAIN, tier=2)).model
    assert (back.tier, back.tier_because[0][:9]) == (2, "Not known")


def test_what_a_person_said_of_the_model_stays_and_what_is_said_now_is_a_step(registry, run):
    model = register(registry, run("loans-1", GOOD), WANTED).model
    registry.write(amend(model, {"depends_on": [*model.depends_on, "model: income"]}, "li", "it reads it", NOON))
    done = register(registry, run("loans-2", GOOD), replace(AGAIN, purpose="Repeat loans only", used_by=["branches"]))
    assert done.model.depends_on[-1] == "model: income"
    assert (done.model.purpose, done.model.used_by) == ("Repeat loans only", ["branches"])
    assert "purpose from Application score" in done.model.history[-1].because


def test_every_file_keeps_the_committed_schema(registry, run):
    register(registry, run("loans-1", BAD), WANTED)
    schema = json.loads(committed("registry").read_text("utf-8"))
    files = sorted(registry.folder.rglob("*.yaml"))
    assert [path.parent.name for path in files] == ["findings", "models", "reviews", "versions"]
    for path in files:
        content = json.loads(
            json.dumps(yaml.safe_load(path.read_text("utf-8")), default=lambda value: value.isoformat())
        )
        jsonschema.validate(content, schema)
        for wrong in (content | {"colour": "blue"}, {key: value for key, value in content.items() if key != "seal"}):
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(wrong, schema)
