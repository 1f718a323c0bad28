"""Floor 4: does the population still look like development's, and do outcomes still meet expectations."""
