"""A study: one portfolio described in one TOML file, read strictly.

It says what the tables are and how they meet as of the decision, what "bad" means in full, which role each column
plays, and how samples are drawn. Unknown keys are refused; an error names the file and the key.
"""

import tomllib
from pathlib import Path
from typing import Self

from pydantic import ValidationError, model_validator

from riskbench.core.errors import StudyError, broken_rules
from riskbench.data.study.consistency import check
from riskbench.data.study.description import Description

STUDY_FILE = "study.toml"


class Study(Description):
    """One portfolio and everything a run needs to know of it; its sections agree with each other."""

    @model_validator(mode="after")
    def _sections_agree(self) -> Self:
        check(self)
        return self


def load_study(path: Path) -> Study:
    """Read and check a study file.

    Raises `StudyError` that names the file, the key and the rule.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise StudyError(f"no study at {path}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{path.parent.name}/{path.name} is not valid TOML: {error}") from None
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(broken_rules(error, "study", most=5))
        raise StudyError(f"{path.parent.name}/{path.name} breaks {error.error_count()} rule(s): {problems}") from None


def find_study(data: Path, name_or_path: str) -> Path:
    """The study file that `--study` means: a name below `data/`, a folder, or a file.

    Raises `StudyError` with the studies that exist.
    """
    as_path = Path(name_or_path)
    for candidate in (data / name_or_path / STUDY_FILE, as_path / STUDY_FILE, as_path):
        if candidate.is_file() and candidate.suffix == ".toml":
            return candidate.resolve()
    known = ", ".join(sorted(path.parent.name for path in data.glob(f"*/{STUDY_FILE}")))
    raise StudyError(f"no study {name_or_path!r}; there are: {known}")
