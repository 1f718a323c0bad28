"""Published data sets downloaded from OpenML by scikit-learn, and judged by their content like any other copy."""

import socket
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd

from riskbench.core.errors import CannotRun
from riskbench.data.published.catalogue import known_as
from riskbench.data.published.recognition import canonical

TIMEOUT = 30.0  # seconds to wait for a server that accepts a connection and then says nothing


def fetch_openml(name: str) -> pd.DataFrame:
    """The canonical table of the data set `name`; nothing is cached.

    Raises `CannotRun` when OpenML does not have it or cannot be reached, `DataError` when it sent something else.
    """
    spec = known_as(name)
    by_hand = f"download it from {spec.origin} and pass it with `--from PATH`"
    if spec.openml_id is None:
        raise CannotRun(f"{spec.title} is not fetched from OpenML: {by_hand}")
    from sklearn import datasets  # slow to import, and few ask for it

    try:
        with tempfile.TemporaryDirectory() as folder, _patience(), warnings.catch_warnings():
            # Retries and notes on versions; the content is judged by its hash, whatever the server says of it.
            warnings.filterwarnings("ignore", module=r"sklearn\.datasets\._openml")
            bunch = datasets.fetch_openml(
                data_id=spec.openml_id, data_home=folder, as_frame=True, parser="pandas", n_retries=1, delay=0.2
            )
    except (OSError, ValueError, KeyError) as error:  # URLError is an OSError; odd answers are the others
        raise CannotRun(f"OpenML did not give data set {spec.openml_id} ({error}): {by_hand}") from error
    return canonical(bunch.frame, spec, f"OpenML {spec.openml_id}")


@contextmanager
def _patience() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
