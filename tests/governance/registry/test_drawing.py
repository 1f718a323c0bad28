import pytest

from riskbench.governance.registry.drawing import drawn
from riskbench.governance.registry.states import GRAPHS


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=lambda graph: graph.kind)
def test_every_state_and_every_move_is_drawn(graph):
    text = drawn(graph)
    heads = [line.removesuffix(" (the end)") for line in text.splitlines() if line and line[0] != " "][1:]
    assert heads == graph.states
    assert text.count("─> ") == len(graph.moves)
    assert text.count("(the end)") == len(graph.ends) > 0


def test_a_drawing_reads_as_sentences():
    lines = drawn(next(g for g in GRAPHS.values() if g.kind == "exception")).splitlines()
    assert lines[0] == "An exception begins as requested."
    assert lines[3].endswith("an approver signs it (an approver, other than who asked for it; needs granted_by)")
