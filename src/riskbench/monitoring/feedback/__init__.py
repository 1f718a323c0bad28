"""Outcomes come back to the decisions that caused them: the join, and what each month came to."""
