"""What the parts of the story hand on: columns of equal length, by name; categories as positions, dates as days."""

import numpy as np

Columns = dict[str, np.ndarray]


def take(columns: Columns, rows: np.ndarray) -> Columns:
    """The rows of every column, by position or by truth.

    >>> take({"a": np.array([5, 6, 7])}, np.array([2, 0]))["a"].tolist()
    [7, 5]
    """
    return {name: values[rows] for name, values in columns.items()}
