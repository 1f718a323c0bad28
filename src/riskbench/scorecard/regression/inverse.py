"""The inverse of a positive definite matrix, as of an information matrix whose columns have units of their own."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve


def inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse, by Cholesky of the matrix scaled to a unit diagonal; LinAlgError where it is not positive definite.

    >>> inverse(np.array([[4.0, 0.0], [0.0, 1e12]])).tolist()
    [[0.25, 0.0], [0.0, 1e-12]]
    """
    scale = np.sqrt(np.diag(matrix))
    scaled = cho_solve(cho_factor(matrix / np.outer(scale, scale)), np.eye(len(scale)))
    return scaled / np.outer(scale, scale)
