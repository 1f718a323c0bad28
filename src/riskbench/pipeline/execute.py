"""The one door to papermill: execute a notebook with checked parameters and keep what it did.

papermill's Python API is used from one process; its command line would cost seconds a call.
"""

import logging
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

from riskbench.core.errors import MachineError, StageFailed, raised_elsewhere
from riskbench.core.files import write_text
from riskbench.pipeline.code import PACKAGE

KERNEL = "riskbench"
CELL_FILE = re.compile(r"\S*/ipykernel_\d+/\d+\.py")  # the file that a kernel says a cell stands in
DIED = (
    "the kernel died: out of memory is the usual reason. "
    "What to do: free memory, run with --jobs 1, or use a smaller table."
)
_ONE_AT_A_TIME = Lock()


def load_libraries() -> None:
    """Import what stages and pages need, one thread at a time: two first imports of IPython side by side can fail."""
    with _ONE_AT_A_TIME:
        for name in ("IPython.paths", "nbconvert", "papermill", "matplotlib.backends.backend_agg"):
            import_module(name)


@dataclass
class _Execution:
    """A notebook under execution, and the cell it has come to."""

    on_cell: Callable[[int, int], None]
    notebook: Any = None
    index: int | None = None

    @property
    def cell(self) -> int | None:
        """The number of the running cell as the notebook shows it: code cells, counted from 1."""
        if self.notebook is None or self.index is None:
            return None
        return sum(cell.cell_type == "code" for cell in self.notebook.cells[: self.index + 1])


def execute(
    notebook: Path, output: Path, parameters: Mapping[str, Any], folder: Path, on_cell: Callable[[int, int], None]
) -> None:
    """Execute `notebook` in a warm kernel in `folder` into `output`; `on_cell(done, all)` hears of each cell.

    Raises `StageFailed` with cell and exception; the executed notebook is kept up to that cell, whole or not at all.
    """
    load_libraries()
    import papermill
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import CellControlSignal
    from traitlets.config import Config

    logging.getLogger("papermill").addHandler(logging.NullHandler())  # what goes wrong is raised, not logged
    _register_engine()
    stage = output.stem
    sockets = tempfile.mkdtemp(prefix="riskbench-")  # only this user can enter it; one a kernel, so that none meet
    execution = _Execution(on_cell)
    failure: StageFailed | None = None
    try:
        papermill.execute_notebook(
            str(notebook).replace("{", "{{").replace("}", "}}"),  # papermill fills in its paths
            None,  # it would write in pieces, and name this machine: the notebook is kept below
            parameters=dict(parameters),
            kernel_name=KERNEL,
            language="python",
            engine_name=KERNEL,
            progress_bar=False,
            resources={"metadata": {"path": str(folder)}},  # papermill's `cwd` would move the whole process
            shutdown_kernel="immediate",
            config=Config(KernelManager={"transport": "ipc", "ip": f"{sockets}/kernel"}),
            execution=execution,
        )
    except papermill.PapermillExecutionError as error:
        problem, code = raised_elsewhere(error.ename, error.evalue)
        failure = StageFailed(stage, error.exec_count, problem, exit_code=code)
    except NoSuchKernel:
        failure = StageFailed(stage, None, f"there is no kernel {KERNEL!r}: install riskbench again", exit_code=2)
    except (RuntimeError, CellControlSignal) as error:  # the kernel did not come up, died or fell silent
        failure = StageFailed(stage, execution.cell, _of_the_kernel(error))
    finally:
        shutil.rmtree(sockets, ignore_errors=True)
        lost = _keep(execution.notebook, output, folder)
    if failure:
        failure.notebook = "" if lost else str(output)
        raise failure
    if lost:
        raise lost


def _of_the_kernel(error: Exception) -> str:
    from nbclient.exceptions import DeadKernelError

    return DIED if isinstance(error, DeadKernelError) else str(error)


def _register_engine() -> None:
    from papermill.engines import NBClientEngine, papermill_engines

    class ReportingEngine(NBClientEngine):
        """papermill's own engine, which also says which cell it has come to."""

        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, execution: _Execution, **kwargs: Any) -> Any:
            execution.notebook = nb_man.nb
            start, cells = nb_man.cell_start, len(nb_man.nb.cells)

            def report_and_start(cell: Any, cell_index: int | None = None, **more: Any) -> None:
                execution.index = cell_index or 0
                execution.on_cell(cell_index or 0, cells)
                start(cell, cell_index, **more)

            nb_man.cell_start = report_and_start
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)

    papermill_engines.register(KERNEL, ReportingEngine)


def _keep(notebook: Any, output: Path, folder: Path) -> MachineError | None:
    """Write the executed notebook; what stands in the way is returned, because a failed cell says more.

    A run names no path of the machine it was made on: not in papermill's notes, a warning or a traceback.
    """
    import nbformat

    if notebook is None:
        return None
    for name in ("input_path", "output_path"):
        notebook.metadata.get("papermill", {}).pop(name, None)
    places = [f"{place}/" for place in (folder, PACKAGE.parent, sys.prefix, sys.base_prefix, Path.home())]
    for said in (said for cell in notebook.cells for said in cell.get("outputs", [])):
        if said.output_type == "stream":
            said.text = _without(said.text, places)
        elif said.output_type == "error":
            said.evalue = _without(said.evalue, places)
            said.traceback = [_without(line, places) for line in said.traceback]
    try:
        write_text(output, nbformat.writes(notebook) + "\n")
    except MachineError as error:
        return error
    return None


def _without(text: str, places: list[str]) -> str:
    for place in places:
        text = text.replace(place, "")
    return CELL_FILE.sub("this notebook", text)
