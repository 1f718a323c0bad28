"""Drafting a study for a table that nobody prepared: every role is guessed, and every guess says why."""

from riskbench.data.drafting.draft import Draft, draft_study

__all__ = ["Draft", "draft_study"]
