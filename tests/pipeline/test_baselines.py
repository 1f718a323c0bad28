from riskbench.core.files import sha256
from riskbench.monitoring.counts.baseline import COUNTS, FOLDER, load_baseline
from riskbench.pipeline.run_folder import EVIDENCE_FILE, read_evidence


def test_a_run_freezes_the_baseline_of_its_own_bundle_and_its_page_says_how_much_it_holds(finished):
    baseline = load_baseline(finished.folder)
    told = {e.id: e.value for e in read_evidence(finished.folder / EVIDENCE_FILE)}
    assert baseline.bundle == told["policy.bundle.address"]
    assert len(baseline.everyone.frame) == told["monitoring.baseline.counts"]
    assert baseline.record.counts_sha256 == sha256(finished.folder / FOLDER / COUNTS)
