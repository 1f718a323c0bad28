"""A published data set of three rows, registered by one entry."""

import pandas as pd
import pytest

from riskbench.data.published.catalogue import PUBLIC, PublicData
from riskbench.data.published.recognition import content_hash


@pytest.fixture(autouse=True)
def tiny(monkeypatch) -> pd.DataFrame:
    """Its canonical table."""
    table = pd.DataFrame({"ID": [1, 2, 3], "LIMIT": [50, 20, 90], "BAD": [0, 1, 0]})
    spec = PublicData(
        title="Tiny",
        origin="https://example.org/tiny",
        rows=3,
        columns={"ID": 6, "LIMIT": 160, "BAD": 1},
        sha256=content_hash(table),
        namings=("ID X1 X2|Y|bad.next.month",),
        openml_id=7,
        lost={("LIMIT", 2): 20},
    )
    monkeypatch.setitem(PUBLIC, "tiny", spec)
    return table
