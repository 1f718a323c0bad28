"""Columns in units of their own, so that a logit on columns of millions is fitted as well as one on shares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Units:
    """The mean of each column and a power of 2 near its standard deviation, by which no digit is lost."""

    mean: Floats
    scale: Floats

    @classmethod
    def of(cls, raw: Floats) -> "Units":
        """The units of these columns, each of which varies."""
        span = np.ptp(raw, axis=0)  # squares of what is divided by it neither overflow nor vanish
        return cls(raw.mean(axis=0), 2.0 ** np.rint(np.log2((raw / span).std(axis=0) * span)))

    def scaled(self, raw: Floats) -> Floats:
        """Columns in these units."""
        return (raw - self.mean) / self.scale

    def there(self, coefficients: Floats | None) -> Floats | None:
        """Coefficients, the intercept first, for columns in these units."""
        if coefficients is None:
            return None
        slopes = coefficients[1:]
        return np.concatenate([coefficients[:1] + self.mean @ slopes, slopes * self.scale])

    @property
    def back(self) -> Floats:
        """The matrix that makes coefficients for the columns as they came of those for columns in these units."""
        matrix = np.diag(np.concatenate([[1.0], 1 / self.scale]))
        matrix[0, 1:] = -self.mean / self.scale
        return matrix
