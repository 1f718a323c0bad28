"""The card of a run, handed out in the form that is asked for."""

import json
from pathlib import Path
from typing import Literal

import pandas as pd

from riskbench.core.errors import CannotRun
from riskbench.core.files import canonical_json, replacing, sha256, write_text
from riskbench.data.study import STUDY_FILE, load_study
from riskbench.pipeline.run_folder import ARTIFACTS, read_outputs
from riskbench.scorecard import Scorecard
from riskbench.scorecard.export.dialects import Dialect
from riskbench.scorecard.export.document import card_document
from riskbench.scorecard.export.pmml import pmml
from riskbench.scorecard.export.workbook import write_workbook
from riskbench.scorecard.export.write import sql_file

Form = Literal["json", "sql", "pmml", "xlsx"]
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


def export_card(folder: Path, form: Form, dialect: Dialect = "duckdb", out: Path | None = None) -> str:
    """The card of a run as text, written to `out` where that is given; a workbook is only written."""
    card, texts, title = read_card(folder), read_texts(folder), _title(folder)
    if form == "xlsx":
        if out is None:
            raise CannotRun("a workbook needs a file to be written to")
        with replacing(out) as temporary:
            write_workbook(card, temporary, title, texts=texts)
        return ""
    if form == "sql":
        content = sql_file(card, dialect, title)
    else:
        document = card_document(card, title, texts=texts)
        content = pmml(card, title, texts=texts) if form == "pmml" else canonical_json(document)
    if out is not None:
        write_text(out, content)
    return content


def _title(folder: Path) -> str:
    """What the study is called, where the run holds its description; a draft may not."""
    file = folder / STUDY_FILE
    return load_study(file).title if file.is_file() else folder.name
