"""What the catalogue of rules names exists in a run of the synthetic study, so that no pattern goes stale unseen."""

from collections.abc import Mapping
from typing import Any

import pytest

from riskbench.core.evidence import Evidence
from riskbench.governance.citing import matching
from riskbench.governance.rules.catalogue import catalogue
from riskbench.pipeline.run_folder import read_evidence

ABSENT = {"validation.segment_*region*.auc.*"}  # the study names no region as a segment, and the page says so


@pytest.fixture(scope="session")
def evidence(finished: Any) -> Mapping[str, Evidence]:
    return {e.id: e for e in read_evidence(finished.folder / "evidence.json")}


@pytest.mark.parametrize("rule", catalogue().rules, ids=lambda rule: rule.id)
def test_every_pattern_of_the_catalogue_fits_evidence(rule: Any, evidence: Mapping[str, Evidence]) -> None:
    patterns = {pattern for ask in rule.items for pattern in ask.evidence} - ABSENT
    assert {pattern for pattern in patterns if not matching(evidence, pattern)} == set()


def test_the_page_of_the_rules_links_ids_that_the_evidence_page_holds(finished: Any) -> None:
    page, index = ((finished.folder / f"{name}.html").read_text("utf-8") for name in ("rules", "evidence"))
    linked = {part.split('"')[0] for part in page.split('href="evidence.html#')[1:]}
    assert len(linked) > 50
    assert all(f'id="{anchor}"' in index for anchor in linked)
