"""The door to decision logs; SQLAlchemy is needed behind it, and not before."""

from pathlib import Path
from typing import TYPE_CHECKING

from riskbench.core.errors import CannotRun

if TYPE_CHECKING:
    from riskbench.decision.log.log import DecisionLog


def open_log(url: str | Path, *, create: bool = False, writing: bool = True, patience: float = 10.0) -> "DecisionLog":
    """The log at a SQLAlchemy URL or in an SQLite file; with `create` it is made where there is none.

    Without `writing` the database itself refuses to change anything. A writer waits `patience` seconds for others.
    Raises `LogError` where there is none, or not one that can be read here; `CannotRun` without SQLAlchemy.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with folder as place, open_log(Path(place) / "log.sqlite", create=True) as log:
    ...     log.head().entries
    0
    """
    try:
        from riskbench.decision.log.log import DecisionLog
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("riskbench"):
            raise
        raise CannotRun(f'a decision log needs {error.name}: pip install "riskbench[serve]"') from error
    text = str(url) if "://" in str(url) else f"sqlite:///{Path(url).absolute()}"
    return DecisionLog(text, create=create and writing, writing=writing, patience=patience)
