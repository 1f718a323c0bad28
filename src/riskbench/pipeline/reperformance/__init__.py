"""Re-performance in its parts: what a run claims, the place where it is done again, and what it shows and holds."""
