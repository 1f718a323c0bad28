"""What a run is made from beside code and notebooks: the study's texts, its data and the lock, each with its hash."""

from pathlib import Path

import pandas as pd

from riskbench.core.files import sha256
from riskbench.core.project import Project
from riskbench.data.study import Study


def made_from(project: Project, study: Study, study_folder: Path) -> pd.DataFrame:
    """One row a file: `file`, its `kind` (study, data or environment) and its `sha256`."""
    texts = [path for path in sorted(study_folder.iterdir()) if path.suffix in (".toml", ".yaml")]
    data = [study_folder / file for file in sorted({t.file for t in study.tables.values()})]
    lock = [project.lock] if project.lock.is_file() else []
    kinds = {**dict.fromkeys(texts, "study"), **dict.fromkeys(data, "data"), **dict.fromkeys(lock, "environment")}
    rows = [(path.name, kind, sha256(path)) for path, kind in kinds.items()]
    return pd.DataFrame(rows, columns=["file", "kind", "sha256"])
