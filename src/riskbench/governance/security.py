"""The security page: sources and lawful basis, levels of protection, use of protected attributes, the scan."""

from pathlib import Path

import pandas as pd

from riskbench.core.files import sha256
from riskbench.core.project import Project
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


def sources(study: Study) -> pd.DataFrame:
    """One row a table: owner, purpose, lawful basis, cost per application."""
    rows = [(name, t.file, t.owner, t.purpose, t.lawful_basis, t.cost) for name, t in study.tables.items()]
    return pd.DataFrame(rows, columns=["table", "file", "owner", "purpose", "lawful_basis", "cost"])


def levels(study: Study) -> pd.DataFrame:
    """How many columns there are of each role, their level, and whether they are in the run."""
    roles = pd.Series([c.role for t in study.tables.values() for c in t.columns.values()]).value_counts()
    kept = {
        "identifier": "no",
        "leakage": "no",
        "key": "as pseudonym",
        "protected": "as groups",
        "date": "as month; by the day where a feature is computed from it",
        "outcome": "as label",
    }
    rows = [(level, role, int(roles.get(role, 0)), kept.get(role, "yes")) for role, level in LEVELS.items()]
    return pd.DataFrame(rows, columns=["level", "role", "columns", "in_the_run"])


def protected_use(study: Study) -> pd.DataFrame:
    """Each protected attribute: what it is, why it is here, and who reads it."""
    why = "to test fairness; enters no model"
    rows = [(name, f.description, why, "70 fairness") for name, f in study.protected.items()]
    return pd.DataFrame(rows, columns=["attribute", "description", "need", "read_by"])


def scan_run(folder: Path) -> pd.DataFrame:
    """Direct identifiers in the files of a run: file, kind, count and a masked example."""
    found = [(f.file, f.kind, f.count, f.example) for f in scan_folder(folder)]
    return pd.DataFrame(found, columns=["file", "kind", "count", "example"])


def identifiers_check(found: pd.DataFrame, thresholds: Thresholds) -> CheckResult:
    """`security.identifiers_found.scan`: the number of identifiers found, of which there must be none."""
    estimate = Estimate(int(found["count"].sum()), method="search of every file of the run")
    limit = thresholds["privacy.identifiers_found"]
    return CheckResult("security.identifiers_found", "Direct identifiers in the files of the run", estimate, limit)


def made_from(project: Project, study: Study, study_folder: Path) -> pd.DataFrame:
    """What a run is made from, each with its hash: the study's texts and data, and the lock."""
    texts = [path for path in sorted(study_folder.iterdir()) if path.suffix in (".toml", ".yaml")]
    data = [study_folder / file for file in sorted({t.file for t in study.tables.values()})]
    lock = [project.lock] if project.lock.is_file() else []
    kinds = {**dict.fromkeys(texts, "study"), **dict.fromkeys(data, "data"), **dict.fromkeys(lock, "environment")}
    rows = [(path.name, kind, sha256(path)) for path, kind in kinds.items()]
    return pd.DataFrame(rows, columns=["file", "kind", "sha256"])
