"""The code of a run as one archive: package, notebooks, lock, project file and the study's texts."""

import zipfile
from pathlib import Path

import riskbench
from riskbench.core.files import digest, replacing, sha256
from riskbench.core.project import Project

PACKAGE = Path(riskbench.__file__).parent
EPOCH = (1980, 1, 1, 0, 0, 0)  # equal code gives equal bytes


def package_files() -> dict[str, Path]:
    """Every file of the package, by its path in the archive."""
    files = (path for path in sorted(PACKAGE.rglob("*")) if path.is_file() and path.suffix != ".pyc")
    return {f"src/riskbench/{path.relative_to(PACKAGE).as_posix()}": path for path in files}


def package_digest() -> str:
    """One hash over all files of the package."""
    return digest({name: sha256(path) for name, path in package_files().items()})


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
            archive.writestr(zipfile.ZipInfo(name, EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)
