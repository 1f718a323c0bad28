"""How a run stands: everything that people wrote down about it, gathered for the pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from riskbench.governance.registry.records import Finding, Model, Review, RiskException, Verification, Version
from riskbench.governance.signing.signature import Signature


@dataclass(frozen=True)
class Standing:
    """What the registry knows of a run; the default is a run that nobody has registered."""

    model: Model | None = None
    version: Version | None = None
    versions: Sequence[Version] = ()
    findings: Sequence[Finding] = ()
    exceptions: Sequence[RiskException] = ()
    reviews: Sequence[Review] = ()
    verifications: Sequence[Verification] = ()
    signatures: Sequence[Signature] = ()
    ledger_head: str = ""
