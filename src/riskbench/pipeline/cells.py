"""Which cell of a notebook is running: every piece of evidence says which cell it came from."""

import json
from pathlib import Path
from typing import Any


def cell_ids(notebook: Path) -> dict[str, str]:
    """The ids of a notebook's code cells by their source; none where the notebook is not there."""
    if not notebook.is_file():
        return {}
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return {"".join(cell["source"]).strip(): cell["id"] for cell in cells if cell["cell_type"] == "code"}


def running_source() -> str:
    """The source of the cell that is running; empty outside of a notebook."""
    shell = ipython_shell()
    return shell.user_ns["In"][-1].strip() if shell else ""


def ipython_shell() -> Any:
    """IPython's shell, or None outside of a notebook."""
    from IPython import get_ipython

    return get_ipython()
