"""Which of the numbers that part the same values is written as the cut."""

import numpy as np


def round_cut(below: float, edge: float) -> float:
    """The roundest number in (below, edge], near the middle: it parts the same values and is easier to read.

    >>> round_cut(7, 8), round_cut(999.3, 1042.7), round_cut(0.1234, 0.1237), round_cut(-3, 5)
    (8.0, 1000.0, 0.1236, 0.0)
    """
    if not edge > below:  # unknown, or equal
        return float(edge)
    middle = below + (edge - below) / 2
    largest = int(np.ceil(np.log10(max(abs(below), abs(edge), 1e-300))))
    for digits in range(-min(largest, 300), 300):
        step = 10.0**-digits
        for multiple in (np.ceil(middle / step), np.floor(middle / step)):
            cut = round(float(multiple) * step, digits)
            if below < cut <= edge:
                return cut + 0.0  # no negative zero
        if step < (edge - below) / 100:
            break
    return float(edge)
