"""One feature, from its values to its bins: what bins are, what is asked of them, and the exact search for the best.

`fitting` leads through the search: cuts are offered (`offered_cuts`), the best are found among them (`exact_search`),
and each is moved to its best place (`refinement`). `dividing` makes bins of any `division` and counts.
"""
