"""Which kinds of records the registry holds of a run, in the words of the catalogue of rules."""

from riskbench.governance.rules.catalogue import Held
from riskbench.governance.standing import Standing


def held_by(standing: Standing) -> set[Held]:
    """The kinds of records that exist, for `resolve`; of a run that nobody has registered there are none.

    A change log is there once a version has changed its state.

    >>> held_by(Standing())
    set()
    """
    there: dict[Held, bool] = {
        "signatures": bool(standing.signatures),
        "findings": bool(standing.findings),
        "changes": any(version.history for version in standing.versions),
        "inventory": standing.model is not None,
        "exceptions": bool(standing.exceptions),
        "reviews": bool(standing.reviews),
        "verifications": bool(standing.verifications),
    }
    return {kind for kind, exists in there.items() if exists}
