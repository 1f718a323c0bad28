"""The graphs of states as text, for the screen and for the documents."""

from riskbench.governance.registry.states import Graph, Move, who_told


def drawn(graph: Graph) -> str:
    """A graph as text: each state with the states that may follow, who decides so, what is asked and when."""
    width = max(map(len, graph.states))
    lines = [f"{graph.one.capitalize()} begins as {' or '.join(graph.starts)}."]
    for state in graph.states:
        moves = graph.after(state)
        lines += ["", state if moves else f"{state} (the end)"]
        for i, each in enumerate(moves):
            branch = "└─>" if i == len(moves) - 1 else "├─>"
            lines.append(f"  {branch} {each.after:<{width}}  {described(each, graph)}")
    return "\n".join(lines)


def described(taken: Move, graph: Graph) -> str:
    """One move as a sentence: when, by whom, with what.

    >>> from riskbench.governance.registry.states import FINDING
    >>> described(FINDING.after("draft")[0], FINDING)
    'a person confirms it, and says who mends it by when (anyone; needs owner, due)'
    """
    needs = f"; needs {', '.join(taken.needs)}" if taken.needs else ""
    return f"{taken.when} ({who_told(taken, graph)}{needs})"
