"""JupyterLab as a modeller has it: every notebook by hand, in a real browser, on a real server."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from riskbench.pipeline.compare import compare_evidence
from riskbench.pipeline.run_folder import ARTIFACTS, EVIDENCE_FILE, read_evidence
from riskbench.pipeline.stages import STAGES

PATIENCE = 60_000  # ms: a loaded machine is slow, not wrong
BY_HAND = (
    """\
from riskbench.pipeline.stage import open_stage
from riskbench.scorecard import Scorecard, WoeBinning
stage = open_stage("validation", study="microloan")
binning = WoeBinning.from_dict(stage.read_json("binning"))
card = Scorecard.from_dict(stage.read_json("card"))""",
    "binning.features_[max(binning.iv_.index, key=binning.iv_.get)]",
    "card",
    "print('busy', flush=True)\nwhile True: pass",
)


@dataclass(frozen=True)
class Lab:
    """A running server: the project that it serves, its page, and its log."""

    project: Path
    page: Page
    log: Path

    @property
    def notebook(self) -> Locator:
        """The notebook that is open and in front."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    @property
    def kernel(self) -> Locator:
        """Where the kernel's name and state are said."""
        return self.page.locator("#jp-main-statusbar").get_by_text("riskbench |")

    def choose(self, menu: str, item: str) -> None:
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True).click()

    def open(self, name: str) -> None:
        self.page.locator(".jp-DirListing-item").get_by_text(name, exact=True).dblclick()
        expect(self.page.locator(".lm-TabBar-tab.jp-mod-current.lm-mod-current").get_by_text(name)).to_be_visible()
        expect(self.kernel).to_have_text("riskbench | Idle")
        assert self.page.locator(".jp-Dialog").count() == 0

    def save_and_close(self) -> None:
        expect(self.page.locator(".jp-mod-dirty")).to_have_count(1)
        self.choose("File", "Save Notebook")
        expect(self.page.locator(".jp-mod-dirty")).to_have_count(0)
        self.choose("File", "Close and Shut Down Notebook…")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        expect(self.notebook).to_have_count(0)


@pytest.fixture
def lab(
    tmp_path: Path,
    make_project: Callable[[Path], Path],
    command_environment: dict[str, str],
    browser: Browser,
) -> Iterator[Lab]:
    home, project = tmp_path, make_project(tmp_path / "project")
    own = {f"JUPYTER_{kind.upper()}_DIR": str(home / kind) for kind in ("config", "data", "runtime")}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "riskbench.cli", "lab", *options],
            cwd=project, env=command_environment | own | {"IPYTHONDIR": str(home / "ipython")},
            stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        address = said_to_be_at(home / "runtime" / f"jpserver-{server.pid}.json", server, home / "log")
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.goto(address)
        yield Lab(project, page, home / "log")
        page.close()
    finally:
        server.terminate()
        try:
            server.wait(PATIENCE / 1000)
        except subprocess.TimeoutExpired:
            server.kill()  # its kernels end with it


def said_to_be_at(file: Path, server: subprocess.Popen, log: Path) -> str:
    """The address that the server writes down as soon as it listens."""
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until and server.poll() is None:
        if file.is_file() and (text := file.read_text("utf-8")).endswith("}"):
            said = json.loads(text)
            return f"{said['url']}lab?token={said['token']}"
        time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))


# One test, so that however the tests are shared out there is one server and each notebook runs once.
def test_every_notebook_run_by_hand_gives_the_evidence_of_a_run(lab: Lab, finished) -> None:
    for stage in STAGES.values():
        lab.open(stage.notebook)
        lab.choose("Run", "Run All Cells")
        written = lab.notebook.locator(".jp-OutputArea-output").get_by_text("Written: ")
        failed = lab.notebook.locator("[data-mime-type='application/vnd.jupyter.error']")
        expect(written.or_(failed).first).to_be_visible()
        assert failed.all_inner_texts() == []
        expect(lab.kernel).to_have_text("riskbench | Idle")
        lab.save_and_close()
        assert_same_evidence(stage.name, lab.project / "reports" / "microloan-draft", finished.folder)
        assert_only_outputs_were_added(
            *(root / "notebooks" / stage.notebook for root in (lab.project, finished.project))
        )
    assert_a_modeller_sees_bins_and_points_and_may_interrupt_and_restart(lab)
    assert "without encryption" not in lab.log.read_text("utf-8")


def assert_same_evidence(stage: str, draft: Path, run: Path) -> None:
    by_hand = read_evidence(draft / ARTIFACTS / stage / EVIDENCE_FILE)
    in_a_run = [e for e in read_evidence(run / EVIDENCE_FILE) if e.stage == stage]
    assert compare_evidence(by_hand, in_a_run) == (len(in_a_run), [])
    assert {e.id: e.cell for e in by_hand} == {e.id: e.cell for e in in_a_run}


def assert_only_outputs_were_added(saved: Path, committed: Path) -> None:
    after, before = (nbformat.read(path, as_version=4) for path in (saved, committed))
    assert [(c.id, c.source, c.metadata) for c in after.cells] == [(c.id, c.source, c.metadata) for c in before.cells]
    assert after.metadata.kernelspec == before.metadata.kernelspec
    assert {output.output_type for cell in after.cells for output in cell.get("outputs", [])} == {"display_data"}


def assert_a_modeller_sees_bins_and_points_and_may_interrupt_and_restart(lab: Lab) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in BY_HAND]
    kernelspec = {"name": "riskbench", "display_name": "riskbench", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernelspec})
    nbformat.write(notebook, lab.project / "notebooks" / "by_hand.ipynb")
    lab.page.locator("[data-command='filebrowser:refresh']").click()
    lab.open("by_hand.ipynb")
    lab.choose("Run", "Run All Cells")
    expect(lab.notebook.get_by_text("busy", exact=True)).to_be_visible()
    captions = lab.notebook.locator(".riskbench caption")
    expect(captions.get_by_text("information value")).to_be_attached()
    expect(lab.notebook.locator(".riskbench .drawing img")).to_be_attached()
    expect(captions.get_by_text("Scorecard of")).to_be_attached()
    lab.choose("Kernel", "Interrupt Kernel")
    expect(lab.notebook.get_by_text("KeyboardInterrupt").first).to_be_visible()
    lab.choose("Kernel", "Restart Kernel…")
    lab.page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(lab.kernel).to_have_text("riskbench | Idle")
    lab.save_and_close()
