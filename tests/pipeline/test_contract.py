"""A finished run, made by the real command line, keeps the contract of a run."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from playwright.sync_api import sync_playwright

from riskbench.core.files import sha256
from riskbench.governance.manifest import read_manifest
from riskbench.pipeline.code import notebook_digest
from riskbench.pipeline.run_folder import read_evidence
from riskbench.pipeline.stages import STAGES
from riskbench.privacy.scan import scan_folder
from riskbench.report.layout import BACK, FRONT

PAGES = [*(page.name for page in FRONT), *STAGES, *(page.name for page in BACK)]
URL_ATTRIBUTES = {"src", "href", "srcset", "action", "formaction", "data", "poster", "background", "ping"}


@pytest.fixture(scope="session")
def run(finished: Any) -> Path:
    return finished.folder


class _Page(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids |= {value or "" for name, value in attrs if name == "id"}

    @property
    def addresses(self) -> list[str]:
        return [value for name, value in self.attributes if name in URL_ATTRIBUTES]


def page(run: Path, name: str) -> _Page:
    return _Page((run / f"{name}.html").read_text("utf-8"))


def test_the_files_are_those_of_the_contract(run: Path) -> None:
    named = {"evidence.json", "log.jsonl", "manifest.json", "study.toml", "code.zip", "appendix", "artifacts"}
    expected = named | {f"{name}.html" for name in PAGES} | {f"{stage}.ipynb" for stage in STAGES}
    assert {path.name for path in run.iterdir()} == expected
    assert {path.name for path in (run / "artifacts").iterdir()} == set(STAGES)
    assert not [path for path in run.rglob("*") if path.name.startswith(".") or path.suffix == ".partial"]


def test_the_manifest_covers_every_file_and_what_the_run_was_made_from(run: Path, finished: Any) -> None:
    manifest = read_manifest(run)
    files = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()} - {"manifest.json"}
    assert manifest.files.keys() == files
    assert all(file.sha256 == sha256(run / path) for path, file in manifest.files.items())
    data = finished.project / "data" / "microloan"
    assert manifest.data == {path.name: sha256(path) for path in data.glob("*.parquet")}
    notebooks = finished.project / "notebooks"
    assert manifest.notebooks == {path.name: notebook_digest(path) for path in notebooks.glob("*.ipynb")}
    assert manifest.lock_sha256 == sha256(finished.project / "requirements.lock")
    assert manifest.study_sha256 == sha256(run / "study.toml") == sha256(data / "study.toml")


def test_the_manifest_tells_parameters_seeds_and_environment(run: Path) -> None:
    manifest = read_manifest(run)
    assert [record.stage for record in manifest.stages] == list(STAGES)
    assert {record.state for record in manifest.stages} == {"executed"}
    assert manifest.stages[1].parameters == {
        "max_bins": 8,
        "min_bin_share": 0.05,
        "method": "backward",
        "keep": [],
        "max_features": None,
    }
    assert manifest.seeds == {r.stage: r.parameters["seed"] for r in manifest.stages if "seed" in r.parameters}
    assert {"scorecard", "challengers", "validation", "fairness", "monitoring"} <= manifest.seeds.keys()
    assert manifest.environment.packages["pandas"] == pd.__version__
    assert (manifest.run_id, manifest.settings, manifest.only) == ("first", {}, [])


def test_evidence_ids_keep_the_scheme_and_stand_once(run: Path) -> None:
    evidence = read_evidence(run / "evidence.json")
    ids = [e.id for e in evidence]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(\.[a-z0-9_]+){2,3}", id_) for id_ in ids)
    assert all(e.id.startswith(f"{e.stage}.") and e.stage in STAGES for e in evidence)
    assert "validation.champion.auc.out_of_time" in ids


def test_the_sample_in_an_id_is_the_sample_of_the_figure(run: Path) -> None:
    samples = {"development", "test", "out_of_time", "cross_validation"}
    named = [e for e in read_evidence(run / "evidence.json") if e.dims.sample and e.id.split(".")[-1] in samples]
    assert len(named) > 20
    assert [e.id for e in named if e.id.split(".")[-1] != e.dims.sample] == []


@pytest.mark.parametrize("stage", STAGES)
def test_every_page_concludes_and_names_the_figures_behind_it(run: Path, stage: str) -> None:
    evidence = {e.id: e for e in read_evidence(run / "evidence.json")}
    assert evidence[f"{stage}.page.conclusion"].value
    behind = evidence[f"{stage}.page.key_figures"].value
    assert 1 <= len(behind.rows) <= 3
    assert all(row[0] in evidence for row in behind.rows)


def test_what_was_not_evaluated_says_why(run: Path) -> None:
    missing = [e for e in read_evidence(run / "evidence.json") if e.status == "not_evaluated"]
    assert all(e.reason and e.value is None for e in missing)


def test_every_check_has_a_threshold_with_its_source_or_says_why_it_has_no_value(run: Path) -> None:
    checks = [e for e in read_evidence(run / "evidence.json") if e.kind == "check"]
    assert len(checks) > 30
    assert all((e.threshold and e.threshold.source) or e.status == "not_evaluated" for e in checks)


def test_every_piece_of_evidence_leads_to_the_cell_that_made_it(run: Path) -> None:
    cells = {s: {c.id for c in nbformat.read(run / f"{s}.ipynb", as_version=4).cells} for s in STAGES}
    anchors = {stage: page(run, stage).ids for stage in STAGES}
    links = set(page(run, "evidence").addresses)
    for e in read_evidence(run / "evidence.json"):
        assert e.cell in cells[e.stage], e.id
        assert f"cell-{e.cell}" in anchors[e.stage], e.id
        assert f"{e.stage}.html#cell-{e.cell}" in links, e.id


def test_executed_notebooks_show_their_outputs_and_no_error(run: Path) -> None:
    for stage in STAGES:
        cells = nbformat.read(run / f"{stage}.ipynb", as_version=4).cells
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        assert outputs
        assert {output.output_type for output in outputs} <= {"display_data", "execute_result"}, stage


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_no_script_and_asks_nothing_of_anybody(run: Path, name: str) -> None:
    found = page(run, name)
    assert not found.tags & {"script", "iframe", "object", "embed", "form", "base", "link", "video", "audio"}
    assert not [a for a, value in found.attributes if a.startswith("on") or value.strip().startswith("javascript:")]
    assert not [a for a in found.addresses if re.match(r"(?!data:image/)[a-z+]+:|//", a)]
    text = (run / f"{name}.html").read_text("utf-8")
    assert not re.search(r"@import|url\((?!['\"]?data:)", text)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_page_leads_somewhere(run: Path, name: str) -> None:
    known = {other: page(run, other).ids for other in PAGES}
    for address in page(run, name).addresses:
        if address.startswith("data:"):
            continue
        target, _, anchor = address.partition("#")
        assert not target or (run / target).is_file(), address
        assert not anchor or anchor in known[target.removesuffix(".html") or name], address


def test_a_browser_without_script_reads_every_page_and_requests_nothing_else(run: Path, chromium: str) -> None:
    requests: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_context(java_script_enabled=False).new_page()
        tab.on("request", lambda request: requests.append(request.url))
        for name in PAGES:
            tab.goto((run / f"{name}.html").as_uri())
            assert tab.locator("h1").count() == 1
            assert len(tab.locator("body").inner_text()) > 500
        browser.close()
    assert [url for url in requests if not url.startswith("data:")] == [
        (run / f"{name}.html").as_uri() for name in PAGES
    ]


def test_no_direct_identifier_is_in_the_run(run: Path, finished: Any) -> None:
    examples = "code.zip!src/riskbench/privacy/"  # numbers that nobody has, in the docstrings of the scan itself
    assert [found for found in scan_folder(run) if not found.file.startswith(examples)] == []
    assert scan_folder(finished.project / "data")  # the scan sees what there is to see


def test_no_identifier_column_and_no_original_key_is_in_a_table(run: Path, finished: Any) -> None:
    customers = pd.read_parquet(finished.project / "data" / "microloan" / "customers.parquet")
    originals = set(customers["customer_id"].astype(str))
    for path in run.rglob("*.parquet"):
        table = pd.read_parquet(path)
        assert not {"full_name", "national_id", "phone", "email", "customer_id", "application_id"} & set(table.columns)
        assert not any(originals & set(table[c].astype(str)) for c in ("customer", "application") if c in table)


def test_no_path_of_the_machine_is_in_the_run(run: Path, finished: Any) -> None:
    places = [str(finished.project), str(Path.home()) + "/", "/tmp/", str(Path(__file__).parents[2])]
    for path in run.rglob("*"):
        if path.suffix in (".html", ".json", ".ipynb", ".toml"):
            text = path.read_text("utf-8")
            assert [place for place in places if place in text] == [], path.name


def test_the_evidence_and_the_manifest_are_canonical_json(run: Path) -> None:
    for name in ("evidence.json", "manifest.json"):
        text = (run / name).read_text("utf-8")
        assert text == json.dumps(json.loads(text), sort_keys=True, indent=2, ensure_ascii=False) + "\n"
