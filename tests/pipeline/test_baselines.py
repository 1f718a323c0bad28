import datetime as dt
import shutil

from riskbench.core.files import sha256
from riskbench.core.project import Project
from riskbench.monitoring.counts.baseline import COUNTS, FOLDER, load_baseline
from riskbench.monitoring.warning.observed import Observed
from riskbench.monitoring.watch.setting_up import Asked, sight_of
from riskbench.pipeline.run_folder import EVIDENCE_FILE, read_evidence


def test_a_run_freezes_the_baseline_of_its_own_bundle_and_its_page_says_how_much_it_holds(finished):
    baseline = load_baseline(finished.folder)
    told = {e.id: e.value for e in read_evidence(finished.folder / EVIDENCE_FILE)}
    assert baseline.bundle == told["policy.bundle.address"]
    assert len(baseline.everyone.frame) == told["monitoring.baseline.counts"]
    assert baseline.record.counts_sha256 == sha256(finished.folder / FOLDER / COUNTS)


RULES = """\
schema_version: 1
rules:
  - {name: outside, kind: out_of_range, period: month, severity: notice, false_alarm: once in 120 looks, advice: look}
  - name: by_sex
    kind: disparity
    period: month
    severity: alarm
    attribute: sex
    at_least: 0.8
    false_alarm: once in 120 looks
    advice: look
"""


def test_a_run_that_is_looked_at_tells_of_groups_and_of_values_outside(finished, tmp_path):
    folder = tmp_path / "data" / "microloan"
    folder.mkdir(parents=True)
    for name in ("study.toml", "policy.yaml"):
        shutil.copy(finished.project / "data" / "microloan" / name, folder)
    (folder / "warnings.yaml").write_text(RULES)
    sight = sight_of(Project(tmp_path), Asked("microloan", "", "sqlite://", finished.folder))
    baseline = sight.baseline()
    at = dt.datetime.combine(baseline.until + dt.timedelta(days=1), dt.time(), dt.UTC)
    said = sight.evaluate(Observed(at, baseline, sight.counts(baseline, at).table))
    assert {reading.rule for reading in said if reading.state != "not_evaluated"} == {"outside", "by_sex"}
