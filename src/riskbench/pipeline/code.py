"""The code of a run as one archive: package, notebooks, lock, project file and the study's texts."""

import hashlib
import json
import zipfile
import zlib
from pathlib import Path

import riskbench
from riskbench.core.files import canonical_json, digest, replacing, sha256
from riskbench.core.project import Project

PACKAGE = Path(riskbench.__file__).parent
EPOCH = (1980, 1, 1, 0, 0, 0)  # equal code gives equal bytes
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)  # as zip


def package_files() -> dict[str, Path]:
    """Every file of the package, by its path in the archive."""
    files = (path for path in sorted(PACKAGE.rglob("*")) if path.is_file() and path.suffix != ".pyc")
    return {f"src/riskbench/{path.relative_to(PACKAGE).as_posix()}": path for path in files}


def package_digest() -> str:
    """One hash over all files of the package."""
    return digest({name: sha256(path) for name, path in package_files().items()})


def notebook_source(path: Path) -> bytes:
    """A notebook without what saving it by hand adds: outputs, counts of execution, and what the editor noted.

    This is what a run depends on, and what its archive holds: outputs may show what is nobody else's business.
    """
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        cell["metadata"] = {name: value for name, value in cell["metadata"].items() if name == "tags"}
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    notebook["metadata"] = {name: value for name, value in notebook["metadata"].items() if name == "kernelspec"}
    return canonical_json(notebook).encode()


def notebook_digest(path: Path) -> str:
    """SHA-256 of `notebook_source`."""
    return hashlib.sha256(notebook_source(path)).hexdigest()


def study_files(folder: Path) -> dict[str, Path]:
    """The texts of a study (never its data), by file name."""
    return {path.name: path for path in sorted(folder.iterdir()) if path.suffix in (".toml", ".yaml", ".md")}


def write_code(target: Path, project: Project, study: str, study_folder: Path) -> None:
    """Write the archive that a run is performed again from."""
    files = package_files()
    files |= {f"notebooks/{path.name}": path for path in sorted(project.notebooks.glob("*.ipynb"))}
    files |= {
        name: project.root / name for name in ("pyproject.toml", project.lock.name) if (project.root / name).is_file()
    }
    files |= {f"data/{study}/{name}": path for name, path in study_files(study_folder).items()}
    with replacing(target) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            content = notebook_source(path) if path.suffix == ".ipynb" else path.read_bytes()
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
