"""A copy of a study with other samples, in a folder of its own: texts are written, tables are links to the user's."""

import json
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from riskbench.core.errors import CannotRun
from riskbench.core.files import write_text
from riskbench.data.feeds.store import FOLDER as FEEDS
from riskbench.data.sources import SOURCE_FILE
from riskbench.data.study import STUDY_FILE, load_study
from riskbench.pipeline.code import study_files
from riskbench.pipeline.proposing.window import Window
from riskbench.scorecard.edits.file import EDITS_FILE


def candidate_content(study: Mapping[str, Any], window: Window) -> dict[str, Any]:
    """The study's description with the samples of the window, and with nothing that came after its day."""
    samples = dict(study["samples"]) | {
        "development": window.development.model_dump(),
        "out_of_time": window.holdout.model_dump(),
    }
    return _as_known(dict(study) | {"samples": samples}, window)


def recalibrated_content(study: Mapping[str, Any], window: Window, method: str) -> dict[str, Any]:
    """The champion's own description, with its level fitted again to the months that the window held out.

    `method` is "intercept" (level alone) or "slope" (level and spread).
    """
    asked = {
        "kind": "recent",
        "because": f"the level no longer held on {window.holdout.first} to {window.holdout.last}",
        "months": window.held_out_months,
        "method": method,
        "samples": ["development", "test", "out_of_time", "monitoring"],
    }
    return _as_known(dict(study) | {"calibration": asked}, window)


def write_copy(home: Path, content: Mapping[str, Any], target: Path, *, edits: bool = False) -> Path:
    """Write the copy of the study in `home`, described by `content`, into `target`; the study's file.

    `edits` takes the edits of bins along. Raises `CannotRun` where `target` is not empty, `StudyError` where the
    description breaks a rule.
    """
    if target.exists() and any(target.iterdir()):
        raise CannotRun(f"{target} is not empty: a copy of a study is written once")
    target.mkdir(parents=True, exist_ok=True)
    for name, path in study_files(home).items():
        if name != STUDY_FILE and (edits or name != EDITS_FILE):
            shutil.copyfile(path, target / name)
    write_text(target / STUDY_FILE, as_toml(content))
    study = load_study(target / STUDY_FILE)
    for file in {spec.file for spec in study.tables.values()} | {FEEDS}:
        if (home / file).exists():
            (target / file).symlink_to((home / file).resolve())
    if (home / SOURCE_FILE).is_file():
        shutil.copyfile(home / SOURCE_FILE, target / SOURCE_FILE)
    return target / STUDY_FILE


def as_toml(content: Mapping[str, Any]) -> str:
    """A description as TOML, which reads back as the same.

    >>> print(as_toml({"name": "loans", "samples": {"salt": "s", "development": {"n": 1}}}))
    name = "loans"
    <BLANKLINE>
    [samples]
    salt = "s"
    <BLANKLINE>
    [samples.development]
    n = 1
    <BLANKLINE>
    """
    text = "\n".join(_lines("", content)) + "\n"
    if tomllib.loads(text) != _plain(content):
        raise CannotRun("the description of the study cannot be written down again as TOML")
    return text


def _as_known(content: dict[str, Any], window: Window) -> dict[str, Any]:
    """Nothing decided later is there, and no outcome whose window was open on the day."""
    outcome = dict(content["outcome"])
    if not window.retrospective:
        outcome["observed_until"] = min(window.as_of, outcome.get("observed_until", window.as_of))
    samples = dict(content["samples"])
    samples["until"] = min(window.as_of, samples.get("until", window.as_of))
    return content | {"outcome": outcome, "samples": samples}


def _lines(path: str, table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if not isinstance(value, Mapping):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in table.items():
        if isinstance(value, Mapping):
            inner = f"{path}.{_key(key)}" if path else _key(key)
            yield from ("", f"[{inner}]", *_lines(inner, value))


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").replace("-", "").isalnum() else _text(key)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case Mapping():
            return f"{{ {', '.join(f'{_key(k)} = {_value(v)}' for k, v in value.items())} }}"
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
    return str(value)  # a number, a date or a time is written as TOML has it


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
