"""Evidence that a page cites: which ids fit a pattern, and how a cell lists them."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from riskbench.core.evidence import Evidence

SHOWN = 4  # ids that a cell names; the others are counted


def matching(evidence: Mapping[str, Evidence], pattern: str) -> list[Evidence]:
    """The evidence whose id fits a pattern such as `validation.champion.auc*`, in the order of the run."""
    return [e for id_, e in evidence.items() if fnmatchcase(id_, pattern)]


def listed(ids: Sequence[str], most: int = SHOWN) -> str:
    """Ids as a cell of the format `evidence` holds them: the first `most`, and how many there are beside them.

    >>> listed(["a.b.c", "a.b.d", "a.b.e"], most=1)
    'a.b.c, and 2 more'
    """
    return ", ".join([*ids[:most], *([f"and {len(ids) - most} more"] if len(ids) > most else [])])
