"""Warm kernels: a Jupyter kernel provisioner that forks kernels from one process with the heavy libraries imported.

The fork server (`multiprocessing`) imports `riskbench.pipeline.warm` once; each kernel is then a fork of it, which
takes tenths of a second instead of seconds and shares memory. The server holds no study state and has started no
threads. Where fork is not to be had, or this package has been edited since, a kernel is started afresh.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from riskbench.pipeline.code import package_digest

_lock = threading.Lock()
_context: ForkServerContext | None = None
_started: list["ForkedKernel"] = []
_code = ""  # the package as the fork server has it


def warm_up() -> ForkServerContext | None:
    """Start the fork server without waiting for its imports; None where the platform cannot fork.

    The server's threads-per-library are set to one before it imports anything: stages run side by side, and figures
    must not depend on how many threads shared the work.
    """
    global _context, _code
    with _lock:
        if _context is None and "forkserver" in multiprocessing.get_all_start_methods():
            from multiprocessing.forkserver import ensure_running

            for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
                os.environ.setdefault(variable, "1")
            _context = multiprocessing.get_context("forkserver")
            _context.set_forkserver_preload(["__main__", "riskbench.pipeline.warm"])
            with _deaf_to_ctrl_c():
                ensure_running()
            _code = package_digest()
        return _context


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """A process started in the block ignores Ctrl-C: while the fork server imports it would print where it was."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread may say so
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def stop_all() -> None:
    """End every kernel that this process has started and that still runs."""
    for kernel in _started:
        kernel.kill()


class ForkedKernel:
    """A forked kernel with the part of `subprocess.Popen`'s interface that a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, process: ForkServerProcess):
        self._process = process
        self.pid = process.pid

    @property
    def returncode(self) -> int | None:
        """Exit code, or None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Exit code, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the end and return the exit code."""
        self._process.join(timeout)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal while it runs, to the processes that it has started too."""
        if self.poll() is None and self.pid is not None:
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:  # it has not come to lead its own group yet
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class ForkedProvisioner(LocalProvisioner):
    """Provides kernels by forking a warm process, and behaves like Jupyter's local provisioner otherwise."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Fork a kernel that listens where the connection file says."""
        context = warm_up()
        if context is None or package_digest() != _code:
            return await super().launch_kernel(cmd, **kwargs)
        arguments = cmd[cmd.index("-f") :]
        environment = dict(kwargs.get("env") or os.environ)
        process = context.Process(target=_become_kernel, args=(arguments, environment, kwargs.get("cwd")), daemon=True)
        process.start()
        self.process = ForkedKernel(process)
        _started.append(self.process)
        self.pid, self.pgid = self.process.pid, None
        return self.connection_info


def _become_kernel(arguments: list[str], environment: dict[str, str], folder: str | None) -> None:
    os.setsid()  # Ctrl-C at the terminal is the runner's to handle
    threading.Thread(target=_end_with_the_runner, daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    if folder:
        os.chdir(folder)
    from riskbench.pipeline import warm

    warm.serve(arguments)


def _end_with_the_runner() -> None:
    """A runner that is killed cannot end its kernels, and the fork server lives as long as one of them does."""
    runner = multiprocessing.parent_process()
    if runner is not None:
        runner.join()
        os._exit(1)
