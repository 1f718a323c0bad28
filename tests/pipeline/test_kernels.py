"""Warm kernels: forked from a process that has the libraries, ended with the runner."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from jupyter_client.manager import KernelManager

from riskbench.pipeline import kernels
from riskbench.pipeline.warm import LOADED

ASK = "import os, sys; print(os.getpid(), os.getppid(), os.getcwd(), *sys.modules)"


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[KernelManager]:
    manager = KernelManager(kernel_name="riskbench")
    manager.start_kernel(cwd=str(tmp_path))
    yield manager
    manager.shutdown_kernel(now=True)


def answer(manager: KernelManager, code: str) -> str:
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    said: list[str] = []
    client.execute_interactive(
        code,
        timeout=60,
        output_hook=lambda message: said.append(message["content"].get("text", "")),
    )
    client.stop_channels()
    return "".join(said)


def ended(pid: int) -> bool:
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_a_kernel_is_a_process_of_its_own_forked_from_a_warm_one(kernel: KernelManager, tmp_path: Path) -> None:
    pid, parent, folder, *modules = answer(kernel, ASK).split()
    server = psutil.Process(int(parent))
    assert "forkserver" in " ".join(server.cmdline())
    assert server.ppid() == os.getpid()
    assert int(pid) not in (os.getpid(), int(parent))
    assert folder == str(tmp_path)
    assert {library.__name__ for library in LOADED} | {"riskbench.pipeline.stage"} <= set(modules)


def test_a_kernel_starts_without_data_and_without_threads_of_libraries(kernel: KernelManager) -> None:
    assert answer(kernel, "import os; print(os.environ['OMP_NUM_THREADS'], [n for n in dir() if n[0] != '_'])").split(
        maxsplit=1
    ) == ["1", "['In', 'Out', 'exit', 'get_ipython', 'open', 'os', 'quit']\n"]


def test_stop_all_ends_every_kernel(kernel: KernelManager) -> None:
    pid = int(answer(kernel, ASK).split()[0])
    kernels.stop_all()
    assert ended(pid)


def test_a_kernel_that_has_ended_takes_no_more_signals(kernel: KernelManager) -> None:
    answer(kernel, ASK)
    forked = kernels._started[-1]
    forked.kill()
    assert forked.wait(10) == forked.poll() == forked.returncode == -signal.SIGKILL
    forked.terminate()


def test_a_kernel_ends_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    code = (
        "from jupyter_client.manager import KernelManager\n"
        "import time\n"
        "manager = KernelManager(kernel_name='riskbench')\n"
        "manager.start_kernel()\n"
        "client = manager.blocking_client()\n"
        "client.start_channels()\n"
        "client.wait_for_ready(timeout=60)\n"
        "print(manager.provisioner.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    script = tmp_path / "start.py"
    script.write_text(f"if __name__ == '__main__':\n    {'    '.join(code.splitlines(keepends=True))}")
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert psutil.pid_exists(pid)
        process.kill()
    assert ended(pid)


def reply_when(manager: KernelManager, code: str, then: Callable[[], None]) -> dict:
    """The kernel's reply to a cell during which, as soon as it has said something, `then` is called."""
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    reply = client.execute_interactive(
        code, timeout=60, output_hook=lambda message: then() if message["msg_type"] == "stream" else None
    )
    client.stop_channels()
    return reply["content"]


@pytest.mark.parametrize("busy", ["while True: pass", "__import__('time').sleep(60)"])
def test_a_busy_kernel_is_interrupted_and_keeps_what_it_has(kernel: KernelManager, busy: str) -> None:
    reply = reply_when(kernel, f"kept = 7\nprint('busy', flush=True)\n{busy}", kernel.interrupt_kernel)
    assert reply["ename"] == "KeyboardInterrupt"
    assert answer(kernel, "print(kept)") == "7\n"


def test_a_kernel_restarts_without_what_it_had_and_ends_the_processes_that_it_started(kernel: KernelManager) -> None:
    child = int(answer(kernel, "import subprocess; print(subprocess.Popen(['sleep', '60']).pid)"))
    old = kernel.provisioner.pid
    kernel.restart_kernel(now=True)
    pid, parent, _, *modules = answer(kernel, ASK).split()
    assert int(pid) == kernel.provisioner.pid != old
    assert "sklearn" in modules
    assert "forkserver" in " ".join(psutil.Process(int(parent)).cmdline())
    assert answer(kernel, "print('subprocess' in dir())") == "False\n"
    assert ended(old)
    assert ended(child)


def test_a_kernel_does_not_come_with_code_that_was_edited_since(
    kernel: KernelManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels, "_code", "what the package was")
    kernel.restart_kernel(now=True)
    _, parent, _, *modules = answer(kernel, ASK).split()
    assert int(parent) == os.getpid()  # started afresh, not forked from the process that has the old code
    assert "riskbench" not in modules
