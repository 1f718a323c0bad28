"""Read a table that nobody prepared: a CSV, a Parquet file or a query, typed, with a reason for every choice."""

from riskbench.data.reading.reader import read_tape
from riskbench.data.reading.tape import ReadColumn, Tape, write_tape

__all__ = ["ReadColumn", "Tape", "read_tape", "write_tape"]
