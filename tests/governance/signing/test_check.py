"""Signatures of a run, checked."""

from typing import Any


def test_an_untouched_run_has_good_signatures_and_no_problem(world: Any) -> None:
    world.promoted()
    signatures, problems = world.check()
    assert problems == {}
    assert [(s.person, s.act, s.problem) for s in signatures] == [
        ("mia", "development", ""),
        ("vic", "validation", ""),
        ("ada", "approval", ""),
        ("ada", "promotion", ""),
    ]
