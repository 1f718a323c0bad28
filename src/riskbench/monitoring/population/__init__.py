"""Has the population moved, in what, and why: the shift of the score taken apart, and the segments that drift."""
