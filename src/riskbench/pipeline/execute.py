"""The one door to papermill: execute a notebook with checked parameters and keep what it did.

papermill's Python API is used from one process; its command line would cost seconds a call.
"""

import logging
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from riskbench.core.errors import StageFailed
from riskbench.core.files import write_text
from riskbench.pipeline.code import PACKAGE

KERNEL = "riskbench"
CELL_FILE = re.compile(r"\S*/ipykernel_\d+/\d+\.py")  # the file that a kernel says a cell stands in


def execute(
    notebook: Path, output: Path, parameters: Mapping[str, Any], folder: Path, on_cell: Callable[[int, int], None]
) -> None:
    """Execute `notebook` in a warm kernel in `folder` into `output`; `on_cell(done, all)` hears of each cell.

    Raises `StageFailed` with cell and exception; the executed notebook is kept up to that cell.
    """
    import papermill
    from nbclient.exceptions import DeadKernelError
    from traitlets.config import Config

    logging.getLogger("papermill").addHandler(logging.NullHandler())  # what goes wrong is raised, not logged
    _register_engine()
    stage = output.stem
    sockets = tempfile.mkdtemp(prefix="riskbench-")  # only this user can enter it; one a kernel, so that none meet
    transport = Config(KernelManager={"transport": "ipc", "ip": f"{sockets}/kernel"})
    try:
        papermill.execute_notebook(
            notebook,
            output,
            parameters=dict(parameters),
            kernel_name=KERNEL,
            language="python",
            engine_name=KERNEL,
            progress_bar=False,
            resources={"metadata": {"path": str(folder)}},  # papermill's `cwd` would move the whole process
            shutdown_kernel="immediate",
            config=transport,
            on_cell=on_cell,
        )
    except papermill.PapermillExecutionError as error:
        raise StageFailed(stage, error.exec_count, f"{error.ename}: {error.evalue}") from None
    except DeadKernelError as error:
        raise StageFailed(stage, None, f"the kernel died ({error}); out of memory is the usual reason") from None
    except RuntimeError as error:  # jupyter_client's own, when a kernel does not come up
        raise StageFailed(stage, None, str(error)) from None
    finally:
        shutil.rmtree(sockets, ignore_errors=True)
        _forget_this_machine(output, folder)


def _register_engine() -> None:
    from papermill.engines import NBClientEngine, papermill_engines

    class ReportingEngine(NBClientEngine):
        """papermill's own engine, which also says which cell it has come to."""

        @classmethod
        def execute_managed_notebook(
            cls, nb_man: Any, kernel_name: str, on_cell: Callable[[int, int], None], **kwargs: Any
        ) -> Any:
            start, cells = nb_man.cell_start, len(nb_man.nb.cells)

            def report_and_start(cell: Any, cell_index: int | None = None, **more: Any) -> None:
                on_cell(cell_index or 0, cells)
                start(cell, cell_index, **more)

            nb_man.cell_start = report_and_start
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)

    papermill_engines.register(KERNEL, ReportingEngine)


def _forget_this_machine(output: Path, folder: Path) -> None:
    """A run names no path of the machine it was made on: not in papermill's notes, a warning or a traceback."""
    import nbformat

    if not output.is_file():
        return
    notebook = nbformat.read(output, as_version=4)
    for name in ("input_path", "output_path"):
        notebook.metadata.get("papermill", {}).pop(name, None)
    places = [f"{place}/" for place in (folder, PACKAGE.parent, sys.prefix, sys.base_prefix, Path.home())]
    for said in (said for cell in notebook.cells for said in cell.get("outputs", [])):
        if said.output_type == "stream":
            said.text = _without(said.text, places)
        elif said.output_type == "error":
            said.evalue = _without(said.evalue, places)
            said.traceback = [_without(line, places) for line in said.traceback]
    write_text(output, nbformat.writes(notebook) + "\n")


def _without(text: str, places: list[str]) -> str:
    for place in places:
        text = text.replace(place, "")
    return CELL_FILE.sub("this notebook", text)
