"""The hand-over: one `.zip` with its checksum beside it, and inside it what a supervisor without riskbench can check.

    READ_ME.txt  CHECKSUMS.sha256  HELD_BACK.txt  ro-crate-metadata.json
    dossier/     the pages, index.html first
    registry/    keys, ledger, and the model's records
    <run_id>/    the sealed run

Tables with a row an application are held back unless asked for: HELD_BACK.txt names them, and the manifest still holds
their hashes. Equal content gives an equal archive, byte for byte.
"""

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from riskbench.core.files import canonical_json, replacing, sha256, write_text
from riskbench.governance.manifest import File, whole
from riskbench.pipeline.code import EPOCH
from riskbench.pipeline.handover.crate import CRATE_FILE, About, crate
from riskbench.pipeline.run_folder import ARTIFACTS

READ_ME, CHECKSUMS, HELD_BACK = "READ_ME.txt", "CHECKSUMS.sha256", "HELD_BACK.txt"
DOSSIER, REGISTRY = "dossier", "registry"
TEXT = """{title}

Open dossier/index.html in any browser; it needs no network. What lies where:

  dossier/    the pages a reader needs, as things stood when this was handed over
  registry/   who is responsible, what was found, who signed: keys.json, ledger.jsonl and one file a record
  {run}/
              the run that all rests on: notebooks, evidence, code, and the manifest with the hash of every file
  {crate}  the same for machines (RO-Crate)

To see that nothing was changed on the way:

  sha256sum -c {checksums}          every file against its hash
  riskbench verify ARCHIVE.zip --quick     the same, and the signatures

{held}
The checksums find what was changed by accident. Whoever can change the files can change the checksums too: only the
signatures stop that, and only if the fingerprint of the root key was compared with the signer by another way.
"""


@dataclass(frozen=True)
class HandOver:
    """What was written: the archive, its SHA-256, how many files it holds, and which of the run are held back."""

    archive: Path
    sha256: str
    files: int
    held_back: tuple[str, ...]


def hand_over(
    run: Path, dossier: Path, registry: Mapping[str, Path], about: About, target: Path, *, rows: bool = False
) -> HandOver:
    """Write the archive of a finished run, its dossier and records of the registry (path there to file) to `target`.

    `rows` says whether tables with a row an application go with it. Raises `AlteredRun` for a run that is not what its
    manifest says.
    """
    manifest = whole(run, "nobody is handed")
    held = () if rows else tuple(sorted(path for path in manifest.files if is_of_rows(path)))
    sources = {f"{DOSSIER}/{path.relative_to(dossier).as_posix()}": path for path in _files(dossier)}
    own = (path for path in _files(run) if path.relative_to(run).as_posix() not in held)
    sources |= {f"{about.run}/{path.relative_to(run).as_posix()}": path for path in own}
    sources |= {f"{REGISTRY}/{name}": path for name, path in registry.items()}
    texts = {READ_ME: _read_me(about, held)} | ({HELD_BACK: "\n".join(held) + "\n"} if held else {})
    content: dict[str, Callable[[], bytes]] = {name: path.read_bytes for name, path in sources.items()}
    content |= {name: text.encode for name, text in texts.items()}
    hashes = {name: _hashed(read()) for name, read in sorted(content.items())}
    content[CRATE_FILE] = canonical_json(crate(manifest, hashes, about)).encode
    hashes[CRATE_FILE] = _hashed(content[CRATE_FILE]())
    content[CHECKSUMS] = "".join(f"{hashes[name].sha256}  {name}\n" for name in sorted(hashes)).encode
    _write(target, content)
    write_text(target.with_name(f"{target.name}.sha256"), f"{sha256(target)}  {target.name}\n")
    return HandOver(target, sha256(target), len(content), held)


def is_of_rows(path: str) -> bool:
    """Whether a file of a run, by its path there, is a table that may hold a row an application.

    >>> is_of_rows("artifacts/intake/applications.parquet"), is_of_rows("artifacts/scorecard/card.json")
    (True, False)
    """
    return path.startswith(f"{ARTIFACTS}/") and path.endswith(".parquet")


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _hashed(content: bytes) -> File:
    return File(sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))


def _read_me(about: About, held: tuple[str, ...]) -> str:
    told = (
        f"Held back: {len(held)} tables with a row an application ({HELD_BACK}).\nIts manifest.json has their hashes.\n"
    )
    return TEXT.format(
        title=about.title, run=about.run, crate=CRATE_FILE, checksums=CHECKSUMS, held=told if held else ""
    )


def _write(target: Path, content: Mapping[str, Callable[[], bytes]]) -> None:
    with replacing(target) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(content):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content[name](), zipfile.ZIP_DEFLATED)
