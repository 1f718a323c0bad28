from pathlib import Path

from riskbench.governance.registry.page import page
from riskbench.governance.registry.states import GRAPHS

ROOT = Path(__file__).parents[3]


def test_the_committed_page_is_made_from_the_tables():
    rule = "make docs writes it anew"
    assert (ROOT / "docs" / "registry.md").read_text("utf-8") == page(), rule


def test_every_move_is_a_line():
    for graph in GRAPHS.values():
        for taken in graph.moves:
            assert f"| {taken.before} | {taken.after} | " in page()
