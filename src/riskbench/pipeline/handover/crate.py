"""The run as a research object: `ro-crate-metadata.json`, which other tools read without knowing riskbench.

RO-Crate 1.1 (Soiland-Reyes et al. 2022, Data Science 5(2)) in the profile of process runs: each stage is an action
with its notebook, its parameters, what it took and what it made.
"""

import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from riskbench.governance.manifest import File, Manifest
from riskbench.pipeline.run_folder import APPENDIX, ARTIFACTS, CODE, EVIDENCE_FILE
from riskbench.pipeline.stages import STAGES

CRATE_FILE = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
SOFTWARE, ENVIRONMENT = "#riskbench", "#environment"
OWN_TYPES = {".ipynb": "application/x-ipynb+json", ".parquet": "application/vnd.apache.parquet", ".toml": "text/toml",
             ".yaml": "application/yaml", ".jsonl": "application/jsonl", ".sql": "application/sql"}  # fmt: skip

Entity = dict[str, Any]


@dataclass(frozen=True)
class About:
    """What a crate says of itself: title, description, licence of the data, and the folder that the run lies in."""

    title: str
    description: str
    licence: str
    run: str


def crate(manifest: Manifest, files: Mapping[str, File], about: About) -> Entity:
    """The metadata of an archive that holds `files` (path to hash and size), the run of `manifest` among them.

    Equal content gives an equal crate: its date is that of the run.
    """
    listed = sorted(files)
    actions = [_action(manifest, record.stage, listed, about.run) for record in manifest.stages]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": about.title,
        "description": about.description,
        "datePublished": manifest.created,
        "identifier": manifest.run_id,
        "license": about.licence,
        "conformsTo": {"@id": PROFILE},
        "hasPart": _references(listed),
        "mentions": _references(action["@id"] for action in actions),
    }
    about_itself = {
        "@id": CRATE_FILE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": SPECIFICATION},
    }
    graph = [about_itself, root, *_software(manifest), *actions]
    graph += [value for action in actions for value in _values(action, manifest)]
    graph += [_file(path, files[path]) for path in listed]
    graph.append({"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"})
    return {"@context": CONTEXT, "@graph": graph}


def _software(manifest: Manifest) -> list[Entity]:
    environment = manifest.environment
    packages = ", ".join(f"{name} {version}" for name, version in environment.packages.items())
    return [
        {
            "@id": SOFTWARE,
            "@type": "SoftwareApplication",
            "name": "riskbench",
            "identifier": manifest.code_sha256,
            "softwareRequirements": {"@id": ENVIRONMENT},
        },
        {
            "@id": ENVIRONMENT,
            "@type": "SoftwareApplication",
            "name": f"Python {environment.python}",
            "operatingSystem": f"{environment.system} {environment.machine}",
            "description": packages,
        },
    ]


def _action(manifest: Manifest, stage: str, files: Iterable[str], run: str) -> Entity:
    """One stage: `object` is what it took (tables of the stages it builds on, parameters), `result` what it made."""
    record = next(record for record in manifest.stages if record.stage == stage)
    took = {f"{run}/{ARTIFACTS}/{name}" for name in STAGES[stage].needs} if stage in STAGES else set()
    made = {f"{run}/{ARTIFACTS}/{stage}"}
    pages = {f"{run}/{stage}.html", f"{run}/{stage}.ipynb"}
    folder = {path: str(PurePosixPath(path).parent) for path in files}
    parameters = [f"#{stage}.{name}" for name in record.parameters]
    return {
        "@id": f"#{stage}",
        "@type": "CreateAction",
        "name": STAGES[stage].title if stage in STAGES else stage,
        "instrument": {"@id": SOFTWARE},
        "object": _references([*(path for path in folder if folder[path] in took), *parameters]),
        "result": _references(path for path in folder if folder[path] in made or path in pages),
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        "description": f"{record.state} in {record.seconds:g} s; executed in {record.executed_in}",
    }


def _values(action: Entity, manifest: Manifest) -> list[Entity]:
    stage = action["@id"].removeprefix("#")
    record = next(record for record in manifest.stages if record.stage == stage)
    return [
        {"@id": f"#{stage}.{name}", "@type": "PropertyValue", "name": name, "value": "none" if value is None else value}
        for name, value in record.parameters.items()
    ]


def _file(path: str, file: File) -> Entity:
    suffix = PurePosixPath(path).suffix
    kind = OWN_TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    told = {"encodingFormat": kind, "contentSize": str(file.bytes), "sha256": file.sha256}
    return {"@id": path, "@type": "File", "name": _name(path)} | told


def _name(path: str) -> str:
    known = {EVIDENCE_FILE: "Every figure of the run", CODE: "What the run can be performed again from"}
    name = PurePosixPath(path).name
    return known.get(name) or (f"Appendix: {name}" if PurePosixPath(path).parent.name == APPENDIX else name)


def _references(ids: Iterable[str]) -> list[dict[str, str]]:
    return [{"@id": id_} for id_ in ids]
