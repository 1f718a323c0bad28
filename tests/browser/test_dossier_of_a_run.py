"""Every page of a real run, in both languages, as axe-core judges it, with the network cut."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from riskbench.core.project import Project
from riskbench.pipeline.dossier import PAGES, Edition, write_dossier
from riskbench.pipeline.stages import STAGES

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LARGEST = 1_500_000  # bytes of a page


@pytest.fixture(scope="module")
def both(finished, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dossiers") / "both"
    return write_dossier(finished.folder, Project(finished.project), out, edition=Edition("both"))


@pytest.fixture
def violations(browser: Browser, both: Path) -> Iterator[Callable[[str], list[str]]]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True, offline=True)
    page = context.new_page()

    def found(name: str) -> list[str]:
        page.goto((both / name).as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        rules = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
        return [f"{rule['id']} ({rule['impact']}): {rule['nodes'][0]['html'][:200]}" for rule in rules]

    yield found
    context.close()


@pytest.mark.parametrize("folder", ["", "zh/"], ids=["English", "Chinese"])
@pytest.mark.parametrize("name", [*PAGES, *STAGES])
def test_axe_finds_nothing_on_any_page_of_a_run(violations: Callable[[str], list[str]], folder: str, name: str) -> None:
    assert violations(f"{folder}{name}.html") == []


def test_no_page_is_larger_than_a_reader_can_open(both: Path) -> None:
    sizes = {path.relative_to(both).as_posix(): path.stat().st_size for path in both.rglob("*.html")}
    own = {name: size for name, size in sizes.items() if "appendix/" not in name}
    assert len(own) == 2 * (len(PAGES) + len(STAGES))
    assert {name: size for name, size in own.items() if size > LARGEST} == {}
