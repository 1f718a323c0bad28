"""JupyterLab on a project: the notebooks beside data and reports, warm kernels, encrypted messages."""

from collections.abc import Sequence

from riskbench.core.project import Project
from riskbench.pipeline.kernels import warm_up


def open_lab(project: Project, arguments: Sequence[str] = ()) -> None:
    """Serve JupyterLab on the project until it is told to stop; `arguments` and the reader's own settings win.

    It runs in this process, so that Ctrl-C is JupyterLab's to answer and the first kernel is warm when it is asked for.
    Raises SystemExit where JupyterLab refuses to start.
    """
    warm_up()
    from jupyterlab.labapp import LabApp
    from traitlets.config import Config

    settings = Config(
        ServerApp={"root_dir": str(project.root)},
        FileContentsManager={"preferred_dir": str(project.notebooks)},
        MappingKernelManager={"transport_encryption": "auto"},  # others on this machine could read plain TCP
    )
    LabApp.initialize_server(list(arguments), config=settings).start()
