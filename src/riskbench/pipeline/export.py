"""The card of a run, handed out in the format that is asked for."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256
from riskbench.data.study import STUDY_FILE, load_study
from riskbench.pipeline.run_folder import ARTIFACTS, read_outputs
from riskbench.scorecard import Scorecard
from riskbench.scorecard.export.dialects import Dialect
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.formats import FORMATS, format_named

if TYPE_CHECKING:
    from riskbench.pipeline.stage import Stage

STAGE, CARD, TEXTS = "scorecard", "card.json", "reason_texts.parquet"


def read_card(folder: Path) -> Scorecard:
    """The card of a run, its hash checked; raises `CannotRun` when there is none or it was changed."""
    return Scorecard.from_dict(json.loads(_written(folder, CARD).read_text("utf-8")))


def read_texts(folder: Path) -> pd.DataFrame:
    """What the bins of a run's card are called: columns feature, bin, en, zh; raises as `read_card` does."""
    return pd.read_parquet(_written(folder, TEXTS), columns=["feature", "bin", "en", "zh"])


def _written(folder: Path, name: str) -> Path:
    place = folder / ARTIFACTS / STAGE
    known = read_outputs(place).tables.get(name)
    if known is None or not (place / name).is_file():
        raise CannotRun(f"{folder} has no card: run the stage {STAGE} first")
    if sha256(place / name) != known.sha256:
        raise CannotRun(f"{place / name} is not what the stage {STAGE} wrote: run it again")
    return place / name


def export_card(folder: Path, name: str, dialect: Dialect = "duckdb") -> str | bytes:
    """The content of the card of a run in the format called `name`; `dialect` is of SQL alone.

    Raises as `read_card` and `format_named` do.
    """
    edition = Edition(_title(folder), texts=read_texts(folder))
    return format_named(name, dialect).write(read_card(folder), edition)


def link_exports(stage: "Stage") -> None:
    """Show a link to the file of every format, in the appendix of the run."""
    for of in FORMATS:
        stage.link(of.title, of.file)


def _title(folder: Path) -> str:
    """What the study is called, where the run holds its description; a draft may not."""
    file = folder / STUDY_FILE
    return load_study(file).title if file.is_file() else folder.name
