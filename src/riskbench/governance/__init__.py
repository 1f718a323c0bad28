"""Floor 4: what a run was made from, and whether it still is what it was."""
