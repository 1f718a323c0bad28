"""How a run is protected: its sources and their lawful basis, levels of protection, protected attributes, the scan."""

from pathlib import Path

import pandas as pd

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.study import Study
from riskbench.data.study.schema import Role
from riskbench.privacy.scan import scan_folder

# The house scale, 4 the most protected. A run is protected as its most protected column.
LEVELS: dict[Role, int] = {
    "identifier": 4,
    "protected": 3,
    "outcome": 3,
    "feature": 3,
    "price": 3,
    "leakage": 3,
    "context": 2,
    "key": 2,
    "date": 2,
}
IN_THE_RUN: dict[Role, str] = {  # in which form a run holds columns of a role; of the others it holds the values
    "identifier": "no",
    "leakage": "no",
    "key": "as pseudonym",
    "protected": "as groups",
    "date": "as month; by the day where a feature is computed from it",
    "outcome": "as label",
}


def sources(study: Study) -> pd.DataFrame:
    """One row a table: owner, purpose, lawful basis, cost per application."""
    rows = [(name, t.file, t.owner, t.purpose, t.lawful_basis, t.cost) for name, t in study.tables.items()]
    return pd.DataFrame(rows, columns=["table", "file", "owner", "purpose", "lawful_basis", "cost"])


def levels(study: Study) -> pd.DataFrame:
    """One row a role: its level of protection, how many columns have it, and in which form they are in the run."""
    roles = pd.Series([c.role for t in study.tables.values() for c in t.columns.values()]).value_counts()
    rows = [(level, role, int(roles.get(role, 0)), IN_THE_RUN.get(role, "yes")) for role, level in LEVELS.items()]
    return pd.DataFrame(rows, columns=["level", "role", "columns", "in_the_run"])


def protected_use(study: Study) -> pd.DataFrame:
    """Each protected attribute: what it is, why it is here, and who reads it."""
    why = "to test fairness; enters no model"
    rows = [(name, f.description, why, "70 fairness") for name, f in study.protected.items()]
    return pd.DataFrame(rows, columns=["attribute", "description", "need", "read_by"])


def scan_run(folder: Path) -> pd.DataFrame:
    """Direct identifiers in the files of a run: `file, kind, count` and a masked `example`, one row a file and kind."""
    found = [(f.file, f.kind, f.count, f.example) for f in scan_folder(folder)]
    return pd.DataFrame(found, columns=["file", "kind", "count", "example"])


def identifiers_check(found: pd.DataFrame, thresholds: Thresholds) -> CheckResult:
    """`security.identifiers_found`: the number of identifiers that `scan_run` found, of which there must be none."""
    estimate = Estimate(int(found["count"].sum()), method="search of every file of the run")
    limit = thresholds["privacy.identifiers_found"]
    return CheckResult("security.identifiers_found", "Direct identifiers in the files of the run", estimate, limit)
