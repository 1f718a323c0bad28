"""Who signed what, in which role, what signatures protect and what not, and room to sign on paper."""

from collections.abc import Mapping, Sequence
from html import escape

from riskbench.core.evidence import Evidence
from riskbench.governance.signing.signature import Act, Signature
from riskbench.governance.standing import Standing
from riskbench.report.index_page import RunSummary
from riskbench.report.layout import Dossier, render
from riskbench.report.register import register
from riskbench.report.tables import stacked
from riskbench.report.told import conditions_told, day, minute, signers_told, state_word, version_told

DIGITS, GROUP = 32, 4  # of a fingerprint, as it is read aloud
ACTS: Mapping[Act, str] = {
    "development": "the model was developed as the run shows",
    "validation": "the run was judged independently",
    "exception": "an exception is granted",
    "approval": "the version may be used, under its conditions",
    "promotion": "the version is put into use",
    "stop": "the version is stopped",
    "rollback": "an earlier version is taken back into use",
    "records": "records of the registry were changed",
}
STATE_ACTS: Sequence[Act] = ("promotion", "stop", "rollback")


def render_signatures(summary: RunSummary, dossier: Dossier, evidence: Sequence[Evidence], standing: Standing) -> str:
    """The page of signatures; of a run that nobody signed it says so, and what that means."""
    known = {e.id: e for e in evidence}
    holding = [s for s in standing.signatures if s.holds]
    moves = [s for s in holding if s.act in STATE_ACTS]
    return render(
        "signatures.html.j2",
        "signatures",
        dossier,
        title="Signatures",
        standing=standing,
        summary=summary,
        version=version_told(standing),
        signers=signers_told(standing),
        holding=len(holding),
        broken=len(standing.signatures) - len(holding),
        signatures=_signatures_table(standing.signatures),
        conditions=conditions_told(standing, known),
        last_move=moves[-1] if moves else None,
        acts=ACTS,
        state=state_word,
        day=day,
        minute=minute,
        problems=dict(standing.problems),
        hash=next((s.manifest_sha256 for s in reversed(holding) if s.manifest_sha256), "")
        or (standing.version.manifest_sha256 if standing.version else ""),
    )


def _signatures_table(signatures: Sequence[Signature]) -> str:
    columns = {
        "who": [_holder(s) for s in signatures],
        "what was signed": [stacked([ACTS[s.act], *filter(None, [s.because])]) for s in signatures],
        "time": [minute(s.at) for s in signatures],
        "holds": ["yes" if s.holds else stacked(["no", s.problem]) for s in signatures],
    }
    return register(columns, "Signatures, the oldest first")


def _holder(signature: Signature) -> str:
    digits = signature.key_id[:DIGITS]
    key = " ".join(digits[i : i + GROUP] for i in range(0, len(digits), GROUP))
    return f"{stacked([signature.person, signature.role])}<small>key <code>{escape(key)}</code></small>"
