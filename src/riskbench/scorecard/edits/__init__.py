"""Bins changed by hand: what an edit is, how it changes bins, what it breaks, and the file that keeps it."""
