"""Floor 5: does the population still look like development's, do outcomes meet expectations, and who is told if not."""
