"""Drafting a study for a table that nobody prepared: every role is guessed, and every guess says why."""

from riskbench.data.drafting.draft import Draft, draft_study
from riskbench.data.drafting.request import Request

__all__ = ["Draft", "Request", "draft_study"]
