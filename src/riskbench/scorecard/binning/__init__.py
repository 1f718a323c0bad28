"""One feature, from its values to its bins: what bins are, what is asked of them, and the exact search for the best.

`fitting` leads through the others: cuts are offered (`offered_cuts`), the best are found among them (`exact_search`),
each is moved to its best place (`refinement`), and counts give the bins of that `division`.
"""
